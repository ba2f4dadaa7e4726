"""What is kept of the newest entries: right where it answers, and bounded."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from retoma.live.recent import Recent

LIMIT = 500


def numbered(first: int, count: int, size: int = 10) -> Sequence[tuple[int, bytes]]:
    return [(sequence, b"%d" % sequence + b"x" * size) for sequence in range(first, first + count)]


@given(
    pieces=st.lists(st.tuples(st.integers(1, 60), st.integers(1, 20)), max_size=8),
    first=st.integers(1, 100),
    last=st.integers(0, 100),
)
def test_whatever_pieces_are_kept_a_span_is_whole_or_not_there(
    pieces: Sequence[tuple[int, int]], first: int, last: int
) -> None:
    recent = Recent()
    for start, count in pieces:
        recent.keep("run", numbered(start, count))
    span = recent.span("run", first, last)
    assert span is None or span == numbered(first, max(0, last - first + 1))
    if pieces:
        start, count = pieces[-1]
        newest = max(begin + number - 1 for begin, number in pieces)
        if newest == start + count - 1:
            assert recent.span("run", start, newest) == numbered(start, count), "what came last and is newest is kept"


@given(start=st.integers(1, 50), sizes=st.lists(st.integers(1, 20), max_size=8), cursor=st.integers(0, 250))
def test_an_answer_is_all_that_is_above_the_cursor(start: int, sizes: Sequence[int], cursor: int) -> None:
    recent, following = Recent(), start
    for size in sizes:
        recent.extend("run", numbered(following, size))
        following += size
    answer = recent.after("run", cursor, LIMIT)
    if not sizes or cursor + 1 < start:
        assert answer is None  # it reaches back further than what is kept: to be read from the store
    else:
        assert answer == numbered(cursor + 1, max(0, following - 1 - cursor))


def test_nothing_new_is_said_only_where_the_end_is_known() -> None:
    recent = Recent()
    recent.keep("run", numbered(1, 5))
    assert recent.after("run", 5, LIMIT) is None
    recent.ends_at("run", 5)
    assert recent.after("run", 5, LIMIT) == []
    recent.ends_at("run", 8)
    recent.ends_at("run", 6)  # overtaken on its way
    assert recent.after("run", 3, LIMIT) == numbered(4, 2), "what is here comes first"
    assert recent.after("run", 5, LIMIT) is None
    recent.keep("run", numbered(6, 3))
    assert recent.after("run", 8, LIMIT) == []
    recent.saw("run", 8)
    assert recent.after("run", 8, LIMIT) == []
    recent.saw("run", 9)
    assert recent.after("run", 8, LIMIT) is None


def test_an_unknown_or_forgotten_execution_is_read_from_the_store() -> None:
    recent = Recent()
    assert recent.after("one", 0, LIMIT) is None
    recent.extend("one", numbered(1, 3))
    recent.extend("two", numbered(1, 1))
    recent.forget("one")
    recent.forget("three")
    assert recent.after("one", 0, LIMIT) is None
    assert recent.after("two", 0, LIMIT) == numbered(1, 1)


def test_entries_behind_a_gap_replace_what_was_kept() -> None:
    recent = Recent()
    recent.extend("run", numbered(1, 5))
    recent.extend("run", numbered(9, 2))
    assert recent.after("run", 0, LIMIT) is None
    assert recent.after("run", 7, LIMIT) is None
    assert recent.after("run", 8, LIMIT) == numbered(9, 2)


def test_of_one_log_the_newest_two_thousand_entries_are_kept() -> None:
    recent = Recent()
    recent.extend("run", numbered(1, 5000))
    assert recent.after("run", 2999, LIMIT) is None
    assert recent.after("run", 3000, 5000) == numbered(3001, 2000)


def test_of_one_log_a_megabyte_is_kept_but_always_the_newest_entry() -> None:
    recent = Recent()
    for sequence in range(1, 200):
        recent.extend("run", [(sequence, b"x" * 10_000)])
    assert recent.after("run", 50, LIMIT) is None
    kept = recent.after("run", 100, LIMIT)
    assert kept is not None
    assert len(kept) == 99
    recent.extend("run", [(200, b"x" * 5_000_000)])
    assert recent.after("run", 198, LIMIT) is None
    assert recent.after("run", 199, LIMIT) == [(200, b"x" * 5_000_000)]


def test_over_all_logs_those_that_nobody_asked_for_longest_go_first() -> None:
    recent = Recent(limit=1_000_000)
    for number in range(2000):
        recent.extend(str(number), numbered(1, 10, size=1000))
        assert recent.span("0", 1, 10) is not None, "asked for all the time"
        assert recent.size <= 1_000_000
    assert recent.span("1000", 1, 10) is None
    assert recent.span("1999", 1, 10) is not None
    recent.forget_all()
    assert recent.size == 0


def test_a_log_is_wanted_for_a_minute_after_it_was_asked_for() -> None:
    now = 1000.0
    recent = Recent(clock=lambda: now)
    recent.extend("run", numbered(1, 1))
    assert not recent.is_wanted("run")
    recent.span("run", 1, 1)
    now += 59
    assert recent.is_wanted("run")
    now += 2
    assert not recent.is_wanted("run")
