"""The stored log of one execution against its journal: each entry once, in order, with a time that can be true."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from retoma.agents.adapter import Adapter, Stream
from retoma.core.clock import wire_time
from retoma.core.entries import LogEntry
from retoma.executions.model import Execution
from retoma.verification.report import Check, Report
from retoma.verification.reread import LOOK_AHEAD, Reread
from retoma.worker.ingest import is_own
from retoma.worker.rundir import RunDirectory, boot_id

# Marks are told in whole milliseconds.
_ROUNDING = timedelta(milliseconds=1)
# After so many entries that are not the journal's, the rest of a log is not compared.
_STRANGERS = 10


class LogCheck:
    """Compares one log; `entries` are all stored rows of the execution in the order of their sequences."""

    def __init__(self, execution: Execution, run: RunDirectory, report: Report) -> None:
        self._execution, self._run, self._report = execution, run, report
        self._marks = run.marks()

    def compare(self, adapter: Adapter, entries: Iterable[LogEntry]) -> None:
        """Look at every entry once."""
        streams = [
            Reread(self._execution, adapter, stream, file=file, marks=self._marks)
            for stream, file in ((Stream.STDOUT, self._run.stdout), (Stream.STDERR, self._run.stderr))
        ]
        for stream in streams:
            self._check_length(stream)
        previous = strangers = beyond = 0
        for entry in entries:
            self._report.counts["entries"] += 1
            self._check_sequence(previous, entry)
            previous = entry.sequence
            if is_own(entry):
                self._report.counts["own_entries"] += 1
                self._check_time(entry, self._start)
            elif strangers >= _STRANGERS or self._find(entry, streams):
                continue
            elif any(stream.is_cut and stream.is_at_its_end for stream in streams):
                beyond += 1
            else:
                strangers += 1
                self._stranger(entry)
        if previous < self._execution.head_sequence:
            self._missing(previous + 1, self._execution.head_sequence)
        if strangers >= _STRANGERS:
            self._differs(Check.JOURNAL, "So many entries are not the journal's that the rest was not compared.")
            return
        for stream in streams:
            self._check_rest(stream)
        if beyond:
            words = f"{beyond} entries come from behind the journal's present end and could not be compared."
            self._report.remark(Check.JOURNAL, self._execution.public_id, words)

    def check_sequences(self, entries: Iterable[LogEntry]) -> None:
        """Look only whether each entry has its place: there is no journal to compare with."""
        previous = 0
        for entry in entries:
            self._report.counts["entries"] += 1
            self._check_sequence(previous, entry)
            previous = entry.sequence
        if previous < self._execution.head_sequence and self._execution.log_removed_at is None:
            self._missing(previous + 1, self._execution.head_sequence)

    # ---- one entry ---------------------------------------------------------------------------------------------

    def _check_sequence(self, previous: int, entry: LogEntry) -> None:
        if entry.sequence <= previous:
            self._differs(Check.SEQUENCE, f"Entry {entry.sequence} is stored twice.")
        if entry.sequence > previous + 1:
            self._missing(previous + 1, entry.sequence - 1)
        if entry.sequence > self._execution.head_sequence:
            head = self._execution.head_sequence
            self._differs(Check.SEQUENCE, f"Entry {entry.sequence} lies behind the head, which is {head}.")

    def _find(self, entry: LogEntry, streams: Sequence[Reread]) -> bool:
        """Find a stored entry in the journal. False: it is not there."""
        for look_ahead in (1, LOOK_AHEAD):
            for stream in streams:
                before = stream.position_of(entry, within=look_ahead)
                if before is None:
                    continue
                if before:
                    words = f"{before} entries of {stream.stream} that stand before it in the journal are"
                    self._differs(Check.JOURNAL, f"Entry {entry.sequence}: {words} not in the log.")
                self._check_time(entry, stream.take(before + 1)[-1].timestamp - _ROUNDING)
                return True
        return False

    def _stranger(self, entry: LogEntry) -> None:
        said = entry.content if len(entry.content) <= 60 else f"{entry.content[:60]}…"  # noqa: PLR2004 - readable
        self._differs(
            Check.JOURNAL, f"Entry {entry.sequence} is not what the journal holds at that place, nor ours: {said!r}"
        )

    def _check_time(self, entry: LogEntry, earliest: datetime) -> None:
        if self._marks.clock_was_set:
            return
        if entry.timestamp < max(earliest, self._start):
            words = f"was stored with {wire_time(entry.timestamp)}, but was not there before {wire_time(earliest)}"
            self._differs(Check.TIME, f"Entry {entry.sequence} {words}.")
        elif entry.timestamp > datetime.now(UTC):
            self._differs(Check.TIME, f"Entry {entry.sequence} is from the future: {wire_time(entry.timestamp)}.")

    # ---- the whole ---------------------------------------------------------------------------------------------

    @property
    def _start(self) -> datetime:
        return self._execution.started_at or self._execution.created_at

    def _check_length(self, stream: Reread) -> None:
        self._report.counts["journal_bytes"] += min(stream.length, stream.offset)
        if self._execution.status.over and stream.length > stream.offset:
            words = f"the last {stream.length - stream.offset} bytes of {stream.stream} were never taken in"
            if self._execution.lost_worker is None:
                self._differs(Check.OFFSET, f"The execution is over, but {words}.")
            else:
                expected = f"expected, its worker {self._execution.lost_worker} was lost; the raw output has them"
                self._report.remark(Check.OFFSET, self._execution.public_id, f"{words.capitalize()}: {expected}.")
        if not stream.is_cut:
            return
        words = f"{stream.stream} was taken in up to byte {stream.offset}, but has {stream.length}"
        recorder = self._run.recorder()
        if recorder is not None and recorder.boot_id != boot_id():
            expected = f"{words}: expected, the machine has been started since."
            self._report.remark(Check.OFFSET, self._execution.public_id, expected)
        else:
            self._differs(Check.OFFSET, f"{words}.")

    def _check_rest(self, stream: Reread) -> None:
        rest = len(stream.take(LOOK_AHEAD))
        if rest:
            more = "or more " if rest == LOOK_AHEAD else ""
            self._differs(Check.JOURNAL, f"{rest} entries {more}at the end of {stream.stream} are not in the log.")
        elif stream.reached != stream.offset and not stream.is_cut:
            words = f"The offset of {stream.stream}, {stream.offset}, is not the end of a line"
            self._differs(Check.OFFSET, f"{words}; the last before it ends at {stream.reached}.")

    def _missing(self, first: int, last: int) -> None:
        which = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
        self._differs(Check.SEQUENCE, f"{which} missing.")

    def _differs(self, check: Check, sentence: str) -> None:
        self._report.differs(check, self._execution.public_id, sentence)
