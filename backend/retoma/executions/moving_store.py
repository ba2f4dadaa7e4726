"""Every SQL statement about executions that leave a board in a backup, or come into one."""

from collections.abc import Sequence

from sqlalchemy import Connection, case, func, select, update

from retoma.core.status import UNFINISHED, Status
from retoma.executions.tables import ExecutionRow
from retoma.storage.base import table_of

_table = table_of(ExecutionRow)


def list_begun(connection: Connection) -> Sequence[tuple[str, bool]]:
    """Return the public ids of all executions that may have a run directory, and whether anything was taken in of it.

    The schema may be of any revision.
    """
    output = (_table.c.journal_offset + _table.c.stderr_offset) > 0
    statement = select(_table.c.public_id, output).where(_table.c.status != Status.QUEUED).order_by(_table.c.id)
    return [(public_id, bool(has_output)) for public_id, has_output in connection.execute(statement)]


def adopt(connection: Connection, owner: str) -> Sequence[str]:
    """Give `owner` what is not over, in a board that was restored just now; return the public ids.

    What waited for its turn counts as begun: its turn is the original's, and here it comes to an end like the others.
    """
    is_queued = _table.c.status == Status.QUEUED
    statement = (
        update(_table)
        .where(_table.c.status.in_(UNFINISHED))
        .values(
            owner=owner,
            fence=_table.c.fence + 1,
            status=case((is_queued, Status.RUNNING.value), else_=_table.c.status),
            started_at=func.coalesce(_table.c.started_at, _table.c.created_at),
        )
        .returning(_table.c.public_id)
    )
    return connection.execute(statement).scalars().all()
