"""Whether any worker is there, for a process that has none itself."""

from collections.abc import Sequence

from retoma.executions import worker_store
from retoma.executions.lease import HEARTBEAT_SECONDS, LeaseWatch
from retoma.live.look import Repeated
from retoma.storage.database import Database

# Said after so long: sooner than a worker is taken for lost, for nothing is done about it but saying so.
_SILENCE_SECONDS = 3 * HEARTBEAT_SECONDS


class WorkersSeen:
    """Looks at what the workers say, from the start to `close`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watch = LeaseWatch(_SILENCE_SECONDS)
        self._is_any_there = True
        self._looking = Repeated(self._look, seconds=HEARTBEAT_SECONDS, name="retoma-workers")

    def close(self) -> None:
        """End."""
        self._looking.close()

    def ailments(self) -> Sequence[str]:
        """Return what keeps executions from being carried out."""
        return [] if self._is_any_there else ["There is no worker: what is started waits until one is."]

    def _look(self) -> None:
        with self._database.read() as connection:
            heartbeats = worker_store.list_heartbeats(connection)
        self._is_any_there = bool(heartbeats.keys() - self._watch.look(heartbeats))
