"""Reading on from a cursor: the one read path of paging, live, refresh and reconnect."""

import asyncio
from collections.abc import Sequence

from retoma.core.entries import LogEntry
from retoma.live.frames import encode_entry
from retoma.live.hub import ENTRIES, EXECUTION, Hub, board_topic, execution_topic
from retoma.live.recent import Recent
from retoma.logs import store
from retoma.storage.database import Database

# How much one read returns at most: a reader far behind comes back for more.
BATCH = 500


class Feed:
    """Entries after a cursor, and the wake-ups that say it is worth reading."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent = Recent()
        self.hub = Hub()

    async def after(self, execution_id: int, cursor: int) -> Sequence[tuple[int, bytes]]:
        """Return up to BATCH stored entries (sequence, JSON) above `cursor`, in order; empty = nothing more yet."""
        recent = self._recent.after(execution_id, cursor)
        if recent is not None:
            return recent[:BATCH]
        return await asyncio.to_thread(self._read, execution_id, cursor)

    def _read(self, execution_id: int, cursor: int) -> Sequence[tuple[int, bytes]]:
        with self._database.read() as connection:
            entries = store.read_after(connection, execution_id, cursor, BATCH)
        return [(entry.sequence, encode_entry(entry)) for entry in entries]

    def publish_entries(self, execution_id: int, public_id: str, entries: Sequence[LogEntry]) -> None:
        """Entries are stored: wake who reads this execution. After the commit, from any thread."""
        topic = execution_topic(public_id)
        if self.hub.has_listeners(topic):
            self._recent.append(execution_id, [(entry.sequence, encode_entry(entry)) for entry in entries])
        else:
            # A ring that misses these entries would tell the next reader that there is nothing new.
            self._recent.forget(execution_id)
        # In either case: a reader who came a moment ago may have asked the ring before it was dropped.
        self.hub.wake(topic, ENTRIES)

    def publish_execution(self, public_id: str) -> None:
        """The execution's own row changed."""
        self.hub.wake(execution_topic(public_id), EXECUTION)

    def publish_card(self, project_id: str, card_id: str) -> None:
        """A card, or its active execution, changed, came or went."""
        self.hub.wake(board_topic(project_id), card_id)

    def forget(self, execution_id: int) -> None:
        """Drop what is kept in memory of an execution that is over."""
        self._recent.forget(execution_id)
