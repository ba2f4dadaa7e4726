"""Reading only those entries of a stretch that may have certain text: for the search."""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, Text, func, or_, type_coerce

from retoma.core.entries import LogEntry
from retoma.logs import chunk_store
from retoma.logs.store import rows_of, streamed
from retoma.logs.tables import ExecutionLogRow
from retoma.storage.base import table_of

_table = table_of(ExecutionLogRow)


def read_like(
    connection: Connection, execution_id: int, first: int, last: int, pieces: Sequence[str]
) -> Iterator[LogEntry]:
    """Yield those of the entries `first` to `last` that may have all `pieces`, in order, whatever holes there are.

    A piece is ASCII text that JSON writes as it is; upper and lower case are the same; each may be in the content or
    in the data. The database leaves out rows that can't have them, which is quicker than reading all.
    """
    for chunk in chunk_store.read_up(connection, execution_id, first):
        yield from chunk[: max(0, last - chunk[0].sequence + 1)]
        if chunk[-1].sequence >= last:
            return
    rows = rows_of(execution_id).where(
        _table.c.sequence.between(first, last), *(_has(connection, piece) for piece in pieces)
    )
    yield from streamed(connection, rows.order_by(_table.c.sequence))


def _has(connection: Connection, piece: str) -> ColumnElement[bool]:
    pattern = "%" + re.sub(r"([%_\\])", r"\\\1", piece.lower()) + "%"
    data = type_coerce(_table.c.data, Text)
    if connection.dialect.name == "sqlite":
        # LIKE knows upper and lower case of ASCII alone here, and ends at a NUL (which JSON never has).
        like = or_(_table.c.content.like(pattern, escape="\\"), data.like(pattern, escape="\\"))
        return or_(like, func.instr(_table.c.content, func.char(0)) > 0)
    columns = (_table.c.content, data)
    return or_(*(func.lower(column.collate("C")).like(pattern, escape="\\") for column in columns))
