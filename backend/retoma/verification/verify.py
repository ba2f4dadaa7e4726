"""One look at everything: a snapshot of the database against journals, ends and processes. Nothing is written."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from retoma.agents.adapter import Adapter
from retoma.agents.registry import ADAPTERS
from retoma.backup.document import IMPORTED
from retoma.core.clock import utc_now, wire_time
from retoma.core.entries import LogEntry
from retoma.core.errors import InvalidError, UnavailableError
from retoma.core.status import Status
from retoma.executions import service, store
from retoma.executions.model import Execution
from retoma.logs import store as logs
from retoma.settings import Settings
from retoma.storage import migrate
from retoma.storage.connection import Connection
from retoma.storage.database import snapshot
from retoma.verification.ends import check_end, check_unfinished, read_told
from retoma.verification.log import LogCheck
from retoma.verification.report import Check, Report
from retoma.worker.environment import MARKER
from retoma.worker.ingest import is_own
from retoma.worker.rundir import RunDirectory, find_marked

_PAGE = 200
# What a living server has seen ended it settles within so long (guarantee G4).
_SETTLE_SECONDS = 5.0
_PAUSE_SECONDS = 0.2
# What a sweep began it has ended by then, or the next one has.
_CLEARED_WITHIN = timedelta(hours=1)


class Verification:
    """Verifies one data folder. `served`: whether a server has it open, which settles what ends."""

    def __init__(self, settings: Settings, *, served: bool) -> None:
        self._settings, self._served = settings, served
        self._report = Report()
        self._unowned: dict[str, str] = {}

    def run(self, public_id: str | None = None) -> Report:
        """Look at everything, or at one execution only (NotFoundError where there is none of this id)."""
        over: set[str] = set()
        with snapshot(self._settings.url) as connection:
            self._refuse_other_schema(connection)
            if public_id is None:
                found: Iterator[Execution] = self._all(connection)
            else:
                found = iter([service.get_execution(connection, public_id)])
            for execution in found:
                self._report.counts["executions"] += 1
                self._check(connection, execution)
                # One that was imported is another board's, which may run on this machine and have it going on.
                if execution.status.over and IMPORTED not in (execution.evidence or {}):
                    over.add(execution.public_id)
        for pid, marked in find_marked(MARKER):
            if marked in over and RunDirectory(self._settings.runs / marked).may_have_processes:
                self._report.differs(Check.PROCESS, marked, f"It is over, but process {pid} carries its mark.")
        self._await_owners()
        return self._report

    def _refuse_other_schema(self, connection: Connection) -> None:
        revision, newest = migrate.revision_of(connection), migrate.head()
        if revision != newest:
            words = f"The database has the schema {revision or 'of no version'}, and this Retoma knows {newest}"
            raise InvalidError(f"{words}: start it once, or run `retoma db upgrade`, then verify.")

    def _all(self, connection: Connection) -> Iterator[Execution]:
        """Yield all executions, counting those of each card that are active or not over."""
        active, unfinished, before = Counter[str](), Counter[str](), None
        while page := store.list_executions(connection, {}, before=before, limit=_PAGE):
            for execution in page:
                active[execution.card_id] += execution.is_active
                unfinished[execution.card_id] += not execution.status.over
                yield execution
            before = page[-1].id
        self._report.counts["cards"] = len(active)
        for words, counts in (("active", active), ("not over", unfinished)):
            for card, count in counts.items():
                if count > 1:
                    self._report.differs(Check.CARD, None, f"Card {card} has {count} executions that are {words}.")

    # ---- one execution -----------------------------------------------------------------------------------------

    def _check(self, connection: Connection, execution: Execution) -> None:
        public_id, run = execution.public_id, RunDirectory(self._settings.runs / execution.public_id)
        if execution.log_removed_at is not None:
            self._check_removed(connection, execution, run, execution.log_removed_at)
            return
        if "imported" in (execution.evidence or {}):
            self._check_imported(connection, execution, run)
            return
        adapter = ADAPTERS.get(execution.agent)
        if adapter is None:
            self._report.remark(
                Check.JOURNAL, public_id, f"This Retoma has no agent {execution.agent!r}: not compared."
            )
            return
        if not run.path.is_dir() and (execution.journal_offset or execution.stderr_offset):
            words = f"Its run directory is not here (its worker is {execution.owner!r})"
            self._report.remark(Check.JOURNAL, public_id, f"{words}: not compared.")
            return
        try:
            self._compare(connection, execution, run, adapter)
        except (ValueError, KeyError, TypeError, AssertionError) as error:
            # The recorder's files and the adapter's state are ours: what can't be read was not written by us.
            self._report.differs(Check.STATUS, public_id, f"Its run directory or its row can't be read: {error!r}.")
        except UnavailableError as error:  # a chunk, or a compressed journal
            self._report.differs(Check.JOURNAL, public_id, error.detail)

    def _check_removed(
        self, connection: Connection, execution: Execution, run: RunDirectory, removed_at: datetime
    ) -> None:
        """Look whether anything is left of a log that retention has removed, which a sweep may just be about to do."""
        self._report.counts["removed_logs"] += 1
        left = [] if logs.first_sequence(connection, execution.id) == 0 else ["entries are"]
        left += ["its run directory is"] if run.path.exists() else []
        if left and utc_now() - removed_at > _CLEARED_WITHIN:
            words = f"Its log was removed at {wire_time(removed_at)}, but {' and '.join(left)} still here"
            self._report.differs(Check.REMOVAL, execution.public_id, f"{words}; `retoma prune` goes on with it.")
        if not execution.status.over:
            self._report.differs(Check.REMOVAL, execution.public_id, f"It is {execution.status}, but has no log.")

    def _check_imported(self, connection: Connection, execution: Execution, run: RunDirectory) -> None:
        """Look at a run of another board: its journal is not here, and its end was judged there."""
        self._report.counts["imported"] += 1
        LogCheck(execution, run, self._report).check_sequences(logs.scan(connection, execution.id))

    def _compare(self, connection: Connection, execution: Execution, run: RunDirectory, adapter: Adapter) -> None:
        closings: list[LogEntry] = []
        entries = _keeping(logs.scan(connection, execution.id), _tells_an_end, closings)
        if execution.sealed_at is not None and logs.has_rows(connection, execution.id):
            self._report.differs(Check.SEQUENCE, execution.public_id, "It is said to be sealed, but its log has rows.")
        LogCheck(execution, run, self._report).compare(adapter, entries)
        told = read_told(run)
        if execution.status is Status.QUEUED and told.recorder and not self._is_queued(execution.public_id):
            return  # it was begun behind the snapshot
        if execution.status.over:
            check_end(execution, told, adapter, closings, self._report)
        elif reason := check_unfinished(execution, told, closings, self._report):
            self._unowned[execution.public_id] = reason

    def _is_queued(self, public_id: str) -> bool:
        """Tell whether an execution is queued now: it is not any more before its recorder is started."""
        with snapshot(self._settings.url) as connection:
            execution = store.get_execution(connection, public_id)
            return execution is not None and execution.status is Status.QUEUED

    def _await_owners(self) -> None:
        """Judge executions that nobody carries: a server has a moment to settle them, the next start has to."""
        deadline = time.monotonic() + (_SETTLE_SECONDS if self._served else 0)
        while self._served and self._unowned and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
            with snapshot(self._settings.url) as connection:
                for public_id in list(self._unowned):
                    execution = store.get_execution(connection, public_id)
                    if execution is None or execution.status.over:
                        del self._unowned[public_id]
        for public_id, reason in self._unowned.items():
            if self._served:
                self._report.differs(Check.STATUS, public_id, f"{reason[:-1]}, for more than {_SETTLE_SECONDS:.0f} s.")
            else:
                self._report.remark(Check.STATUS, public_id, f"{reason} No server runs; its next start settles it.")


def _tells_an_end(entry: LogEntry) -> bool:
    return is_own(entry) and "status" in (entry.data or {})


def _keeping(
    entries: Iterator[LogEntry], wanted: Callable[[LogEntry], bool], kept: list[LogEntry]
) -> Iterator[LogEntry]:
    """Yield `entries`, and keep those that are `wanted`."""
    for entry in entries:
        if wanted(entry):
            kept.append(entry)
        yield entry
