"""A journal gives back what the agent wrote, in either form, also while one takes the place of the other."""

import fcntl
import os
import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retoma.logs.journal import Journal

PIECES = st.lists(st.binary(max_size=50) | st.binary(min_size=1, max_size=4).map(lambda some: some * 100_000))


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=PIECES, length=st.integers(0, 300_000))
def test_what_is_compressed_reads_as_it_did_before(tmp_path: Path, pieces: list[bytes], length: int) -> None:
    written = b"".join(pieces)
    journal, file = Journal(tmp_path / "out.jsonl"), tmp_path / "out.jsonl"
    (tmp_path / "out.jsonl.zst").unlink(missing_ok=True)
    file.write_bytes(written)
    saved = journal.compress()
    assert journal.is_compressed == bool(written)
    assert b"".join(journal.read()) == written
    assert b"".join(journal.read(length)) == written[:length]
    assert journal.length == len(written)
    with journal.plain() as plain:
        assert plain.read_bytes() == written
    assert saved == (len(written) - (tmp_path / "out.jsonl.zst").stat().st_size if written else 0)
    assert journal.compress() == 0


def test_one_that_is_not_there_has_no_length_and_no_bytes(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "out.jsonl")
    assert (journal.length, list(journal.read()), journal.compress()) == (None, [], 0)


def test_a_reader_goes_on_while_the_journal_is_compressed_under_it(tmp_path: Path) -> None:
    written = os.urandom(1_000_000)
    (tmp_path / "out.jsonl").write_bytes(written)
    journal = Journal(tmp_path / "out.jsonl")
    reading = journal.read()
    first = next(reading)
    journal.compress()
    assert first + b"".join(reading) == written


@pytest.mark.parametrize("left", [b"", b"half of it"])
def test_what_a_kill_left_is_written_over(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "out.jsonl").write_bytes(b"line\n" * 1000)
    (tmp_path / "out.jsonl.zst.tmp").write_bytes(left)
    (tmp_path / "out.jsonl.zst").write_bytes(left)
    journal = Journal(tmp_path / "out.jsonl")
    assert b"".join(journal.read()) == b"line\n" * 1000
    assert journal.compress() > 0
    assert b"".join(journal.read()) == b"line\n" * 1000
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl.zst"]


def test_of_two_that_compress_one_journal_one_does_it(tmp_path: Path) -> None:
    """Two workers may share a data folder; one must never write into what the other has just given its name."""
    written, file = b"line\n" * 100_000, tmp_path / "out.jsonl"
    file.write_bytes(written)
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert Journal(file).compress() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    with ThreadPoolExecutor(8) as several:
        saved = list(several.map(lambda _: Journal(file).compress(), range(8)))
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl.zst"]
    assert sorted(saved)[:-1] == [0] * 7
    assert b"".join(Journal(file).read()) == written


def test_one_that_finds_no_room_stays_as_it_is_and_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_bytes(os.urandom(100_000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            Journal(file).compress()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
