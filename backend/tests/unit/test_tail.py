"""The tail: whatever the chunks, its lines put together again are the bytes of the file, each with its offset."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retoma.worker.tail import LINE_BYTES, PART_BYTES, Line, Tail

many = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.lists(
    st.sampled_from([b"\n", b"a", b"\xc3\xa9", "\U0001f680".encode(), b"\xff", b"\x80\x80\x80\x80\x80", b"long" * 6]),
    max_size=60,
)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def drain(tail: Tail) -> list[Line]:
    lines: list[Line] = []
    more = True
    while more:
        found, more = tail.read()
        lines += found
    return lines


def together(lines: Sequence[Line], rest: Sequence[Line]) -> bytes:
    whole = b"".join(line.content + (b"\n" if line.last else b"") for line in lines)
    return whole + b"".join(line.content for line in rest)


def test_only_whole_lines_are_given_out(journal: Path) -> None:
    journal.write_bytes(b"one\ntwo\nthr")
    with closing(Tail(journal, 0)) as tail:
        assert drain(tail) == [Line(b"one", 4), Line(b"two", 8)]
        with journal.open("ab") as stream:
            stream.write(b"ee\n\nfour")
        assert drain(tail) == [Line(b"three", 14), Line(b"", 15)]
        assert drain(tail) == []
        assert tail.rest() == [Line(b"four", 19)]
        assert tail.rest() == []


def test_a_file_that_appears_later_is_read_from_its_beginning(journal: Path) -> None:
    with closing(Tail(journal, 0)) as tail:
        assert tail.read() == ([], False)
        assert tail.rest() == []
        journal.write_bytes(b"late\n")
        assert drain(tail) == [Line(b"late", 5)]


def test_reading_goes_on_at_any_offset_that_was_given_out(journal: Path) -> None:
    content = b"one\n\ntwo\n" + "dr\u00efe\n".encode()
    journal.write_bytes(content)
    with closing(Tail(journal, 0)) as tail:
        lines = drain(tail)
    for index, line in enumerate(lines):
        with closing(Tail(journal, line.end)) as later:
            assert drain(later) == lines[index + 1 :]


def test_a_line_over_the_border_of_two_reads_is_one_line(journal: Path) -> None:
    content = [b"x" * 1000, b"y" * 1000, b""]
    journal.write_bytes(b"".join(line + b"\n" for line in content))
    for chunk_bytes in (1, 7, 999, 1000, 1001, 1002, 5000):
        with closing(Tail(journal, 0, chunk_bytes=chunk_bytes)) as tail:
            assert [line.content for line in drain(tail)] == content


@many
@given(pieces=PIECES, chunk_bytes=st.integers(1, 40), line_bytes=st.integers(4, 20), rewrite=st.integers(1, 50))
def test_lines_and_parts_put_together_are_the_bytes_whatever_the_chunks(
    journal: Path, pieces: Sequence[bytes], chunk_bytes: int, line_bytes: int, rewrite: int
) -> None:
    content = b"".join(pieces)
    journal.write_bytes(b"")
    lines: list[Line] = []
    with closing(Tail(journal, 0, chunk_bytes=chunk_bytes, line_bytes=line_bytes)) as tail:
        for start in range(0, len(content), rewrite):
            with journal.open("ab") as stream:
                stream.write(content[start : start + rewrite])
            lines += drain(tail)
        rest = tail.rest()
    assert together(lines, rest) == content
    assert all(len(line.content) <= line_bytes for line in (*lines, *rest))
    assert [line.end for line in lines] == list(ends_of(lines))
    # Nothing depends on how the bytes came.
    with closing(Tail(journal, 0, line_bytes=line_bytes)) as at_once:
        assert (drain(at_once), at_once.rest()) == (lines, rest)
    # A part numbers from 1 within its line; a whole line has none.
    before = Line(b"", 0)
    for line in lines:
        assert line.part == (0 if line.last and before.last else 1 if before.last else before.part + 1)
        before = line


def ends_of(lines: Sequence[Line]) -> Iterator[int]:
    end = 0
    for line in lines:
        end += len(line.content) + line.last
        yield end


@many
@given(pieces=PIECES, line_bytes=st.integers(4, 20))
def test_a_new_worker_goes_on_in_the_middle_of_a_long_line(
    journal: Path, pieces: Sequence[bytes], line_bytes: int
) -> None:
    journal.write_bytes(b"".join(pieces))
    with closing(Tail(journal, 0, line_bytes=line_bytes)) as tail:
        lines = drain(tail)
        rest = tail.rest()
    for index, line in enumerate(lines):
        part = 0 if line.last else line.part
        with closing(Tail(journal, line.end, part=part, line_bytes=line_bytes)) as later:
            assert (drain(later), later.rest()) == (lines[index + 1 :], rest)


def test_a_line_of_ten_megabytes_is_cut_between_characters(journal: Path) -> None:
    text = "é" * (5 * 1024 * 1024 + 10)
    journal.write_bytes(b"a" + text.encode() + b"\nafter\n")
    with closing(Tail(journal, 0)) as tail:
        *parts, after = drain(tail)
        assert tail.part == 0
    assert [(part.part, part.last) for part in parts] == [(n, n == 11) for n in range(1, 12)]
    assert len(parts[0].content) == PART_BYTES - 1  # not through the character there
    assert b"".join(part.content for part in parts).decode() == "a" + text
    assert after == Line(b"after", journal.stat().st_size)


def test_a_line_just_within_the_limit_is_whole_and_one_byte_more_is_parts(journal: Path) -> None:
    journal.write_bytes(b"x" * LINE_BYTES + b"\n" + b"y" * (LINE_BYTES + 1) + b"\n")
    with closing(Tail(journal, 0)) as tail:
        whole, *parts = drain(tail)
    assert (len(whole.content), whole.part) == (LINE_BYTES, 0)
    assert [len(part.content) for part in parts] == [PART_BYTES] * 4 + [1]


def test_one_read_gives_out_one_part_and_reads_no_further_before_it_is_gone(journal: Path) -> None:
    journal.write_bytes(b"x" * 100 + b"\nafter\n")
    with closing(Tail(journal, 0, line_bytes=10)) as tail:
        reads = []
        more = True
        while more:
            lines, more = tail.read()
            reads.append(len([line for line in lines if line.part]))
    assert max(reads) == 1
    assert sum(reads) == 10


def test_an_unterminated_long_line_is_given_out_part_by_part_and_its_rest_at_the_end(journal: Path) -> None:
    journal.write_bytes(b"x" * 25)
    with closing(Tail(journal, 0, line_bytes=10)) as tail:
        assert [line.part for line in drain(tail)] == [1, 2]
        assert tail.part == 2
        assert tail.rest() == [Line(b"x" * 5, 25, 3)]
        assert tail.part == 0


def test_a_file_that_ends_in_a_newline_has_no_rest(journal: Path) -> None:
    journal.write_bytes(b"one\n")
    with closing(Tail(journal, 0)) as tail:
        drain(tail)
        assert tail.rest() == []
