"""Reading the fields of a document that somebody else may have written: each is what it must be, or is named."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from retoma.core.errors import InvalidError
from retoma.core.json import JsonObject, JsonValue

E = TypeVar("E", bound=StrEnum)

_ID = re.compile(r"[0-9a-f]{16}")
_LARGEST = 2**53 - 1
_LARGEST_SMALL = 2**31 - 1
_FIRST_YEAR = 1970  # the clock of no computer that ran an agent said less


class Fields:
    """The members of one object; `place` is where it stands in the document."""

    def __init__(self, value: JsonValue, place: str) -> None:
        """InvalidError where it is no object."""
        self._place = place
        if not isinstance(value, dict):
            raise self.wrong("", "is no object")
        self._values: JsonObject = value

    def wrong(self, name: str, why: str) -> InvalidError:
        """Return the refusal of one field."""
        where = f"{self._place}.{name}" if name else self._place
        return InvalidError(f"The file is no export of a card that can be taken in: {where} {why}.")

    def text(self, name: str) -> str:
        """Return a text, which a database can keep."""
        value = self._values.get(name)
        if not isinstance(value, str):
            raise self.wrong(name, "is no text")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise self.wrong(name, "is no valid Unicode text") from None
        return value

    def words(self, name: str) -> str:
        """Return a text with something in it."""
        value = self.text(name)
        if not value.strip():
            raise self.wrong(name, "is empty")
        return value

    def text_or_none(self, name: str) -> str | None:
        """Return a text, None for null."""
        return None if self._values.get(name) is None else self.text(name)

    def id(self, name: str) -> str:
        """Return an identifier of ours: a folder may be named by it."""
        value = self.text(name)
        if not _ID.fullmatch(value):
            raise self.wrong(name, "is no identifier")
        return value

    def one_of(self, name: str, words: type[E]) -> E:
        """Return one of a closed list of words."""
        try:
            return words(self.text(name))
        except ValueError:
            raise self.wrong(name, f"is none of {', '.join(words)}") from None

    def whole(self, name: str, *, least: int = 0, most: int = _LARGEST) -> int:
        """Return a whole number."""
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(name, f"is no whole number from {least} to {most}")
        return value

    def small_or_none(self, name: str) -> int | None:
        """Return a whole number of 32 bits, None for null."""
        if self._values.get(name) is None:
            return None
        return self.whole(name, least=-_LARGEST_SMALL, most=_LARGEST_SMALL)

    def number_or_none(self, name: str) -> float | None:
        """Return a number, None for null."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > _LARGEST:
            raise self.wrong(name, "is no number")
        return value

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "is neither true nor false")
        return value

    def moment(self, name: str) -> datetime:
        """Return a moment, in UTC."""
        try:
            moment = datetime.fromisoformat(self.text(name))
            in_utc = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.wrong(name, "is no time") from None
        if moment.tzinfo is None:
            raise self.wrong(name, "is a time without a zone")
        if in_utc.year < _FIRST_YEAR:
            raise self.wrong(name, f"is a time before the year {_FIRST_YEAR}")
        return in_utc

    def moment_or_none(self, name: str) -> datetime | None:
        """Return a moment, None for null."""
        return None if self._values.get(name) is None else self.moment(name)

    def mapping(self, name: str) -> JsonObject:
        """Return an object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "is no object")
        return value

    def mapping_or_none(self, name: str) -> JsonObject | None:
        """Return an object, None for null."""
        return None if self._values.get(name) is None else self.mapping(name)

    def items(self, name: str) -> Sequence[JsonValue]:
        """Return an array."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "is no array")
        return value

    def objects(self, name: str) -> Sequence["Fields"]:
        """Return an array of objects."""
        return [Fields(value, f"{self._place}.{name}[{index}]") for index, value in enumerate(self.items(name))]

    def texts(self, name: str) -> Sequence[str]:
        """Return an array of texts."""
        found = self.items(name)
        return [Fields({"item": value}, f"{self._place}.{name}[{i}]").text("item") for i, value in enumerate(found)]
