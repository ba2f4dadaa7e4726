"""Every SQL statement about the reports of sweeps."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, Row, delete, insert, select, update

from retoma.core.json import JsonObject
from retoma.executions.model import Sweep, Waiting
from retoma.executions.tables import SweepRow
from retoma.storage.base import table_of

_table = table_of(SweepRow)
_COLUMNS = ("worker", "started_at", "completed_at")
_KEPT = 200


def insert_sweep(connection: Connection, sweep: Sweep) -> int:
    """Store a new report and return its key; of all reports the last 200 are kept."""
    key = int(connection.execute(insert(_table).values(_values(sweep)).returning(_table.c.id)).scalar_one())
    oldest = select(_table.c.id).order_by(_table.c.id.desc()).limit(1).offset(_KEPT - 1)
    connection.execute(delete(_table).where(_table.c.id < oldest.scalar_subquery()))
    return key


def update_sweep(connection: Connection, key: int, sweep: Sweep) -> None:
    """Store what was done meanwhile."""
    connection.execute(update(_table).where(_table.c.id == key).values(_values(sweep)))


def get_sweep(connection: Connection, key: int) -> Sweep | None:
    """Return one report, or None."""
    row = connection.execute(select(_table).where(_table.c.id == key)).one_or_none()
    return None if row is None else _sweep(row)


def list_sweeps(connection: Connection, *, before: int | None = None, limit: int) -> Sequence[tuple[int, Sweep]]:
    """Return reports with their keys, the newest first, with a key below `before`."""
    statement = select(_table).order_by(_table.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(_table.c.id < before)
    return [(row.id, _sweep(row)) for row in connection.execute(statement)]


def _values(sweep: Sweep) -> dict[str, object]:
    report = {name: value for name, value in asdict(sweep).items() if name not in _COLUMNS}
    return {**{name: getattr(sweep, name) for name in _COLUMNS}, "report": report}


def _sweep(row: Row[tuple[object, ...]]) -> Sweep:
    report: Mapping[str, int] = {name: value for name, value in row.report.items() if name != "waiting"}
    waiting: JsonObject | None = row.report.get("waiting")
    return Sweep(
        worker=row.worker,
        started_at=row.started_at,
        completed_at=row.completed_at,
        **report,
        waiting=None if waiting is None else Waiting(due=int(str(waiting["due"])), kept=int(str(waiting["kept"]))),
    )
