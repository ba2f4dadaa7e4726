"""Fills the search index, off the path of live entries, in a thread of its own.

How far it has come is what is stored: the last block of each log. So it may be killed anywhere, and two of them at once
(several workers on one PostgreSQL) only do some work twice.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from retoma.core.clock import utc_now
from retoma.core.entries import LogEntry
from retoma.core.errors import UnavailableError
from retoma.logs import store as logs
from retoma.search import grams, store
from retoma.search.matching import fold, texts_of
from retoma.search.model import BLOCK_CHARACTERS, BLOCK_ENTRIES, SORTS, Block, Tail
from retoma.storage.connection import Connection
from retoma.storage.database import Database

_logger = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
_TAILS = 200
# Pauses, in times of what the step before took: beside live runs it takes a twentieth of the time, else half of it.
_PAUSE_LIVE, _PAUSE_IDLE = 19.0, 1.0


class Indexer:
    """Fills the index until `close`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retoma-indexer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End, after the step that is under way."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                catch_up(self._database, self._closing.wait)
            except Exception as error:  # noqa: BLE001 - the database may be away: the next look is soon
                _logger.info("The search index could not be filled; trying again: %s", error)
            self._closing.wait(_LOOK_SECONDS)


def catch_up(database: Database, pause: Callable[[float], bool] = lambda _seconds: False) -> None:
    """Index all that can be: whole blocks of logs that grow, and the rest of those that are over.

    `pause` waits so many seconds between two steps; True: enough.
    """
    below = 2**62
    while tails := _tails(database, below):
        times = _PAUSE_IDLE if all(tail.is_over for tail in tails) else _PAUSE_LIVE
        for tail in tails:
            for took in _fill(database, tail):
                if pause(took * times):
                    return
        below = tails[-1].execution_id


def _tails(database: Database, below: int) -> Sequence[Tail]:
    with database.read() as connection:
        return store.list_tails(connection, below=below, limit=_TAILS)


def _fill(database: Database, tail: Tail) -> Iterator[float]:
    """Index one log, a block at a time; yields what each took, in seconds."""
    while tail.covered < tail.head:
        began = time.monotonic()
        with database.read() as connection:
            block = next_block(connection, tail)
        if block is None:
            return
        database.write(partial(store.insert_block, block=block))
        tail = tail._replace(covered=block.last_sequence)
        yield time.monotonic() - began
    if tail.is_over:
        database.write(partial(store.mark_indexed, tail=tail, now=utc_now()))


def next_block(connection: Connection, tail: Tail) -> Block | None:
    """Return the block behind what is covered; None while a log that grows has not enough for one.

    Where it ends depends on the entries alone, so that all who index a log cut it alike.
    """
    if tail.head - tail.covered < BLOCK_ENTRIES and not tail.is_over:
        return None
    try:
        page = logs.read_after(connection, tail.execution_id, tail.covered, BLOCK_ENTRIES)
    except UnavailableError:
        return None  # a hole, which `retoma verify` names: this log is searched entry by entry
    return make_block(tail.execution_id, page) if page else None


def make_block(execution_id: int, page: Sequence[LogEntry]) -> Block:
    """Return the block of the first entries of `page`, as many as it takes."""
    texts: list[str] = []
    entries, characters = 0, 0
    for entry in page:
        own = [text for _, text in texts_of(entry)]
        texts += own
        entries, characters = entries + 1, characters + sum(map(len, own))
        if characters >= BLOCK_CHARACTERS:
            break
    moments = [entry.timestamp for entry in page[:entries]]
    return Block(
        execution_id=execution_id,
        first_sequence=page[0].sequence,
        entries=entries,
        earliest=min(moments),
        latest=max(moments),
        sorts=bytes(SORTS[entry.type, entry.kind] for entry in page[:entries]),
        grams=grams.pack(fold(piece) for text in texts for piece in grams.pieces(text)),
    )
