"""Log entries, as rows and, where they have cooled, in chunks (logs/chunk_store.py): no reader can tell which.

All reading is by cursor: the last sequence that a reader has.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from heapq import merge
from itertools import chain, pairwise

import orjson
from sqlalchemy import Connection, Row, Select, delete, func, select

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.errors import UnavailableError
from retoma.logs import chunk_store
from retoma.logs.tables import ExecutionLogRow
from retoma.storage.base import encode_json, storable, table_of

_table = table_of(ExecutionLogRow)

PAGE_LIMIT = 1000
# What one read holds in memory at most, in characters (and one entry more): entries may be megabytes each, and a
# character of them four bytes. Less than a part of a huge line (worker/tail.py): such parts are read one by one.
PAGE_CHARACTERS = 512 * 1024

_COLUMNS = "execution_id, sequence, timestamp, type, kind, content, data"
# Handed to the driver as they are: this is the hot path, and SQLAlchemy's insert() halves its rate.
_INSERT = f"INSERT INTO execution_logs ({_COLUMNS}) VALUES "  # noqa: S608 - no input in it
_PLACES_SQLITE = "(?, ?, ?, ?, ?, ?, ?)"
_INSERT_SQLITE = _INSERT + _PLACES_SQLITE
# So many rows as one statement: executemany gives the interpreter away and takes it again for each row, and where
# another thread is busy that takes up to 5 ms each time.
_ROWS = 100
_INSERT_ROWS_SQLITE = _INSERT + ", ".join([_PLACES_SQLITE] * _ROWS)
_INSERT_POSTGRESQL = _INSERT + "(%s, %s, %s, %s, %s, %s, %s)"

_TYPES = {member.value: member for member in EntryType}
_KINDS = {member.value: member for member in EntryKind}


def append(connection: Connection, execution_id: int, entries: Sequence[LogEntry]) -> None:
    """Store `entries`; their sequences go on where the execution's head stands (the caller moves the head)."""
    if connection.dialect.name == "sqlite":
        rows = [
            (
                execution_id,
                e.sequence,
                _sqlite_time(e.timestamp),
                e.type,
                e.kind,
                storable(e.content, nul=True),
                _encode(e),
            )
            for e in entries
        ]
        whole = len(rows) - len(rows) % _ROWS
        for first in range(0, whole, _ROWS):
            connection.exec_driver_sql(_INSERT_ROWS_SQLITE, tuple(chain.from_iterable(rows[first : first + _ROWS])))
        if rows[whole:]:
            connection.exec_driver_sql(_INSERT_SQLITE, rows[whole:])
        return
    connection.exec_driver_sql(
        _INSERT_POSTGRESQL,
        [
            (execution_id, e.sequence, e.timestamp, e.type, e.kind, storable(e.content, nul=False), _encode(e))
            for e in map(mark_nul, entries)
        ],
    )


def read_after(connection: Connection, execution_id: int, cursor: int, limit: int = PAGE_LIMIT) -> Sequence[LogEntry]:
    """Return up to `limit` entries with a sequence above `cursor`, in order, without a gap after it or among them.

    Fewer where they are huge; none only where there is none. UnavailableError where the log has a hole there.
    """
    first = max(cursor, 0) + 1
    statement = rows_of(execution_id).where(_table.c.sequence >= first).order_by(_table.c.sequence).limit(limit)
    entries = _bounded(streamed(connection, statement))
    if not entries or entries[0].sequence > first:  # what comes before is in chunks
        sealed = chain.from_iterable(chunk_store.read_up(connection, execution_id, first, limit))
        entries = _bounded(chain(sealed, entries), limit)
    _refuse_holes(entries)
    if entries and entries[0].sequence > first:
        raise _hole_after(first - 1)
    return entries


def read_before(connection: Connection, execution_id: int, before: int, limit: int = PAGE_LIMIT) -> Sequence[LogEntry]:
    """Return the last `limit` entries with a sequence below `before`, in order, without a gap among them.

    Fewer where they are huge; none only where there is none.
    """
    statement = rows_of(execution_id).where(_table.c.sequence < before).order_by(_table.c.sequence.desc()).limit(limit)
    entries = _bounded(streamed(connection, statement))
    if len(entries) < limit:
        last = entries[-1].sequence - 1 if entries else before - 1
        chunks = chunk_store.read_down(connection, execution_id, last, limit - len(entries))
        entries = _bounded(chain(entries, chain.from_iterable(chunk[::-1] for chunk in chunks)), limit)
    entries.reverse()
    _refuse_holes(entries)
    return entries


def first_sequence(connection: Connection, execution_id: int) -> int:
    """Return the sequence of the first entry that is there, 0 where there is none."""
    statement = select(func.min(_table.c.sequence)).where(_table.c.execution_id == execution_id)
    return chunk_store.first_sequence(connection, execution_id) or connection.execute(statement).scalar_one() or 0


def get_entry(connection: Connection, execution_id: int, sequence: int) -> LogEntry | None:
    """Return one entry, or None."""
    row = connection.execute(rows_of(execution_id).where(_table.c.sequence == sequence)).one_or_none()
    if row is not None:
        return _entry(row)
    found = next(chain.from_iterable(chunk_store.read_up(connection, execution_id, sequence, 1)), None)
    return found if found is not None and found.sequence == sequence else None


def scan(connection: Connection, execution_id: int) -> Iterator[LogEntry]:
    """Yield every stored entry in the order of the sequences, whatever holes there are: for who looks for them.

    One that is stored twice, as a row and in a chunk, comes twice.
    """
    sealed = chain.from_iterable(chunk_store.read_up(connection, execution_id, 0))
    rows = streamed(connection, rows_of(execution_id).order_by(_table.c.sequence))
    yield from merge(sealed, rows, key=_sequence)


def has_rows(connection: Connection, execution_id: int) -> bool:
    """Whether any entry of the log is not in a chunk."""
    return (
        connection.execute(select(_table.c.sequence).where(_table.c.execution_id == execution_id).limit(1)).first()
        is not None
    )


def delete_rows(connection: Connection, execution_id: int, first: int, last: int) -> int:
    """Delete the rows of these entries, both included; return how many there were."""
    rows = delete(_table).where(_table.c.execution_id == execution_id, _table.c.sequence.between(first, last))
    return connection.execute(rows).rowcount


def delete_last(connection: Connection, execution_id: int, entries: int) -> int:
    """Delete the last entries of a log, about so many (a chunk goes as a whole), and return how many; 0: none is left.

    From the end backwards, so that what is left has no hole.
    """
    last = select(_table.c.sequence).where(_table.c.execution_id == execution_id)
    first = connection.execute(
        last.order_by(_table.c.sequence.desc()).limit(1).offset(entries - 1)
    ).scalar_one_or_none()
    rows = delete(_table).where(_table.c.execution_id == execution_id, _table.c.sequence >= (first or 0))
    return connection.execute(rows).rowcount or chunk_store.delete_last_chunk(connection, execution_id)


def rows_of(execution_id: int) -> Select[tuple[object, ...]]:
    """Return the statement that reads the entries of a log that are rows."""
    return select(_table).where(_table.c.execution_id == execution_id)


def streamed(connection: Connection, statement: Select[tuple[object, ...]]) -> Iterator[LogEntry]:
    """Yield rows as they are fetched: who takes no more has not paid for the rest."""
    with connection.execute(statement, execution_options={"stream_results": True}) as result:
        for row in result:
            yield _entry(row)


def _bounded(entries: Iterable[LogEntry], limit: int = PAGE_LIMIT) -> list[LogEntry]:
    """Take entries one by one until they fill a page."""
    page: list[LogEntry] = []
    size = 0
    for entry in entries:
        page.append(entry)
        size += len(entry.content)
        if size >= PAGE_CHARACTERS or len(page) >= limit:
            break
    return page


def _refuse_holes(entries: Sequence[LogEntry]) -> None:
    for one, next_one in pairwise(entries):
        if next_one.sequence != one.sequence + 1:
            raise _hole_after(one.sequence)


def _entry(row: Row[tuple[object, ...]]) -> LogEntry:
    return LogEntry(row.sequence, row.timestamp, _TYPES[row.type], _KINDS[row.kind], row.content, row.data)


def _sequence(entry: LogEntry) -> int:
    return entry.sequence


def _hole_after(sequence: int) -> UnavailableError:
    return UnavailableError(f"The log has a hole after entry {sequence}; what is there again lies behind it.")


def mark_nul(entry: LogEntry) -> LogEntry:
    """Return the entry with a mark where PostgreSQL can't hold its content as it is: it has a NUL in it."""
    return entry._replace(data={**(entry.data or {}), "nulReplaced": True}) if "\0" in entry.content else entry


def as_stored(entry: LogEntry, *, nul: bool) -> LogEntry:
    """Return `entry` as it comes back out of the database (`nul`: whether that keeps NUL in texts)."""
    entry = entry if nul else mark_nul(entry)
    data = None if entry.data is None else orjson.loads(encode_json(entry.data))
    return entry._replace(content=storable(entry.content, nul=nul), data=data)


def without_nul(entry: LogEntry) -> LogEntry:
    """Return the entry as PostgreSQL holds it, marked where that is not as it was."""
    return mark_nul(entry)._replace(content=storable(entry.content, nul=False)) if "\0" in entry.content else entry


def _encode(entry: LogEntry) -> str | None:
    return None if entry.data is None else encode_json(entry.data)


@lru_cache(maxsize=256)  # the entries of one read share their time
def _sqlite_time(moment: datetime) -> str:
    # The form that SQLAlchemy's DateTime reads on SQLite.
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def mark_nul_row(table: str, row: dict[str, object]) -> dict[str, object]:
    """Return a raw row with that mark, for a log that moves to PostgreSQL; rows of other tables as they are."""
    if table != _table.name or "\0" not in str(row["content"]):
        return row
    data = orjson.loads(str(row["data"])) if row["data"] is not None else {}
    return {**row, "data": encode_json({**data, "nulReplaced": True})}
