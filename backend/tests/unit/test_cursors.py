"""Pages of a list that is read whole: everything once, in order, whatever comes and goes meanwhile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retoma.core.errors import InvalidError
from retoma.web.cursors import decode_cursor, encode_cursor, page_of

NAMES = st.sets(st.text(min_size=1, max_size=4), max_size=12)


@given(there=NAMES, comes=NAMES, goes=NAMES, limit=st.integers(1, 5))
def test_who_pages_sees_once_and_in_order_all_that_was_there_all_the_time(
    there: set[str], comes: set[str], goes: set[str], limit: int
) -> None:
    seen: list[str] = []
    cursor, items = None, there
    while True:
        page, cursor = page_of(sorted(items), str, cursor=cursor, limit=limit)
        seen += page
        assert len(page) == limit or cursor is None
        if cursor is None:
            break
        items = (there | comes) - goes
    assert seen == sorted(set(seen))
    assert there - goes <= set(seen) <= there | comes


@pytest.mark.parametrize("cursor", ["x", "é", encode_cursor(5) + "A", encode_cursor(5)])
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidError, match="begin again without one"):
        page_of(["a"], str, cursor=cursor, limit=1)


def test_a_cursor_of_a_list_by_number_comes_back_as_its_number() -> None:
    assert decode_cursor(encode_cursor(10**17)) == 10**17
    _, other = page_of(["a", "b"], str, cursor=None, limit=1)
    for cursor in (other, "x", "YmVmb3JlOng"):
        with pytest.raises(InvalidError):
            decode_cursor(cursor)
