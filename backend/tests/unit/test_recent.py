"""The ring of the newest entries: right where it answers, and bounded."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from retoma.live.recent import Recent


def numbered(first: int, count: int, size: int = 10) -> Sequence[tuple[int, bytes]]:
    return [(sequence, b"%d" % sequence + b"x" * size) for sequence in range(first, first + count)]


@given(start=st.integers(1, 50), sizes=st.lists(st.integers(1, 20), max_size=8), cursor=st.integers(0, 250))
def test_an_answer_is_all_that_is_above_the_cursor(start: int, sizes: Sequence[int], cursor: int) -> None:
    recent, whole, following = Recent(), list[tuple[int, bytes]](), start
    for size in sizes:
        batch = numbered(following, size)
        recent.append(7, batch)
        whole += batch
        following += size
    answer = recent.after(7, cursor)
    if not whole or cursor + 1 < start:
        assert answer is None  # it reaches back further than the ring: to be read from the store
    else:
        assert answer == [entry for entry in whole if entry[0] > cursor]


def test_an_unknown_or_forgotten_execution_is_read_from_the_store() -> None:
    recent = Recent()
    assert recent.after(1, 0) is None
    recent.append(1, numbered(1, 3))
    recent.append(2, numbered(1, 1))
    recent.forget(1)
    recent.forget(3)
    assert recent.after(1, 0) is None
    assert recent.after(2, 0) == numbered(1, 1)


def test_entries_behind_a_gap_replace_what_was_kept() -> None:
    recent = Recent()
    recent.append(1, numbered(1, 5))
    recent.append(1, numbered(9, 2))
    assert recent.after(1, 0) is None
    assert recent.after(1, 7) is None
    assert recent.after(1, 8) == numbered(9, 2)


def test_the_ring_keeps_the_newest_two_thousand_entries() -> None:
    recent = Recent()
    recent.append(1, numbered(1, 5000))
    assert recent.after(1, 2999) is None
    assert recent.after(1, 3000) == numbered(3001, 2000)


def test_the_ring_keeps_a_megabyte_but_always_the_newest_entry() -> None:
    recent = Recent()
    for sequence in range(1, 200):
        recent.append(1, [(sequence, b"x" * 10_000)])
    assert recent.after(1, 50) is None
    kept = recent.after(1, 100)
    assert kept is not None
    assert len(kept) == 99
    recent.append(1, [(200, b"x" * 5_000_000)])
    assert recent.after(1, 198) is None
    assert recent.after(1, 199) == [(200, b"x" * 5_000_000)]
