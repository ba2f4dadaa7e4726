"""When lines were written: those read as they came, now; those written while nobody read, by the recorder's marks."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from retoma.agents.adapter import Stream
from retoma.core.clock import utc_now
from retoma.worker.rundir import RunDirectory
from retoma.worker.tail import Line


class Backlog:
    """What a run's journal held when a worker began to read it."""

    def __init__(
        self, run: RunDirectory, *, alive: bool, started_at: datetime | None, last_stored: datetime | None
    ) -> None:
        """`alive`: its recorder still marks. `last_stored`: the time of the last entry that is stored."""
        self._lengths = {
            Stream.STDOUT: run.stdout.stat().st_size if run.stdout.exists() else 0,
            Stream.STDERR: run.stderr.stat().st_size if run.stderr.exists() else 0,
        }
        self._attached_at = utc_now() if alive else None
        self._started_at, self._last_stored = started_at, last_stored
        self._marks = run.marks() if any(self._lengths.values()) else None

    def timed(self, stream: Stream, lines: Sequence[Line]) -> list[tuple[Line, datetime]]:
        """Return `lines`, which were read just now, each with its time."""
        now, length, marks = utc_now(), self._lengths[stream], self._marks
        if marks is None or lines[0].end > length:
            return [(line, now) for line in lines]
        time_of = partial(
            marks.time_of,
            stream,
            otherwise=self._started_at or now,
            unseen=self._attached_at,
            stored=self._last_stored,
        )
        begins = ((line, line.end - len(line.content) - 1) for line in lines)
        return [(line, time_of(begin) if line.end <= length else now) for line, begin in begins]
