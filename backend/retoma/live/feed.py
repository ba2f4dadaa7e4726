"""Reading on from a cursor: the one read path of paging, live, refresh and reconnect."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from secrets import token_hex
from typing import Protocol

from retoma.core.entries import LogEntry
from retoma.executions import store as execution_store
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


class Shelf(Protocol):
    """Where the newest entries are for all servers; live/shared.py."""

    def push(self, public_id: str, token: str, entries: Sequence[LogEntry]) -> None:
        """Put stored entries there soon, if that is possible."""

    def fetch(self, public_id: str, token: str, cursor: int) -> Sequence[Encoded]:
        """Return entries from `cursor` + 1 on without a gap, as far as they are there."""


class Feed:
    """Entries after a cursor, and the wake-ups that say it is worth reading."""

    def __init__(self, database: Database, shared: Shelf | None = None) -> None:
        """`shared`: where several servers have the newest entries in common, if anywhere."""
        self._database, self._shared = database, shared
        self._recent = Recent()
        self._standing = Standing()
        self._is_alone = database.observe_alone(self._standing)
        self._lanes = [threading.Lock() for _ in range(_LANES)]
        self._tokens: dict[str, tuple[str, int]] = {}  # of what is written here: the token, and how far it goes
        self._sharing = threading.Lock()
        self.hub = Hub()
        self.hub.listen_to_others(self._hear, self._recent.forget_all)

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
            entries = self._fetch(execution.public_id, cursor) or self._load(execution, cursor)
            self._recent.keep(execution.public_id, entries)
            return entries[:BATCH]

    def _fetch(self, public_id: str, cursor: int) -> Sequence[Encoded]:
        """Return entries behind `cursor` from where the servers share them, none where they are not to be had."""
        source = self._recent.shared(public_id)
        if self._shared is None or source is None or source[1] <= cursor:
            return []
        return self._shared.fetch(public_id, source[0], cursor)

    def _load(self, execution: Execution, cursor: int) -> Sequence[Encoded]:
        with self._database.read() as connection:
            entries = store.read_after(connection, execution.id, cursor, BATCH)
        return [(entry.sequence, encode_entry(entry)) for entry in entries]

    def page(self, public_id: str, piece: Piece) -> tuple[LogStand, Sequence[Encoded]] | None:
        """Return a piece of a log without a query, or None where that can't be done.

        Where other processes write, too, there is one: how the execution stands.
        """
        stand = self._standing.get(public_id) if self._is_alone else self._look(public_id)
        if stand is None:
            return None
        first, last = piece.span(stand.head)
        entries = self._recent.span(public_id, first, last)
        if entries is None:
            self._recent.keep(public_id, self._fetch(public_id, first - 1))
            entries = self._recent.span(public_id, first, last)
        return None if entries is None or may_be_cut(entries) else (stand, entries)

    def _look(self, public_id: str) -> LogStand | None:
        """Return how an execution stands, if it may be that its newest entries are to be had without a query."""
        if not self._recent.is_wanted(public_id):
            return None
        with self._database.read() as connection:
            found = execution_store.get_log_head(connection, public_id)
        if found is None or found.log_removed_at is not None:
            return None
        self._recent.saw(public_id, found.head_sequence)
        return LogStand(
            id=found.id,
            public_id=public_id,
            status=found.status,
            first=min(1, found.head_sequence),
            head=found.head_sequence,
        )

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

    def saw(self, public_id: str, head: int) -> None:
        """Take in that the log goes at least to `head`."""
        self._recent.saw(public_id, head)

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
        detail = ""
        if entries:
            self._standing.moved(public_id, entries[-1].sequence)
            detail = f"{entries[-1].sequence} {self._share(public_id, entries)}"
        # In either case: a reader who came a moment ago may have asked before it was dropped.
        self.hub.wake(topic, ENTRIES, detail)

    def _share(self, public_id: str, entries: Sequence[LogEntry]) -> str:
        """Hand entries on to all servers; return the token under which they find them, "" where there is no place."""
        if self._shared is None:
            return ""
        with self._sharing:
            token, last = self._tokens.get(public_id, ("", -1))
            if entries[0].sequence != last + 1:
                token = token_hex(16)
            self._tokens[public_id] = token, entries[-1].sequence
        self._shared.push(public_id, token, entries)
        return token

    def _hear(self, topic: str, detail: str) -> None:
        """Another process has stored entries: up to where, and under which token they are shared."""
        public_id = topic.removeprefix(execution_topic(""))
        head, _, token = detail.partition(" ")
        if self.hub.has_listeners(topic) or self._recent.is_wanted(public_id):
            self._recent.ends_at(public_id, int(head), token)
        else:
            self._recent.forget(public_id)

    def publish_execution(self, public_id: str) -> None:
        """The execution's own row changed."""
        self.hub.wake(execution_topic(public_id), EXECUTION)

    def publish_card(self, project_id: str, card_id: str) -> None:
        """A card, or its active execution, changed, came or went."""
        self.hub.wake(board_topic(project_id), card_id)

    def forget(self, public_id: str) -> None:
        """Drop what is kept in memory of an execution that is over, or that this process does not write any more."""
        self._recent.forget(public_id)
        with self._sharing:
            self._tokens.pop(public_id, None)
