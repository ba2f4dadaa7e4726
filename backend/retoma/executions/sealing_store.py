"""Every SQL statement that says which logs have cooled, and which are sealed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from retoma.core.status import UNFINISHED
from retoma.executions.tables import ExecutionRow
from retoma.logs.tables import ExecutionLogRow
from retoma.storage.base import table_of

_table = table_of(ExecutionRow)
_rows = table_of(ExecutionLogRow)


def list_unsealed(connection: Connection, *, completed_before: datetime, limit: int) -> Sequence[int]:
    """Return executions that ended before that and whose logs are not sealed, those that ended first first."""
    statement = (
        select(_table.c.id)
        .where(
            _table.c.sealed_at.is_(None),
            _table.c.log_removed_at.is_(None),
            _table.c.completed_at < completed_before,
            _table.c.status.not_in(UNFINISHED),
        )
        .order_by(_table.c.completed_at, _table.c.id)
        .limit(limit)
    )
    return [int(key) for key in connection.execute(statement).scalars()]


def mark_sealed(connection: Connection, execution_id: int, now: datetime) -> bool:
    """Say that a log is sealed. False: it has rows, or its execution is not over, or it was said before."""
    statement = (
        update(_table)
        .where(
            _table.c.id == execution_id,
            _table.c.sealed_at.is_(None),
            _table.c.status.not_in(UNFINISHED),
            ~exists().where(_rows.c.execution_id == _table.c.id),
        )
        .values(sealed_at=now)
    )
    return connection.execute(statement).rowcount == 1


def list_cooled(connection: Connection, public_ids: Collection[str], *, completed_before: datetime) -> Sequence[str]:
    """Return those of these executions that ended before that."""
    statement = select(_table.c.public_id).where(
        _table.c.public_id.in_(public_ids),
        _table.c.completed_at < completed_before,
        _table.c.status.not_in(UNFINISHED),
    )
    return list(connection.execute(statement).scalars())
