"""What a worker found when it started: told in a report, kept for ever, and marked in each log."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from retoma.core.clock import utc_now
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.executions import recovery_store
from retoma.executions.model import Execution, RecoveredRun, Recovery, RecoveryOutcome
from retoma.storage.database import Database


class RecoveryReport:
    """The report of one start. Stored as it grows, so that a crash in the middle leaves what was known."""

    def __init__(self, database: Database, *, worker: str, announce: Callable[[Recovery], None]) -> None:
        """`announce` is called once, when all that was found is caught up; from any thread."""
        self._database, self._announce = database, announce
        self._recovery = Recovery(worker=worker, started_at=utc_now(), completed_at=None, runs=[])
        self._lock = threading.Lock()
        self._expected: set[str] = set()
        self._key = 0

    def begin(self, found: Sequence[Execution]) -> None:
        """Store the report; `found` are the executions that are going to be told about."""
        self._expected = {execution.public_id for execution in found}
        self._key = self._database.write(lambda connection: recovery_store.insert_recovery(connection, self._recovery))
        self._proceed()

    def add(self, execution: Execution, outcome: RecoveryOutcome, *, caught_up: int, reason: str | None = None) -> None:
        """Tell what became of one execution. A second word about the same one is not heard."""
        run = RecoveredRun(
            execution=execution.public_id,
            card_id=execution.card_id,
            command=execution.command,
            outcome=outcome,
            caught_up=caught_up,
            reason=reason,
        )
        with self._lock:
            if run.execution not in self._expected:
                return
            self._expected.remove(run.execution)
            self._recovery = replace(self._recovery, runs=[*self._recovery.runs, run])
        self._proceed()

    def leave_out(self, public_id: str) -> None:
        """Expect nothing more about an execution: it is somebody else's."""
        with self._lock:
            if public_id not in self._expected:
                return
            self._expected.remove(public_id)
        self._proceed()

    def _proceed(self) -> None:
        with self._lock:
            if not self._expected:
                self._recovery = replace(self._recovery, completed_at=utc_now())
            recovery = self._recovery
        stored = self._database.submit(
            lambda connection: recovery_store.update_recovery(connection, self._key, recovery)
        )
        if recovery.completed_at is not None:
            stored.add_done_callback(lambda done: None if done.exception() else self._announce(recovery))


def marker(*, alive: bool, caught_up: int) -> EntryDraft:
    """Return the entry that stands in a log where a worker came back to it."""
    how = "run re-attached" if alive else "the run had ended meanwhile"
    data = {"recovery": "re-attached" if alive else "ended", "caughtUp": caught_up}
    return EntryDraft(
        EntryType.SYSTEM, EntryKind.SYSTEM, f"Server restarted; {how}; {_entries(caught_up)} caught up.", data
    )


def summary(recovery: Recovery) -> str:
    """Return the report as one sentence for people, "" where there was nothing to recover."""
    if not recovery.runs:
        return ""
    parts = [
        f"{count} {'run' if count == 1 else 'runs'} {words}"
        for outcome, words in (
            (RecoveryOutcome.CONTINUED, "going on"),
            (RecoveryOutcome.SETTLED, "ended meanwhile"),
            (RecoveryOutcome.INTERRUPTED, "interrupted"),
        )
        if (count := recovery.count(outcome))
    ]
    return f"After the restart: {', '.join(parts)}; {_entries(recovery.caught_up)} caught up."


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"
