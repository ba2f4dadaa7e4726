"""Reading JSON that is too large for the memory: objects and arrays are walked, only what is small is decoded."""

import codecs
import json
from collections.abc import Iterator
from typing import NoReturn

from retoma.backup.archive import Stream
from retoma.core.errors import InvalidError
from retoma.core.json import JsonValue

_CHUNK_BYTES = 256 * 1024
# The longest value that is decoded as a whole, in characters: an entry is one.
_VALUE_CHARACTERS = 256 * 1024 * 1024
_SPACE = " \t\n\r"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


class JsonReader:
    """Walks one document. InvalidError, naming the line, where it is no JSON, or not what is walked as."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._scan = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode
        self._text, self._at = "", 0
        self._lines, self._is_at_end = 1, False

    def members(self) -> Iterator[str]:
        """Yield the name of each member of an object; the value is to be read before the next."""
        self._expect("{")
        if self._skip("}"):
            return
        while True:
            name = self.value()
            if not isinstance(name, str):
                raise self._wrong("an object has a name that is no text")
            self._expect(":")
            yield name
            if self._skip("}"):
                return
            self._expect(",")

    def elements(self) -> Iterator[None]:
        """Yield at each element of an array, which is to be read before the next."""
        self._expect("[")
        if self._skip("]"):
            return
        while True:
            yield None
            if self._skip("]"):
                return
            self._expect(",")

    def value(self) -> JsonValue:
        """Decode the next value as a whole."""
        self._next_sign()
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if self._is_at_end or isinstance(error, RecursionError):
                    raise self._wrong(str(error).partition(": line")[0]) from None
            else:
                if end < len(self._text) or self._is_at_end:  # else a number may go on
                    self._at = end
                    decoded: JsonValue = value
                    return decoded
            self._read_on()

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self._next_sign():
            raise self._wrong("something follows the end")

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            raise self._wrong(f"{sign} is missing")

    def _skip(self, sign: str) -> bool:
        if self._next_sign() != sign:
            return False
        self._at += 1
        return True

    def _next_sign(self) -> str:
        """Pass over space; return the sign that follows, "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or self._is_at_end:
                return self._text[self._at : self._at + 1]
            self._read_on()

    def _read_on(self) -> None:
        left = len(self._text) - self._at
        if left > _VALUE_CHARACTERS:
            raise self._wrong("a value is too long")
        self._lines += self._text.count("\n", 0, self._at)
        # Twice as much each time: a long value is not scanned over and over.
        raw = self._stream.read(max(_CHUNK_BYTES, left))
        self._is_at_end = not raw
        try:
            self._text = self._text[self._at :] + self._decoder.decode(raw, final=self._is_at_end)
        except UnicodeDecodeError:
            raise self._wrong("it is no UTF-8") from None
        self._at = 0

    def _wrong(self, why: str) -> InvalidError:
        line = self._lines + self._text.count("\n", 0, self._at)
        return InvalidError(f"The file can't be read as JSON, at line {line}: {why}.")
