"""Every SQL statement about workers: that each is there, said again and again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from retoma.executions.tables import WorkerRow
from retoma.storage.base import table_of

_table = table_of(WorkerRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerProcess:
    """One process under the name of a worker, from its start to its end."""

    name: str
    host: str
    pid: int
    started_at: datetime


def register(connection: Connection, process: WorkerProcess) -> None:
    """Let this process be the worker of its name; an earlier one under the name is it no more."""
    connection.execute(delete(_table).where(_table.c.name == process.name))
    connection.execute(
        insert(_table).values(
            name=process.name,
            host=process.host,
            pid=process.pid,
            started_at=process.started_at,
            heartbeat_at=process.started_at,
        )
    )


def renew(connection: Connection, process: WorkerProcess, now: datetime) -> bool:
    """Say that this process is there. False: it is not the worker of its name (any more)."""
    return connection.execute(update(_table).where(_is(process)).values(heartbeat_at=now)).rowcount == 1


def remove(connection: Connection, process: WorkerProcess) -> bool:
    """Take the process away at its end. False: another one has its name."""
    return connection.execute(delete(_table).where(_is(process))).rowcount == 1


def is_known(connection: Connection, name: str) -> bool:
    """Whether there is a worker of this name."""
    return connection.execute(select(_table.c.name).where(_table.c.name == name)).first() is not None


def list_heartbeats(connection: Connection) -> Mapping[str, datetime]:
    """Return, by name, the last time at which each worker said that it is there, by the worker's own clock."""
    return {row.name: row.heartbeat_at for row in connection.execute(select(_table.c.name, _table.c.heartbeat_at))}


def remove_lost(connection: Connection, name: str, heartbeat_at: datetime | None) -> bool:
    """Take a worker away that has not said anything since `heartbeat_at` (None: that was not there).

    False: it has said something meanwhile, or is about to.
    """
    if heartbeat_at is None:
        return not is_known(connection, name)
    unchanged = (_table.c.name == name) & (_table.c.heartbeat_at == heartbeat_at)
    free = connection.execute(select(_table.c.name).where(unchanged).with_for_update(skip_locked=True)).first()
    return free is not None and connection.execute(delete(_table).where(unchanged)).rowcount == 1


def _is(process: WorkerProcess) -> ColumnElement[bool]:
    return and_(_table.c.name == process.name, _table.c.pid == process.pid, _table.c.started_at == process.started_at)
