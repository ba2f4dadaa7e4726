"""That this worker is there, said again and again; and which others say so no more."""

import contextlib
import os
import platform
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial

from retoma.core.clock import utc_now
from retoma.executions import claim_store, worker_store
from retoma.executions.lease import LeaseWatch
from retoma.executions.worker_store import WorkerProcess
from retoma.storage.connection import Connection
from retoma.storage.database import Database


class _StillThereError(Exception):
    """The worker that seemed lost says something, or has a write under way."""


class Presence:
    """Of one process under a worker's name. The newest process under a name is the worker; an older one has to end."""

    def __init__(self, database: Database, *, name: str, lease: timedelta) -> None:
        """`lease`: others may take over what this worker has when it said nothing for so long, and the reverse."""
        self._database, self._lease = database, lease
        self._process = WorkerProcess(name=name, host=platform.node(), pid=os.getpid(), started_at=utc_now())
        self._watch = LeaseWatch(lease.total_seconds())
        self._saying: Future[None] | None = None
        self._superseded = threading.Event()

    @property
    def superseded(self) -> bool:
        """Whether another process is the worker of this name now."""
        return self._superseded.is_set()

    def lease_until(self) -> datetime:
        """Return until when a lease goes that begins now, by this machine's clock: for people, nothing reads it."""
        return utc_now() + self._lease

    def begin(self) -> None:
        """Become the worker of the name."""
        self._database.write(lambda connection: worker_store.register(connection, self._process))

    def renew(self) -> None:
        """Say that this worker is there; waits for nobody."""
        if self._saying is None or self._saying.done():
            self._saying = self._database.submit(self._renew)

    def end(self) -> None:
        """Give back what was not begun, and say goodbye. What was begun keeps its owner, who comes back."""
        self._database.write(self._leave)

    def take_over_from_lost(self) -> Sequence[str]:
        """Look who is lost; return the public ids of what they had and is this worker's now. At most one look a time.

        Its executions that had begun carry the lost worker's name (Execution.lost_worker).
        """
        with self._database.read() as connection:
            heartbeats = {
                **dict.fromkeys(claim_store.list_owners(connection)),
                **worker_store.list_heartbeats(connection),
            }
        heartbeats.pop(self._process.name, None)
        taken: list[str] = []
        for lost in self._watch.look(heartbeats):
            with contextlib.suppress(_StillThereError):
                taken += self._database.write(partial(self._take_over, lost=lost, heartbeat=heartbeats[lost]))
        return taken

    def _renew(self, connection: Connection) -> None:
        if worker_store.renew(connection, self._process, utc_now()):
            claim_store.renew_leases(connection, self._process.name, self.lease_until())
        elif worker_store.is_known(connection, self._process.name):
            self._superseded.set()
        else:  # it was taken for lost: what it had is another worker's now, what comes may be its own again
            worker_store.register(connection, self._process)

    def _take_over(self, connection: Connection, *, lost: str, heartbeat: datetime | None) -> Sequence[str]:
        taken = claim_store.take_over(connection, lost, by=self._process.name, lease_until=self.lease_until())
        if taken is None or not worker_store.remove_lost(connection, lost, heartbeat):
            raise _StillThereError  # and nothing of it was done
        return taken

    def _leave(self, connection: Connection) -> None:
        if worker_store.remove(connection, self._process):
            claim_store.release_queued(connection, self._process.name)
