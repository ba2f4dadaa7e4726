"""Every SQL statement about messages to agents."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from retoma.executions.model import Message, MessageState
from retoma.executions.tables import MessageRow
from retoma.storage.base import table_of

_table = table_of(MessageRow)


def insert_message(connection: Connection, message: Message) -> None:
    """Store a new message."""
    values = {name: getattr(message, name) for name in Message.__dataclass_fields__}
    connection.execute(insert(_table).values(values))


def list_undelivered(connection: Connection, execution_id: int) -> Sequence[Message]:
    """Return the messages that the agent has not acknowledged, in order."""
    statement = (
        select(_table)
        .where(_table.c.execution_id == execution_id, _table.c.state == MessageState.SENDING)
        .order_by(_table.c.n)
    )
    rows = [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001 - SQLAlchemy's public name
    return [Message(**{**row, "state": MessageState(row["state"])}) for row in rows]


def has_messages(connection: Connection, execution_id: int) -> bool:
    """Whether the execution has any message, delivered or not."""
    statement = select(_table.c.n).where(_table.c.execution_id == execution_id).limit(1)
    return connection.execute(statement).first() is not None


def acknowledge(connection: Connection, execution_id: int, key: str, now: datetime) -> None:
    """Note that the agent has taken in the message `key`; an unknown key changes nothing."""
    statement = (
        update(_table)
        .where(_table.c.execution_id == execution_id, _table.c.key == key, _table.c.state == MessageState.SENDING)
        .values(state=MessageState.DELIVERED, delivered_at=now)
    )
    connection.execute(statement)
