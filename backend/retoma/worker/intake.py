"""What becomes this worker's: queued executions while it has room, and what lost workers had.

A thread of its own, for the engine and the database may have to be waited for, and the loop must not.
"""

import logging
import threading
from collections.abc import Callable

from retoma.core.crash import CrashPoint, crash_point
from retoma.core.status import Status
from retoma.engine.port import Engine
from retoma.executions import claim_store, store
from retoma.executions.lease import HEARTBEAT_SECONDS
from retoma.executions.model import Execution
from retoma.storage.database import Database
from retoma.worker.presence import Presence

_logger = logging.getLogger(__name__)

# An engine whose database is away may keep it for long: it is not waited for.
_STOP_SECONDS = 2.0


class Intake:
    """Looks when it is rung for, and by itself now and then."""

    def __init__(
        self, database: Database, presence: Presence, *, name: str, room: int, take_up: Callable[[Execution], object]
    ) -> None:
        """`room`: how many unfinished executions the worker may have; `take_up` follows one that had begun."""
        self._database, self._presence, self._name, self._room = database, presence, name, room
        self._take_up = take_up
        self._engine: Engine | None = None
        self._rung = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retoma-intake", daemon=True)

    def start(self, engine: Engine) -> None:
        """Begin to look."""
        self._engine = engine
        self._thread.start()

    def ring(self) -> None:
        """Look now: there may be something, or room for it. From any thread."""
        self._rung.set()

    def stop(self) -> None:
        """End; what was taken and not begun is given back later (Presence.end)."""
        self._stopping.set()
        self._rung.set()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except Exception:
                _logger.exception("Looking for executions failed; trying again")
            self._rung.wait(HEARTBEAT_SECONDS)
            self._rung.clear()

    def _look(self) -> None:
        assert self._engine is not None  # noqa: S101 - set by start(), which comes first
        for public_id in self._presence.take_over_from_lost():
            _logger.warning("Execution %s was a lost worker's and is this one's now", public_id)
        with self._database.read() as connection:
            waiting = claim_store.is_any_waiting(connection)
        if waiting:
            self._database.write(
                lambda connection: claim_store.take(
                    connection, owner=self._name, room=self._room, lease_until=self._presence.lease_until()
                )
            )
            crash_point(CrashPoint.EXECUTION_TAKEN)
        with self._database.read() as connection:
            mine = store.list_unfinished(connection, owner=self._name)
        for execution in mine:
            if execution.status is Status.QUEUED:
                self._engine.enqueue(execution.public_id)
                crash_point(CrashPoint.EXECUTION_ENQUEUED)
            elif execution.lost_worker is not None:
                self._take_up(execution)
                self._engine.enqueue(execution.public_id)
