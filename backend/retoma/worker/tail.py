"""Bytes of a journal, from a stored offset, as whole lines."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# What one read takes at most bounds how long one run holds up the others, and the memory of it…
CHUNK_BYTES = 256 * 1024
# … in bytes, and in lines: of the shortest, 100,000 fit into so many bytes, and each becomes an entry.
CHUNK_LINES = 2000
# A line longer than this is cut into parts (RETOMA_LINE_MIB)…
LINE_BYTES = 4 * 1024 * 1024
# … of this size: nobody parses a part, and one entry of it must not take much memory.
PART_BYTES = 1024 * 1024


# A tuple, because millions of them are made: a frozen dataclass takes three times as long to make.
class Line(NamedTuple):
    """One line without its newline, or part `part` (1, 2, …) of one that was too long; `end`: the offset behind it.

    `last`: the line is complete with this part.
    """

    content: bytes
    end: int
    part: int = 0
    last: bool = True


class Tail:
    """Reads one file on from `offset`. Keeps the beginning of an unfinished line in memory, up to `line_bytes`."""

    def __init__(
        self,
        file: Path,
        offset: int,
        *,
        part: int = 0,
        chunk_bytes: int = CHUNK_BYTES,
        line_bytes: int = LINE_BYTES,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._chunk_bytes, self._line_bytes = chunk_bytes, line_bytes
        self._part_bytes = min(part_bytes, line_bytes)
        self._file = file
        self._descriptor: int | None = None
        self._pending = bytearray()
        self._searched = 0  # bytes of the pending ones that are known to hold no newline
        self._end = offset  # offset behind the last line that was given out
        self._part = part  # parts of the present line that were given out
        self._unread = False  # the last read gave out all that one may: there may be more among the pending bytes

    @property
    def part(self) -> int:
        """How many parts of an unfinished, too long line were given out: to be stored beside the offset."""
        return self._part

    def read(self) -> tuple[list[Line], bool]:
        """Return the lines that one more read completes, and whether there may be more to read at once."""
        if self._descriptor is None:
            try:
                self._descriptor = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return [], False
        if self._unread:
            return list(self._lines()), True
        data = os.pread(self._descriptor, self._chunk_bytes, self._end + len(self._pending))
        more = len(data) == self._chunk_bytes
        if self._part or len(self._pending) + len(data) > self._line_bytes:
            self._pending += data
            lines = list(self._lines())
            return lines, more or self._unread
        lines = self._whole_lines(data)
        return lines, more or len(lines) == CHUNK_LINES

    def rest(self) -> list[Line]:
        """Return what is left without a newline; called when the file can't grow, and nothing more is to be read."""
        if not self._pending:
            return []
        content, self._pending = bytes(self._pending), bytearray()
        self._end += len(content)
        part = self._part + 1 if self._part else 0
        self._part = 0
        return [Line(content, self._end, part)]

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _whole_lines(self, data: bytes) -> list[Line]:
        """Take in `data` where no line can be too long: the usual case, and a quick one."""
        *contents, rest = data.split(b"\n", CHUNK_LINES)
        if not contents:
            self._pending += rest
        else:
            contents[0] = bytes(self._pending) + contents[0]
            # Behind so many lines it is read again, from the file: cheaper than to keep it and look for its end.
            self._pending = bytearray(rest if len(contents) < CHUNK_LINES else b"")
        self._searched = len(self._pending)
        lines, end = [], self._end
        for content in contents:
            end += len(content) + 1
            lines.append(Line(content, end))
        self._end = end
        return lines

    def _lines(self) -> Iterator[Line]:
        """Give out the lines among the pending bytes, up to the first part of one that is too long.

        One part at a time: so one commit holds little of a long line.
        """
        start, given, self._unread = 0, 0, False
        while True:
            if given == CHUNK_LINES:
                self._unread = True
                break
            newline = self._pending.find(b"\n", max(start, self._searched))
            length = (newline if newline >= 0 else len(self._pending)) - start
            if length > (self._part_bytes if self._part else self._line_bytes):
                cut = _before_character(self._pending, start + self._part_bytes)
                yield self._give(start, cut, cut, last=False)
                start, self._unread = cut, True
                break
            if newline < 0:
                break
            yield self._give(start, newline, newline + 1, last=True)
            start, given = newline + 1, given + 1
        del self._pending[:start]
        self._searched = 0 if self._unread else len(self._pending)

    def _give(self, start: int, stop: int, following: int, *, last: bool) -> Line:
        self._end += following - start
        self._part = self._part + 1 if self._part or not last else 0
        line = Line(bytes(self._pending[start:stop]), self._end, self._part, last)
        if last:
            self._part = 0
        return line


def _before_character(data: bytearray, cut: int) -> int:
    """Return `cut`, moved back by up to 3 bytes so that no UTF-8 character is cut through."""
    for back in range(4):
        if data[cut - back] & 0xC0 != 0x80:  # noqa: PLR2004 - the mark of a continuation byte
            return cut - back
    return cut
