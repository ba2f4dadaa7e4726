"""Every SQL statement about messages to agents."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, insert, select, update

from retoma.executions.model import Message, MessageState
from retoma.executions.tables import MessageRow
from retoma.storage.base import UtcDateTime, table_of

_table = table_of(MessageRow)
_ON_THE_WAY = frozenset({MessageState.QUEUED, MessageState.SENDING})


def insert_message(connection: Connection, message: Message) -> None:
    """Store a new message."""
    values = {name: getattr(message, name) for name in Message.__dataclass_fields__}
    connection.execute(insert(_table).values(values))


def find_keys(connection: Connection, keys: Sequence[str]) -> Sequence[str]:
    """Return those of these keys that a message has already, of whatever execution."""
    return list(connection.execute(select(_table.c.key).where(_table.c.key.in_(keys))).scalars())


def find_by_idempotency_key(connection: Connection, execution_id: int, key: str) -> Message | None:
    """Return the message that was sent to this execution with this key, or None."""
    found = _select(connection, _table.c.execution_id == execution_id, _table.c.idempotency_key == key)
    return found[0] if found else None


def list_undelivered(connection: Connection, execution_id: int) -> Sequence[Message]:
    """Return the messages that the agent has not acknowledged and still may, in order."""
    return _select(connection, _table.c.execution_id == execution_id, _table.c.state.in_(_ON_THE_WAY))


def list_messages(connection: Connection, execution_ids: Sequence[int]) -> Sequence[Message]:
    """Return all messages to the agents of these executions, in order."""
    return _select(connection, _table.c.execution_id.in_(execution_ids))


def list_unheard(connection: Connection, execution_ids: Sequence[int]) -> Sequence[Message]:
    """Return the follow-ups that the agents of these executions have not taken in, in order."""
    columns = _table.c
    return _select(
        connection,
        columns.execution_id.in_(execution_ids),
        columns.n > 1,
        columns.state != MessageState.DELIVERED,
    )


def last_number(connection: Connection, execution_id: int) -> int:
    """Return the number of the execution's last message, 0 where it has none."""
    statement = select(func.max(_table.c.n)).where(_table.c.execution_id == execution_id)
    return connection.execute(statement).scalar_one() or 0


def mark_written(connection: Connection, message: Message) -> None:
    """Note that a message was written to the agent, and that this stands in the log."""
    statement = update(_table).where(
        _table.c.execution_id == message.execution_id,
        _table.c.n == message.n,
        _table.c.state == MessageState.QUEUED,
    )
    is_heard = _table.c.delivered_at.is_not(None)
    connection.execute(
        statement.values(state=case((is_heard, MessageState.DELIVERED.value), else_=MessageState.SENDING.value))
    )


def acknowledge(connection: Connection, execution_id: int, key: str, now: datetime) -> None:
    """Note that the agent has taken in the message `key`; an unknown key changes nothing.

    One that is still `queued` stays so: a worker wrote it and died before it could note that, which is made good.
    """
    is_noted = _table.c.state == MessageState.SENDING
    statement = (
        update(_table)
        .where(_table.c.execution_id == execution_id, _table.c.key == key, _table.c.state.in_(_ON_THE_WAY))
        .values(
            state=case((is_noted, MessageState.DELIVERED.value), else_=MessageState.QUEUED.value),
            delivered_at=func.coalesce(_table.c.delivered_at, bindparam("now", now, UtcDateTime())),
        )
    )
    connection.execute(statement)


def give_up(connection: Connection, execution_id: int) -> int:
    """Note that what is on the way will not arrive any more; return how many messages that is."""
    statement = update(_table).where(
        _table.c.execution_id == execution_id, _table.c.state.in_(_ON_THE_WAY), _table.c.delivered_at.is_(None)
    )
    return connection.execute(statement.values(state=MessageState.UNDELIVERED)).rowcount


def _select(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[Message]:
    statement = select(_table).where(*conditions).order_by(_table.c.execution_id, _table.c.n)
    rows = [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001 - SQLAlchemy's public name
    return [Message(**{**row, "state": MessageState(row["state"])}) for row in rows]
