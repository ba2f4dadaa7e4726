"""Every SQL statement about recovery reports."""

from dataclasses import asdict

from sqlalchemy import Connection, insert, select, update

from retoma.core.status import Command
from retoma.executions.model import RecoveredRun, Recovery, RecoveryOutcome
from retoma.executions.tables import RecoveryRow
from retoma.storage.base import table_of

_table = table_of(RecoveryRow)


def insert_recovery(connection: Connection, recovery: Recovery) -> int:
    """Store a new report and return its key."""
    return int(connection.execute(insert(_table).values(_values(recovery)).returning(_table.c.id)).scalar_one())


def update_recovery(connection: Connection, key: int, recovery: Recovery) -> None:
    """Store what has been found meanwhile."""
    connection.execute(update(_table).where(_table.c.id == key).values(_values(recovery)))


def get_latest_recovery(connection: Connection) -> Recovery | None:
    """Return the report of the last start, or None where no worker has ever started."""
    row = connection.execute(select(_table).order_by(_table.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    runs = [
        RecoveredRun(**{**run, "command": Command(run["command"]), "outcome": RecoveryOutcome(run["outcome"])})
        for run in row.runs
    ]
    return Recovery(worker=row.worker, started_at=row.started_at, completed_at=row.completed_at, runs=runs)


def _values(recovery: Recovery) -> dict[str, object]:
    return {
        "worker": recovery.worker,
        "started_at": recovery.started_at,
        "completed_at": recovery.completed_at,
        "continued": recovery.count(RecoveryOutcome.CONTINUED),
        "caught_up": recovery.caught_up,
        "settled": recovery.count(RecoveryOutcome.SETTLED),
        "interrupted": recovery.count(RecoveryOutcome.INTERRUPTED),
        "runs": [asdict(run) for run in recovery.runs],
    }
