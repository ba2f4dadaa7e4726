"""The net under wake-ups between processes: a look, now and then, at all that anybody of this process listens to.

One look for all readers, however many they are, in two or three queries. Whoever listens is woken where something
changed since the last look; that most of it was told already costs an empty read.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from retoma.cards import store as card_store
from retoma.executions import store as execution_store
from retoma.executions.model import Stand
from retoma.live.hub import ENTRIES, EXECUTION, RUNS, Hub, board_topic, execution_topic
from retoma.storage.connection import Connection
from retoma.storage.database import Database

_logger = logging.getLogger(__name__)

_SECONDS = 1.5

# What is seen of a topic: by the name that a wake-up of it carries, something that differs when it has changed.
_Sight = Mapping[str, object]


class Repeated:
    """Calls `look` at once and then every so many seconds, in a thread of its own, until `close`."""

    def __init__(self, look: Callable[[], None], *, seconds: float, name: str) -> None:
        self._look, self._seconds = look, seconds
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - the database may be away: the next look is soon
                _logger.info("A look at the database failed; trying again: %s", error)
            if self._closing.wait(self._seconds):
                return


class SlowLook:
    """Looks from its start to `close`."""

    def __init__(self, database: Database, hub: Hub, saw: Callable[[str, int], None]) -> None:
        """`saw` is told how far the log of each execution (by its public id) goes, before anybody is woken."""
        self._database, self._hub, self._saw = database, hub, saw
        self._seen: dict[str, _Sight] = {}
        self._looking = Repeated(self.look, seconds=_SECONDS, name="retoma-look")

    def close(self) -> None:
        """End."""
        self._looking.close()

    def look(self) -> None:
        """Wake the listeners of what has changed since the last look; of a topic that is new here, always."""
        topics = self._hub.topics()
        with self._database.read() as connection:
            stands = _stands(connection, topics)
            now = {**_executions(stands), **_boards(connection, topics), **_runs(connection, topics)}
        for stand in stands:
            self._saw(stand.public_id, stand.head_sequence)
        for topic in topics:
            before, sight = self._seen.get(topic, {}), now.get(topic, {})
            for name in before.keys() | sight.keys():
                if before.get(name) != sight.get(name):
                    self._hub.wake_here(topic, name)
        self._seen = now


def _stands(connection: Connection, topics: Sequence[str]) -> Sequence[Stand]:
    prefix = execution_topic("")
    asked = [topic.removeprefix(prefix) for topic in topics if topic.startswith(prefix)]
    return execution_store.list_stands(connection, asked)


def _executions(stands: Sequence[Stand]) -> dict[str, _Sight]:
    return {
        execution_topic(stand.public_id): {
            ENTRIES: stand.head_sequence,
            EXECUTION: (stand.status, stand.is_active, stand.cancel_requested_at, stand.log_removed_at),
        }
        for stand in stands
    }


def _boards(connection: Connection, topics: Sequence[str]) -> dict[str, _Sight]:
    prefix = board_topic("")
    sights: dict[str, _Sight] = {}
    for topic in topics:
        if topic.startswith(prefix):
            stamps = card_store.list_stamps(connection, topic.removeprefix(prefix))
            active = execution_store.list_active(connection, list(stamps))
            sights[topic] = {card_id: (stamp, active.get(card_id)) for card_id, stamp in stamps.items()}
    return sights


def _runs(connection: Connection, topics: Sequence[str]) -> dict[str, _Sight]:
    """What is not over: one that ends between two looks is seen by its being gone."""
    if RUNS not in topics:
        return {}
    unfinished = execution_store.list_unfinished(connection)
    return {RUNS: {each.public_id: (each.status, each.cancel_requested_at) for each in unfinished}}
