"""All rows of a database as text that any database of ours can take: what a backup holds, and what moves a board.

A part begins with a line that names its table and columns; each further line is one row, a JSON array. Nothing in it
tells which database it came from: moments are UTC with microseconds, bytes are base64. The columns are those that the
database has, not those of this version's models, so that a schema of any revision can be written and read.
"""

import base64
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TypeAlias

import orjson
from sqlalchemy import (
    Boolean,
    Connection,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    inspect,
    text,
)
from sqlalchemy.exc import DBAPIError

from retoma.core.errors import InvalidError
from retoma.storage.base import Base, storable

_PART_BYTES = 4 * 1024 * 1024
_ROWS = 1000

Columns: TypeAlias = Mapping[str, str]  # name → kind
Change: TypeAlias = Callable[[str, dict[str, object]], dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of one table, `number` 1, 2, 3 …; all parts of all tables, in order, are the dump."""

    table: str
    number: int
    rows: int
    content: bytes


def dump(connection: Connection, *, leaves_out: frozenset[str], blanks: Mapping[str, frozenset[str]]) -> Iterator[Part]:
    """Yield what one snapshot holds, in parts of about 4 MiB, each table behind those that it refers to.

    Tables that are made from others (`info={"derived": True}`) or named in `leaves_out` are not in it; the columns
    named in `blanks` are empty.
    """
    for table in Base.metadata.sorted_tables:
        if table.name not in leaves_out and not table.info.get("derived"):
            columns = _columns_of(connection, table.name)
            if columns:
                yield from _parts(connection, table, columns, blanks.get(table.name, frozenset()))


def load(connection: Connection, lines: Iterator[bytes], *, on_nul: Change) -> int:
    """Store the rows of one part in an open transaction; return how many there were.

    PostgreSQL's text holds no NUL: a row with one is first given to `on_nul` with the name of its table, and what is
    left of them becomes U+2400. InvalidError where the part is none of ours, or of another schema.
    """
    try:
        table, columns = _read_head(connection, next(lines, b""))
        return _insert(connection, table, columns, lines, on_nul)
    except (ValueError, TypeError, KeyError, IndexError, DBAPIError) as error:
        raise InvalidError(f"The rows in the backup can't be stored: {error}.") from error


def end_load(connection: Connection) -> None:
    """Let keys that the database gives go on behind those that were loaded."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        for name in _key_of(table) if inspect(connection).has_table(table.name) else []:
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :name)"), {"table": table.name, "name": name}
            )
            if sequence is not None:
                highest = f'SELECT max("{name}") FROM "{table.name}"'  # noqa: S608 - names of our own tables
                connection.execute(
                    text(f"SELECT setval(:sequence, ({highest})) WHERE ({highest}) IS NOT NULL"),
                    {"sequence": sequence},
                )


def holds_tables(connection: Connection) -> bool:
    """Whether there is any table in the database, whoever made it."""
    looked_at = inspect(connection)
    own = [name for name in looked_at.get_schema_names() if name != "information_schema" and not name.startswith("pg_")]
    return any(looked_at.get_table_names(schema=name) for name in own)


# ---- rows to text ---------------------------------------------------------------------------------------------------


def _columns_of(connection: Connection, table: str) -> Columns:
    looked_at = inspect(connection)
    if not looked_at.has_table(table):
        return {}
    return {column["name"]: _kind(column["type"]) for column in looked_at.get_columns(table)}


def _key_of(table: Table) -> Sequence[str]:
    return [column.name for column in table.primary_key]


def _kind(column: object) -> str:
    match column:
        case Boolean():
            return "boolean"
        case DateTime():
            return "moment"
        case LargeBinary():
            return "bytes"
        case Float():
            return "number"
        case Integer():
            return "whole"
        case String():
            return "text"
    raise TypeError(f"no column of ours is a {column}")


def _parts(connection: Connection, table: Table, columns: Columns, blank: frozenset[str]) -> Iterator[Part]:
    quote = connection.dialect.identifier_preparer.quote
    chosen = ", ".join("NULL" if name in blank else quote(name) for name in columns)
    order = ", ".join(quote(name) for name in _key_of(table))
    # Handed to the driver as it is: a million rows take a third of the time that they take through SQLAlchemy's types.
    statement = f"SELECT {chosen} FROM {quote(table.name)} ORDER BY {order}"  # noqa: S608 - names of our own tables
    writes = [(index, _WRITES[kind]) for index, kind in enumerate(columns.values()) if kind in _WRITES]
    head = orjson.dumps({"table": str(table.name), "columns": {str(name): kind for name, kind in columns.items()}})
    number, size, lines = 1, 0, [head]
    with connection.exec_driver_sql(statement, execution_options={"stream_results": True}) as result:
        for row in result:
            values = list(row)
            for index, write in writes:
                if values[index] is not None:
                    values[index] = write(values[index])
            lines.append(orjson.dumps(values))
            size += len(lines[-1])
            if size >= _PART_BYTES:
                yield _part(table.name, number, lines)
                number, size, lines = number + 1, 0, [head]
    if len(lines) > 1 or number == 1:
        yield _part(table.name, number, lines)


def _part(table: str, number: int, lines: Sequence[bytes]) -> Part:
    return Part(table=str(table), number=number, rows=len(lines) - 1, content=b"\n".join(lines) + b"\n")


def _write_moment(value: object) -> str:
    # SQLite gives the text that it holds, in UTC without saying so.
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _write_bytes(value: object) -> str:
    assert isinstance(value, bytes | memoryview)  # noqa: S101 - what the drivers give
    return base64.b64encode(value).decode("ascii")


def _write_number(value: object) -> float | str:
    number = float(str(value))
    return number if math.isfinite(number) else str(number)


_WRITES: Mapping[str, Callable[[object], object]] = {
    "moment": _write_moment,
    "bytes": _write_bytes,
    "number": _write_number,
    "boolean": bool,
}

# ---- text to rows ---------------------------------------------------------------------------------------------------


def _read_head(connection: Connection, line: bytes) -> tuple[str, Columns]:
    head = orjson.loads(line)
    table, columns = str(head["table"]), {str(name): str(kind) for name, kind in head["columns"].items()}
    there = _columns_of(connection, table) if table in Base.metadata.tables else {}
    if not columns or {name: there.get(name) for name in columns} != columns:
        raise InvalidError(f"The backup's table {table!r} is not one of its own schema.")
    return table, columns


def _insert(connection: Connection, table: str, columns: Columns, lines: Iterator[bytes], on_nul: Change) -> int:
    is_sqlite = connection.dialect.name == "sqlite"
    reads = [(i, _READS[kind, is_sqlite]) for i, kind in enumerate(columns.values()) if (kind, is_sqlite) in _READS]
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(table)} ({', '.join(map(quote, columns))})"
    rows = _rows(lines, len(columns), reads)
    if is_sqlite:
        return _insert_sqlite(connection, f"INSERT INTO {into} VALUES ({', '.join('?' * len(columns))})", rows)  # noqa: S608
    names = list(columns)
    return _copy_postgresql(connection, f"COPY {into} FROM STDIN", (_plain(table, names, row, on_nul) for row in rows))


def _rows(
    lines: Iterator[bytes], width: int, reads: Sequence[tuple[int, Callable[[object], object]]]
) -> Iterator[list[object]]:
    for line in lines:
        values = orjson.loads(line)
        if not isinstance(values, list) or len(values) != width:
            raise InvalidError("A row of the backup has not the columns of its table.")
        for index, read in reads:
            if values[index] is not None:
                values[index] = read(values[index])
        yield values


def _insert_sqlite(connection: Connection, statement: str, rows: Iterator[list[object]]) -> int:
    count = 0
    while some := [tuple(row) for row in islice(rows, _ROWS)]:
        connection.exec_driver_sql(statement, some)
        count += len(some)
    return count


def _copy_postgresql(connection: Connection, statement: str, rows: Iterable[Sequence[object]]) -> int:
    count = 0
    cursor = connection.connection.cursor()
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    cursor.close()
    return count


def _plain(table: str, names: Sequence[str], row: list[object], on_nul: Change) -> list[object]:
    if not any(isinstance(value, str) and "\0" in value for value in row):
        return row
    changed = on_nul(table, dict(zip(names, row, strict=True)))
    return [storable(value, nul=False) if isinstance(value, str) else value for value in changed.values()]


def _read_moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value)).astimezone(UTC)


_READS: Mapping[tuple[str, bool], Callable[[object], object]] = {
    # The form that SQLAlchemy's DateTime reads on SQLite.
    ("moment", True): lambda value: _read_moment(value).strftime("%Y-%m-%d %H:%M:%S.%f"),
    ("moment", False): _read_moment,
    ("bytes", True): lambda value: base64.b64decode(str(value), validate=True),
    ("bytes", False): lambda value: base64.b64decode(str(value), validate=True),
    ("number", True): lambda value: float(str(value)),
    ("number", False): lambda value: float(str(value)),
    ("boolean", True): int,  # type: ignore[dict-item] # it is a bool
}
