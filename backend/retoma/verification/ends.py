"""The status of one execution against what its recorder has told, and against who lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from retoma.agents.adapter import Adapter
from retoma.core.clock import utc_now, wire_time
from retoma.core.entries import LogEntry
from retoma.core.status import Status
from retoma.executions.model import Execution
from retoma.verification.report import Check, Report
from retoma.worker.ingest import stored_position
from retoma.worker.rundir import ProcessIdentity, RunDirectory, RunEnd
from retoma.worker.settle import Loss

# What is stored of a moment may be rounded: to a millisecond by the recorder.
_ROUNDING = timedelta(milliseconds=1)
# A run that is being started has no recorder yet (worker/worker.py gives it as long).
_START_DEADLINE = timedelta(seconds=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a run directory tells."""

    recorder: ProcessIdentity | None
    end: RunEnd | None
    clock_was_set: bool  # in the course of the run, so that its times can't be compared


def read_told(run: RunDirectory) -> Told:
    """Read it; ValueError, KeyError, TypeError or AssertionError where a file is not the recorder's."""
    return Told(recorder=run.recorder(), end=run.end(), clock_was_set=run.marks().clock_was_set)


def check_end(execution: Execution, told: Told, adapter: Adapter, closings: Sequence[LogEntry], report: Report) -> None:
    """Compare the end of an execution that is over; `closings` are Retoma's entries that tell an end."""
    check = _EndCheck(execution, told, report)
    check.times()
    check.closing(closings)
    check.status(adapter)


def check_unfinished(execution: Execution, told: Told, closings: Sequence[LogEntry], report: Report) -> str | None:
    """Compare an execution that is not over. Returns a sentence where nobody that lives carries it, else None."""
    check = _EndCheck(execution, told, report)
    check.closing(closings)
    if execution.completed_at or execution.duration is not None or execution.result is not None:
        check.differs(Check.STATUS, f"It is {execution.status}, but has an end.")
    if execution.status is Status.QUEUED:
        if told.recorder is not None:
            check.differs(Check.STATUS, "It is queued, but a recorder was started for it.")
        return None
    if told.recorder is None:
        begun = execution.started_at is not None and utc_now() - execution.started_at < _START_DEADLINE
        return None if begun else f"It is {execution.status}, but no recorder ever came up."
    if told.end is not None:
        return f"It is {execution.status}, but its agent has ended at {wire_time(told.end.completed_at)}."
    return None if told.recorder.is_alive() else f"It is {execution.status}, but its recorder is dead."


class _EndCheck:
    def __init__(self, execution: Execution, told: Told, report: Report) -> None:
        self._execution, self._told, self._report = execution, told, report

    def differs(self, check: Check, sentence: str) -> None:
        self._report.differs(check, self._execution.public_id, sentence)

    def times(self) -> None:
        execution, end = self._execution, self._told.end
        completed, duration = execution.completed_at, execution.duration
        if completed is None or duration is None:
            self.differs(Check.TIME, f"It is {execution.status}, but has no end or no duration.")
            return
        if duration < 0:
            self.differs(Check.TIME, f"Its duration is {duration} s.")
        began = execution.started_at or execution.created_at
        if completed < began - _ROUNDING and not self._told.clock_was_set:
            self.differs(Check.TIME, f"It ended at {wire_time(completed)}, before its start at {wire_time(began)}.")
        if end is not None and abs(completed - end.completed_at) >= _ROUNDING:
            words = f"Its end is stored as {wire_time(completed)}, exit.json says {wire_time(end.completed_at)}"
            self.differs(Check.TIME, f"{words}.")
        if end is not None and duration != end.duration:
            self.differs(Check.TIME, f"Its duration is stored as {duration} s, exit.json says {end.duration} s.")

    def closing(self, closings: Sequence[LogEntry]) -> None:
        """Compare the closing entry: none for a success, else just one, the last, of the row's own status."""
        execution = self._execution
        evidence = execution.evidence or {}
        is_told = execution.status.over and execution.status is not Status.SUCCESS
        expected = [execution.status] if is_told and "cancelledBeforeStart" not in evidence else []
        said = [str((entry.data or {})["status"]) for entry in closings]
        if said != expected:
            words = f"its log tells the ends {said}, where {[str(status) for status in expected]} is right"
            self.differs(Check.STATUS, f"It is {execution.status}, but {words}.")
        elif closings and closings[-1].sequence != execution.head_sequence:
            self.differs(Check.STATUS, f"Entry {closings[-1].sequence} tells the end, but is not the last one.")
        if execution.status.over and evidence.get("lastSequence", execution.head_sequence) != execution.head_sequence:
            words = f"{evidence.get('lastSequence')} was the last entry, and the head is {execution.head_sequence}"
            self.differs(Check.STATUS, f"At its end {words}.")

    def status(self, adapter: Adapter) -> None:
        execution, end = self._execution, self._told.end
        exit_code = None if end is None else end.exit.exit_code
        if execution.exit_code != exit_code:
            words = "there is no exit.json" if end is None else f"exit.json says {exit_code}"
            self.differs(Check.STATUS, f"Its exit code is stored as {execution.exit_code}, but {words}.")
        right = self._judge(adapter)
        if execution.status is not right:
            self.differs(Check.STATUS, f"It is {execution.status}, but what is told of its end makes it {right}.")

    def _judge(self, adapter: Adapter) -> Status:
        execution, end = self._execution, self._told.end
        evidence = execution.evidence or {}
        if "cancelledBeforeStart" in evidence:
            return Status.CANCELLED
        if "startError" in evidence and end is None:
            return Status.ERROR
        may_live = evidence.get("lost") == Loss.RESTORED and end is None
        if execution.cancel_requested_at is not None and not may_live:
            return Status.CANCELLED
        position = stored_position(execution, adapter)
        agent_exit = None if end is None else end.exit
        return adapter.classify_end(position.adapter_state, agent_exit, closed_by_us=position.closed_by_us).status
