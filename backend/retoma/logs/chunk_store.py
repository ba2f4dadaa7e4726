"""Every SQL statement about chunks: entries that have cooled, up to 1,000 of them in one compressed body.

The chunks of a log hold its beginning without a gap; what follows the last chunk is still rows (logs/store.py).
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple, Self

from sqlalchemy import Connection, Select, delete, func, insert, select

from retoma.core.entries import LogEntry
from retoma.core.errors import UnavailableError
from retoma.logs.codec import CODEC, CodecError, Packed, unpack
from retoma.logs.tables import ExecutionLogChunkRow
from retoma.storage.base import table_of

_table = table_of(ExecutionLogChunkRow)
_BODY = (_table.c.first_sequence, _table.c.entries, _table.c.codec, _table.c.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What is stored of a chunk but its body."""

    first_sequence: int
    entries: int
    first_timestamp: datetime
    last_timestamp: datetime
    raw_bytes: int

    @classmethod
    def of(cls, entries: Sequence[LogEntry], packed: Packed) -> Self:
        """Return it for entries that were packed."""
        return cls(
            first_sequence=entries[0].sequence,
            entries=len(entries),
            first_timestamp=entries[0].timestamp,
            last_timestamp=entries[-1].timestamp,
            raw_bytes=packed.raw_bytes,
        )


class _Sealed(NamedTuple):
    first_sequence: int
    entries: int
    codec: int
    body: bytes


def insert_chunk(connection: Connection, execution_id: int, chunk: Chunk, body: bytes) -> None:
    """Store a chunk. IntegrityError where there is one that begins with the same entry."""
    values = {**asdict(chunk), "execution_id": execution_id, "codec": CODEC, "body": body}
    connection.execute(insert(_table).values(values))


def sealed_up_to(connection: Connection, execution_id: int) -> int:
    """Return the sequence of the last entry that is in a chunk, 0 where none is."""
    statement = (
        select(_table.c.first_sequence + _table.c.entries - 1)
        .where(_table.c.execution_id == execution_id)
        .order_by(_table.c.first_sequence.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar_one_or_none() or 0


def first_sequence(connection: Connection, execution_id: int) -> int:
    """Return the sequence of the first entry that is in a chunk, 0 where none is."""
    statement = select(func.min(_table.c.first_sequence)).where(_table.c.execution_id == execution_id)
    return connection.execute(statement).scalar_one() or 0


def read_up(
    connection: Connection, execution_id: int, first: int, limit: int = sys.maxsize
) -> Iterator[Sequence[LogEntry]]:
    """Yield up to `limit` entries from sequence `first` on, chunk by chunk, as far as they are in chunks."""
    below = (
        select(func.max(_table.c.first_sequence))
        .where(_table.c.execution_id == execution_id, _table.c.first_sequence <= first)
        .scalar_subquery()
    )
    statement = (
        select(*_BODY)
        .where(
            _table.c.execution_id == execution_id,
            _table.c.first_sequence >= func.coalesce(below, 0),
            _table.c.first_sequence + _table.c.entries > first,  # whoever stands at the end unpacks nothing
        )
        .order_by(_table.c.first_sequence)
    )
    for chunk in _streamed(connection, statement):
        begin = max(0, first - chunk.first_sequence)
        entries = _entries(chunk, slice(begin, begin + limit))
        yield entries
        limit -= len(entries)
        if limit <= 0:
            break


def read_down(connection: Connection, execution_id: int, last: int, limit: int) -> Iterator[Sequence[LogEntry]]:
    """Yield up to `limit` entries up to sequence `last`, chunk by chunk from the last one, each chunk's in order."""
    statement = (
        select(*_BODY)
        .where(_table.c.execution_id == execution_id, _table.c.first_sequence <= last)
        .order_by(_table.c.first_sequence.desc())
    )
    for chunk in _streamed(connection, statement):
        end = min(chunk.entries, last - chunk.first_sequence + 1)
        entries = _entries(chunk, slice(max(0, end - limit), end))
        yield entries
        limit -= len(entries)
        if limit <= 0:
            break


def delete_last_chunk(connection: Connection, execution_id: int) -> int:
    """Delete the last chunk of a log; return how many entries it had, 0 where there is none."""
    last = select(func.max(_table.c.first_sequence)).where(_table.c.execution_id == execution_id).scalar_subquery()
    statement = (
        delete(_table)
        .where(_table.c.execution_id == execution_id, _table.c.first_sequence == last)
        .returning(_table.c.entries)
    )
    return connection.execute(statement).scalar_one_or_none() or 0


def _streamed(connection: Connection, statement: Select[tuple[int, int, int, bytes]]) -> Iterator[_Sealed]:
    """Yield chunks as they are fetched: who takes no more has not paid for the rest."""
    with connection.execute(statement, execution_options={"stream_results": True, "max_row_buffer": 2}) as result:
        for row in result:
            yield _Sealed._make(row)


def _entries(chunk: _Sealed, wanted: slice) -> Sequence[LogEntry]:
    try:
        return unpack(chunk.codec, chunk.body, chunk.first_sequence, chunk.entries, wanted)
    except CodecError as error:
        last = chunk.first_sequence + chunk.entries - 1
        raise UnavailableError(
            f"Entries {chunk.first_sequence} to {last} can't be read: their chunk is damaged, or of a newer version "
            f"({error}). The agent's own output is in the run's journal (the raw output)."
        ) from error
