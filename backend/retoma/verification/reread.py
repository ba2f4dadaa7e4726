"""A journal read again from its first byte, as the worker has read it, up to where the store says that it was read."""

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from retoma.agents.adapter import Adapter, Stream
from retoma.core.entries import LogEntry
from retoma.executions.model import Execution
from retoma.logs.journal import Journal
from retoma.logs.store import as_stored, without_nul
from retoma.worker.ingest import stored_position, take_in
from retoma.worker.rundir import Marks
from retoma.worker.tail import Line, Tail

# How far is looked ahead for an entry that is not the next one: so many lost entries in a row are told as lost.
LOOK_AHEAD = 2000


class Reread:
    """One stream's entries as they must be stored, in order; their timestamps are the earliest that each may have."""

    def __init__(self, execution: Execution, adapter: Adapter, stream: Stream, *, file: Path, marks: Marks) -> None:
        self.stream = stream
        self.offset = execution.journal_offset if stream is Stream.STDOUT else execution.stderr_offset
        self.reached = 0  # behind the last line that was read; `offset` at the end, if all is well
        self._execution, self._adapter, self._marks = execution, adapter, marks
        self._journal = Journal(file)
        self.length = self._journal.length or 0
        self._waiting: deque[LogEntry] = deque()
        self._entries = self._read()

    @property
    def is_cut(self) -> bool:
        """Whether the journal is shorter than what was read of it."""
        return self.length < self.offset

    @property
    def is_at_its_end(self) -> bool:
        """Whether everything has been taken, as far as was looked."""
        return not self._waiting

    def position_of(self, entry: LogEntry, *, within: int = LOOK_AHEAD) -> int | None:
        """Return how many entries come before the one that is stored as `entry`; None: it is not among the next."""
        entry = without_nul(entry)
        for index in range(within):
            while index >= len(self._waiting):
                following = next(self._entries, None)
                if following is None:
                    return None
                self._waiting.append(following)
            if self._waiting[index][2:] == entry[2:]:
                return index
        return None

    def take(self, count: int) -> list[LogEntry]:
        """Return the next `count` entries (fewer at the end), which are not given out again."""
        taken = []
        for _ in range(count):
            following = self._waiting.popleft() if self._waiting else next(self._entries, None)
            if following is None:
                break
            taken.append(following)
        return taken

    def _read(self) -> Iterator[LogEntry]:
        empty = self._execution_before_its_first_line()
        position = stored_position(empty, self._adapter)
        stored = stored_position(self._execution, self._adapter)
        capped_at = None if stored.capped_at is None else stored.capped_at[self.stream is Stream.STDERR]
        with self._journal.plain() as file, closing(Tail(file, 0, line_bytes=stored.line_bytes)) as tail:
            for lines in self._lines(tail):
                within = [line for line in lines if capped_at is None or line.end <= capped_at]
                for some, cap in ((within, None), (lines[len(within) :], stored.capped_at)):
                    timed = [(line, self._earliest(line)) for line in some]
                    position = replace(position, capped_at=cap)
                    batch = take_in(self._adapter, position, self.stream, timed, part=0)
                    position = batch.after
                    # As a database holds it that has no NUL: a log may have moved from there.
                    yield from (as_stored(entry, nul=False) for entry in batch.entries)

    def _lines(self, tail: Tail) -> Iterator[list[Line]]:
        while self.reached < self.offset:
            lines, more = tail.read()
            if not lines and not more and not self.is_cut:
                lines = tail.rest()  # the end of a run that ended without a newline, or nothing
                more = bool(lines)
            within = [line for line in lines if line.end <= self.offset]
            if within:
                self.reached = within[-1].end
                yield within
            if len(within) < len(lines) or not (lines or more):
                return

    def _earliest(self, line: Line) -> datetime:
        started = self._execution.started_at or self._execution.created_at
        return self._marks.time_of(self.stream, line.end - len(line.content) - 1, started)

    def _execution_before_its_first_line(self) -> Execution:
        return replace(
            self._execution, head_sequence=0, journal_offset=0, stderr_offset=0, adapter_state=None, usage=None
        )
