"""The opaque cursors of lists."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from retoma.core.errors import InvalidError
from retoma.executions.model import Execution, Place
from retoma.search.model import Part
from retoma.search.model import Place as SearchPlace

T = TypeVar("T")

_DIGITS = 18  # so many are a number that both databases have
_BEFORE = "before:"
_BEHIND = "behind:"
_PLACE = "place:"
_MICROSECONDS_AND_KEY = re.compile(r"(-?[0-9]{1,18}):([0-9]{1,18})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SEARCH = "search:"


def encode_cursor(key: int) -> str:
    """Return the cursor of the page behind the item with this key, in a list that begins with the largest."""
    return _encode(_BEFORE + str(key))


def decode_cursor(cursor: str | None) -> int | None:
    """Return the key in a cursor of ours; None stays None. InvalidError for anything else."""
    if cursor is None:
        return None
    key = _decode(cursor, _BEFORE)
    if not key.isdecimal() or len(key) > _DIGITS:
        raise _none_of_ours()
    return int(key)


def encode_place(execution: Execution) -> str:
    """Return the cursor of the page behind this execution in the history of all."""
    return _encode(f"{_PLACE}{(execution.created_at - _EPOCH) // _MICROSECOND}:{execution.id}")


def decode_place(cursor: str | None) -> Place | None:
    """Return the place in a cursor of ours; None stays None. InvalidError for anything else."""
    if cursor is None:
        return None
    found = _MICROSECONDS_AND_KEY.fullmatch(_decode(cursor, _PLACE))
    if found is None:
        raise _none_of_ours()
    try:
        return Place(created_at=_EPOCH + int(found[1]) * _MICROSECOND, id=int(found[2]))
    except OverflowError:
        raise _none_of_ours() from None


def page_of(
    items: Sequence[T], place: Callable[[T], str], *, cursor: str | None, limit: int
) -> tuple[Sequence[T], str | None]:
    """Return a page of a list that is small enough to be read whole, and the cursor of the next page.

    The items come in the order of their `place`: what comes or goes between two pages moves nothing else.
    InvalidError for a cursor that is none of ours.
    """
    behind = "" if cursor is None else _decode(cursor, _BEHIND)
    rest = sorted((item for item in items if place(item) > behind), key=place)
    page = rest[:limit]
    return page, _encode(_BEHIND + place(page[-1])) if len(rest) > limit else None


def encode_search_place(place: SearchPlace) -> str:
    """Return the cursor of what is behind a place of a search."""
    return _encode(f"{_SEARCH}{place.part}:{place.key}:{place.sequence}:{place.card_id}")


def decode_search_place(cursor: str | None) -> SearchPlace | None:
    """Return the place in a cursor of ours; None stays None. InvalidError for anything else."""
    if cursor is None:
        return None
    found = _SEARCH_PLACE.fullmatch(_decode(cursor, _SEARCH))
    if found is None:
        raise _none_of_ours()
    part, key, sequence, card_id = found.groups()
    return SearchPlace(Part(part), int(key), int(sequence), card_id)


# Numbers that both databases have.
_SEARCH_PLACE = re.compile(
    r"(card|execution|entry):([0-9]{1,18}|4611686018427387904):([0-9]{1,18}|4611686018427387904):(\w*)"
)


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, mark: str) -> str:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise _none_of_ours() from None
    if not text.startswith(mark):
        raise _none_of_ours()
    return text.removeprefix(mark)


def _none_of_ours() -> InvalidError:
    sentence = "The cursor is none that this server gave out; begin again without one."
    return InvalidError(sentence, errors=[{"field": "cursor", "message": sentence}])
