"""One sweep after the other: remove what is old, seal what has cooled, give the space of both back.

Each step is a small transaction or one rename, so a sweep may be killed anywhere, and the next one goes on. Two at the
same time (a worker's and a user's, or of several workers) do no harm: each step looks again at what it changes.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from retoma.core.clock import utc_now
from retoma.core.crash import CrashPoint, crash_point
from retoma.core.errors import ConflictError
from retoma.executions import past_store
from retoma.executions.model import Sweep, Waiting
from retoma.live.feed import Feed
from retoma.retention import policy
from retoma.retention.record import Record
from retoma.retention.removal import bytes_of, remove_due_logs, remove_run_directories
from retoma.retention.sealing import compress_cooled, seal_cooled
from retoma.retention.worktrees import remove_idle_worktrees
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.storage.space import give_back

_logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 5.0


class Sweeper:
    """Sweeps the data of one process: what its database holds, and the files that are on this machine."""

    def __init__(
        self,
        database: Database,
        feed: Feed,
        settings: Settings,
        *,
        name: str,
        living: Callable[[], AbstractSet[str]],
    ) -> None:
        """`name`: who sweeps. `living` returns the public ids of runs of which a process lives on this machine."""
        self._database, self._feed, self._settings, self._living = database, feed, settings, living
        self._name = name
        self._alone = threading.Lock()
        self._stopping = threading.Event()
        self._told: Waiting | None = None

    def stop(self) -> None:
        """Let the sweep that goes on end after its present step."""
        self._stopping.set()

    def due(self, now: datetime) -> policy.Due:
        """Return what a sweep at `now` would remove."""
        with self._database.read() as connection:
            return policy.look(connection, self._settings, now)

    def freeable(self, due: policy.Due) -> int:
        """Return how many bytes the run directories on this machine take that a sweep of `due` would remove."""
        with self._database.read() as connection:
            logs = past_store.list_due(connection, due.cutoffs, limit=None)
        return sum(bytes_of(self._settings.runs / log.public_id) for log in logs)

    def sweep(self, now: datetime | None = None) -> Sweep | None:
        """Sweep as nobody has asked for: where more than half of all logs would go, they stay, and that is said.

        Returns its report; None where another sweep of this process goes on.
        """
        if not self._alone.acquire(blocking=False):
            return None
        try:
            moment = now or utc_now()
            due = self.due(moment)
            self._tell(due.waiting)
            record = Record(self._database, Sweep(worker=self._name, started_at=moment, waiting=due.waiting))
            return self._run(record, {} if due.waiting else due.cutoffs)
        finally:
            self._alone.release()

    def begin(self, *, yes: bool, now: datetime | None = None) -> tuple[int, Callable[[], Sweep]]:
        """Begin a sweep that a person asked for; return the key of its report, and what then carries it out.

        ConflictError where more than half of all logs would go and the person has not said `yes`, or where another
        sweep of this process goes on, also after some seconds.
        """
        # Most sweeps have nothing to do: a person need not hear of those.
        if not self._alone.acquire(timeout=_PATIENCE_SECONDS):
            raise ConflictError("Another sweep goes on; try again when it has ended.")
        try:
            moment = now or utc_now()
            due = self.due(moment)
            if not yes:
                due.refuse_much()
            record = Record(self._database, Sweep(worker=self._name, started_at=moment))
            key = record.store()
        except BaseException:
            self._alone.release()
            raise

        def carry_out() -> Sweep:
            try:
                return self._run(record, due.cutoffs)
            finally:
                self._alone.release()

        return key, carry_out

    def _run(self, record: Record, cutoffs: Mapping[str, datetime]) -> Sweep:
        database, settings, now = self._database, self._settings, record.sweep.started_at
        # Before the sealing: what is removed need not be compressed.
        for logs, entries in remove_due_logs(database, self._feed, cutoffs, now, self._goes_on):
            record.add(removed_executions=logs, removed_entries=entries)
        for freed in remove_run_directories(database, settings.runs, self._living, self._goes_on):
            record.add(freed_bytes=freed)
        for _ in remove_idle_worktrees(database, settings.workspaces, cutoffs, self._living, self._goes_on):
            record.add(removed_worktrees=1)
        cooled_before = now - timedelta(seconds=settings.seal_after)
        for logs, entries in seal_cooled(database, cooled_before, now, self._goes_on):
            record.add(sealed_executions=logs, sealed_entries=entries)
        for saved in compress_cooled(database, settings.runs, cooled_before, self._living, self._goes_on):
            record.add(freed_bytes=max(0, saved))
        for freed in give_back(database, settings.url, self._goes_on):
            record.add(freed_bytes=freed)
            crash_point(CrashPoint.SPACE_GIVEN_BACK)
        if self._goes_on():
            record.complete()
        return record.sweep

    def _goes_on(self) -> bool:
        return not self._stopping.is_set()

    def _tell(self, waiting: Waiting | None) -> None:
        if waiting is not None and waiting != self._told:
            _logger.warning("A sweep waits for you: %s", policy.sentence(waiting))
        self._told = waiting
