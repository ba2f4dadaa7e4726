"""Every SQL statement about the questions of agents."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from retoma.executions.model import Request, RequestState
from retoma.executions.tables import RequestRow
from retoma.storage.base import table_of

_table = table_of(RequestRow)


def insert_request(connection: Connection, request: Request) -> None:
    """Store a new question."""
    values = {name: getattr(request, name) for name in Request.__dataclass_fields__}
    connection.execute(insert(_table).values(values))


def get_request(connection: Connection, execution_id: int, n: int) -> Request | None:
    """Return one question, or None."""
    row = connection.execute(select(_table).where(_table.c.execution_id == execution_id, _table.c.n == n)).one_or_none()
    return None if row is None else _request(row)


def is_known(connection: Connection, execution_id: int, key: str) -> bool:
    """Whether the execution has a question that the agent calls `key`, open or not."""
    statement = select(_table.c.n).where(_table.c.execution_id == execution_id, _table.c.key == key)
    return connection.execute(statement).first() is not None


def list_requests(connection: Connection, execution_ids: Sequence[int], *, open_only: bool) -> Sequence[Request]:
    """Return the questions of these executions, in order."""
    statement = (
        select(_table).where(_table.c.execution_id.in_(execution_ids)).order_by(_table.c.execution_id, _table.c.n)
    )
    if open_only:
        statement = statement.where(_table.c.state == RequestState.OPEN)
    return [_request(row) for row in connection.execute(statement)]


def list_open_requests(connection: Connection) -> Sequence[Request]:
    """Return all open questions, the oldest first."""
    statement = select(_table).where(_table.c.state == RequestState.OPEN).order_by(_table.c.created_at)
    return [_request(row) for row in connection.execute(statement)]


def answer(connection: Connection, request: Request, *, decision: str, message: str | None, now: datetime) -> bool:
    """Store the decision. False: the question is not open any more."""
    statement = (
        update(_table)
        .where(
            _table.c.execution_id == request.execution_id,
            _table.c.n == request.n,
            _table.c.state == RequestState.OPEN,
        )
        .values(state=RequestState.ANSWERED, decision=decision, message=message, answered_at=now)
    )
    return connection.execute(statement).rowcount == 1


def mark_answer_delivered(connection: Connection, request: Request, now: datetime) -> None:
    """Note that the answer was written to the agent."""
    statement = (
        update(_table)
        .where(_table.c.execution_id == request.execution_id, _table.c.n == request.n)
        .values(delivered_at=now)
    )
    connection.execute(statement)


def reopen(connection: Connection, request: Request) -> None:
    """Ask the question again: its answer could not be given to the agent."""
    statement = (
        update(_table)
        .where(
            _table.c.execution_id == request.execution_id,
            _table.c.n == request.n,
            _table.c.state == RequestState.ANSWERED,
            _table.c.delivered_at.is_(None),
        )
        .values(state=RequestState.OPEN, decision=None, message=None, answered_at=None)
    )
    connection.execute(statement)


def withdraw(connection: Connection, execution_id: int, key: str | None = None) -> int:
    """Close open questions without an answer: the one the agent calls `key`, or all. Returns how many."""
    statement = update(_table).where(_table.c.execution_id == execution_id, _table.c.state == RequestState.OPEN)
    if key is not None:
        statement = statement.where(_table.c.key == key)
    return connection.execute(statement.values(state=RequestState.WITHDRAWN)).rowcount


def _request(row: Row[tuple[object, ...]]) -> Request:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    values["state"] = RequestState(str(values["state"]))
    return Request(**values)
