"""Every SQL statement about log entries. All reading is by cursor: the last sequence that a reader has."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, pairwise

from sqlalchemy import Connection, Row, Select, func, select

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.errors import UnavailableError
from retoma.logs.tables import ExecutionLogRow
from retoma.storage.base import encode_json, storable, table_of

_table = table_of(ExecutionLogRow)

PAGE_LIMIT = 1000
# What one read holds in memory at most, in characters (and one entry more): entries may be megabytes each.
_PAGE_CHARACTERS = 1024 * 1024

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
    statement = (
        select(_table)
        .where(_table.c.execution_id == execution_id, _table.c.sequence > cursor)
        .order_by(_table.c.sequence)
        .limit(limit)
    )
    entries = _entries(_bounded(connection, statement))
    if entries and entries[0].sequence > max(cursor, 0) + 1:
        raise _hole_after(max(cursor, 0))
    return entries


def read_before(connection: Connection, execution_id: int, before: int, limit: int = PAGE_LIMIT) -> Sequence[LogEntry]:
    """Return the last `limit` entries with a sequence below `before`, in order, without a gap among them.

    Fewer where they are huge; none only where there is none.
    """
    statement = (
        select(_table)
        .where(_table.c.execution_id == execution_id, _table.c.sequence < before)
        .order_by(_table.c.sequence.desc())
        .limit(limit)
    )
    return _entries(_bounded(connection, statement)[::-1])


def first_sequence(connection: Connection, execution_id: int) -> int:
    """Return the sequence of the first entry that is there, 0 where there is none."""
    statement = select(func.min(_table.c.sequence)).where(_table.c.execution_id == execution_id)
    return connection.execute(statement).scalar_one() or 0


def get_entry(connection: Connection, execution_id: int, sequence: int) -> LogEntry | None:
    """Return one entry, or None."""
    statement = select(_table).where(_table.c.execution_id == execution_id, _table.c.sequence == sequence)
    found = _entries(connection.execute(statement).all())
    return found[0] if found else None


def scan(connection: Connection, execution_id: int) -> Iterator[LogEntry]:
    """Yield every stored entry in the order of the sequences, whatever holes there are: for who looks for them."""
    statement = select(_table).where(_table.c.execution_id == execution_id).order_by(_table.c.sequence)
    with connection.execute(statement, execution_options={"stream_results": True}) as result:
        for row in result:
            yield _entry(row)


def _bounded(connection: Connection, statement: Select[tuple[object, ...]]) -> list[Row[tuple[object, ...]]]:
    """Fetch rows one by one until they fill a page."""
    rows: list[Row[tuple[object, ...]]] = []
    size = 0
    with connection.execute(statement, execution_options={"stream_results": True}) as result:
        for row in result:
            rows.append(row)
            size += len(row.content)
            if size >= _PAGE_CHARACTERS:
                break
    return rows


def _entries(rows: Sequence[Row[tuple[object, ...]]]) -> list[LogEntry]:
    entries = [_entry(row) for row in rows]
    for one, next_one in pairwise(entries):
        if next_one.sequence != one.sequence + 1:
            raise _hole_after(one.sequence)
    return entries


def _entry(row: Row[tuple[object, ...]]) -> LogEntry:
    return LogEntry(row.sequence, row.timestamp, _TYPES[row.type], _KINDS[row.kind], row.content, row.data)


def _hole_after(sequence: int) -> UnavailableError:
    return UnavailableError(f"The log has a hole after entry {sequence}; what is there again lies behind it.")


def mark_nul(entry: LogEntry) -> LogEntry:
    """Return the entry with a mark where PostgreSQL can't hold its content as it is: it has a NUL in it."""
    return entry._replace(data={**(entry.data or {}), "nulReplaced": True}) if "\0" in entry.content else entry


def _encode(entry: LogEntry) -> str | None:
    return None if entry.data is None else encode_json(entry.data)


@lru_cache(maxsize=256)  # the entries of one read share their time
def _sqlite_time(moment: datetime) -> str:
    # The form that SQLAlchemy's DateTime reads on SQLite.
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
