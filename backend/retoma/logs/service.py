"""What becomes of a log whose execution is over: its rows are sealed into chunks."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from retoma.core.crash import CrashPoint, crash_point
from retoma.core.entries import LogEntry
from retoma.core.errors import ConflictError, UnavailableError
from retoma.logs import chunk_store, store
from retoma.logs.chunk_store import Chunk
from retoma.logs.codec import CODEC, CodecError, Packed, pack, unpack
from retoma.storage.database import Database

CHUNK_ENTRIES = 1000
# Of JSON, before it is compressed: bounds what one page has to unpack. A larger entry has a chunk of its own.
CHUNK_BYTES = 256 * 1024


def seal_next(database: Database, execution_id: int) -> int:
    """Move the first rows of a log, whose execution is over, into a chunk; return how many, 0 where no row is left.

    One small transaction; the packing is done before it, outside the writer's thread. Nothing was changed after a
    ConflictError (another process has changed the log meanwhile) or an UnavailableError (the log has a hole there, or
    its entries can't be had back exactly).
    """
    with database.read() as connection:
        sealed = chunk_store.sealed_up_to(connection, execution_id)
        entries = store.read_after(connection, execution_id, sealed, CHUNK_ENTRIES)
    if not entries:
        return 0
    entries, packed = pack_chunk(entries)
    if not _comes_back(packed, entries):
        which = f"Entries {entries[0].sequence} to {entries[-1].sequence}"
        raise UnavailableError(f"{which} did not come back out of a chunk as they were; they stay as they are.")
    crash_point(CrashPoint.CHUNK_PACKED)
    database.submit(
        partial(_seal, execution_id=execution_id, entries=entries, packed=packed), entries=len(entries)
    ).result()
    crash_point(CrashPoint.CHUNK_STORED)
    return len(entries)


def pack_chunk(entries: Sequence[LogEntry]) -> tuple[Sequence[LogEntry], Packed]:
    """Pack as many of the entries as fit a chunk; return them too."""
    packed = pack(entries)
    while packed.raw_bytes > CHUNK_BYTES and len(entries) > 1:
        entries = entries[: max(1, len(entries) * CHUNK_BYTES // packed.raw_bytes)]
        packed = pack(entries)
    return entries, packed


def _comes_back(packed: Packed, entries: Sequence[LogEntry]) -> bool:
    try:
        return list(unpack(CODEC, packed.body, entries[0].sequence, len(entries))) == list(entries)
    except CodecError:
        return False


def _seal(connection: Connection, *, execution_id: int, entries: Sequence[LogEntry], packed: Packed) -> None:
    try:
        chunk_store.insert_chunk(connection, execution_id, Chunk.of(entries, packed), packed.body)
    except IntegrityError as error:
        raise ConflictError("Another process seals this log.") from error
    crash_point(CrashPoint.CHUNK_INSERTED)
    if store.delete_rows(connection, execution_id, entries[0].sequence, entries[-1].sequence) != len(entries):
        raise ConflictError("Another process has changed this log.")
