"""Reading on from a cursor: the one read path of paging, live, refresh and reconnect."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from retoma.core.entries import LogEntry
from retoma.executions.model import Execution
from retoma.live.frames import encode_entry, encode_stored
from retoma.live.hub import ENTRIES, EXECUTION, Hub, board_topic, execution_topic
from retoma.live.pages import Piece, may_be_cut
from retoma.live.recent import Encoded, Recent
from retoma.live.standing import LogStand, Reading, Standing
from retoma.logs import store
from retoma.storage.database import Database

# How much one read returns at most: a reader far behind comes back for more.
BATCH = 500
# A reader further behind than this reads by itself; it has nothing in common with those at the head.
_NEAR = 2 * BATCH
# So many logs are read at once where many readers ask for the same; those of one log wait for one read.
_LANES = 16


class Feed:
    """Entries after a cursor, and the wake-ups that say it is worth reading."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent = Recent()
        self._standing = Standing()
        self._is_alone = database.observe_alone(self._standing)
        self._lanes = [threading.Lock() for _ in range(_LANES)]
        self.hub = Hub()

    # ---- reading ----------------------------------------------------------------------------------------------

    async def after(self, execution: Execution, cursor: int) -> Sequence[Encoded]:
        """Return up to BATCH stored entries above `cursor`, in order; empty = nothing more yet.

        Never empty while `cursor` is below the head of `execution`, as the caller has last seen it; of a log that was
        removed there is nothing.
        """
        if execution.log_removed_at is not None:
            self._recent.forget(execution.public_id)
            return []
        self._recent.saw(execution.public_id, execution.head_sequence)
        recent = self._recent.after(execution.public_id, cursor, BATCH)
        if recent is not None:
            return recent
        return await asyncio.to_thread(self._read, execution, cursor)

    def _read(self, execution: Execution, cursor: int) -> Sequence[Encoded]:
        if execution.head_sequence - cursor > _NEAR:
            return self._load(execution, cursor)
        with self._lanes[execution.id % _LANES]:
            # Of many readers of one log, all but the first find here what that one has read.
            recent = self._recent.after(execution.public_id, cursor, BATCH)
            if recent is not None:
                return recent
            entries = self._load(execution, cursor)
            self._recent.keep(execution.public_id, entries)
            return entries

    def _load(self, execution: Execution, cursor: int) -> Sequence[Encoded]:
        with self._database.read() as connection:
            entries = store.read_after(connection, execution.id, cursor, BATCH)
        return [(entry.sequence, encode_entry(entry)) for entry in entries]

    def page(self, public_id: str, piece: Piece) -> tuple[LogStand, Sequence[Encoded]] | None:
        """Return a piece of a log without a query, or None where that can't be done."""
        stand = self._standing.get(public_id)
        if stand is None:
            return None
        entries = self._recent.span(public_id, *piece.span(stand.head))
        return None if entries is None or may_be_cut(entries) else (stand, entries)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Open before a page is read from the database; see `remember`."""
        with self._standing.reading() as reading:
            yield reading

    def remember(self, reading: Reading, stand: LogStand, entries: Sequence[Encoded]) -> None:
        """Keep a page that was read: the next one near it may need no query."""
        if self._is_alone:
            reading.learn(stand)
            if entries and stand.head - entries[-1][0] <= _NEAR:
                self._recent.keep(stand.public_id, entries)

    # ---- after a commit ---------------------------------------------------------------------------------------

    def publish_entries(self, public_id: str, entries: Sequence[LogEntry]) -> None:
        """Entries are stored: wake who reads this execution. After the commit, from any thread."""
        topic = execution_topic(public_id)
        if self.hub.has_listeners(topic) or self._recent.is_wanted(public_id):
            keeps_nul = not self._database.is_shared
            encoded = [(entry.sequence, encode_stored(entry, keeps_nul=keeps_nul)) for entry in entries]
            self._recent.extend(public_id, encoded)
        else:
            # What misses these entries would tell the next reader that there is nothing new.
            self._recent.forget(public_id)
        if entries:
            self._standing.moved(public_id, entries[-1].sequence)
        # In either case: a reader who came a moment ago may have asked before it was dropped.
        self.hub.wake(topic, ENTRIES)

    def publish_execution(self, public_id: str) -> None:
        """The execution's own row changed."""
        self.hub.wake(execution_topic(public_id), EXECUTION)

    def publish_card(self, project_id: str, card_id: str) -> None:
        """A card, or its active execution, changed, came or went."""
        self.hub.wake(board_topic(project_id), card_id)

    def forget(self, public_id: str) -> None:
        """Drop what is kept in memory of an execution that is over, or that this process does not write any more."""
        self._recent.forget(public_id)
