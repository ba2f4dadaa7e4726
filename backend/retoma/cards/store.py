"""Every SQL statement about cards."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from retoma.cards.model import Card, Column
from retoma.cards.tables import CardRow
from retoma.storage.base import table_of

_table = table_of(CardRow)
# A board has thousands of rows, and SQLAlchemy's own dictionary of one takes three times as long to make.
_NAMES = tuple(_table.c.keys())
_COLUMNS = {column.value: column for column in Column}


def insert_card(connection: Connection, card: Card) -> None:
    """Store a new card."""
    values = {name: getattr(card, name) for name in Card.__dataclass_fields__}
    connection.execute(insert(_table).values(values))


def get_card(connection: Connection, card_id: str) -> Card | None:
    """Return one card, or None."""
    row = connection.execute(select(_table).where(_table.c.id == card_id)).one_or_none()
    return None if row is None else _card(row)


def list_cards(
    connection: Connection, *, project_id: str | None = None, card_ids: Sequence[str] | None = None
) -> Sequence[Card]:
    """Return cards in the order of their columns' positions: of one project, or those named, or all."""
    statement = select(_table).order_by(_table.c.position, _table.c.number)
    if project_id is not None:
        statement = statement.where(_table.c.project_id == project_id)
    if card_ids is not None:
        statement = statement.where(_table.c.id.in_(card_ids))
    return [_card(row) for row in connection.execute(statement)]


def list_stamps(connection: Connection, project_id: str) -> Mapping[str, tuple[str, float, datetime]]:
    """Return column, position and time of the last change of each card of a project, by its id: differs if it does."""
    statement = select(_table.c.id, _table.c.column, _table.c.position, _table.c.updated_at)
    rows = connection.execute(statement.where(_table.c.project_id == project_id))
    return {row.id: (row.column, row.position, row.updated_at) for row in rows}


def update_card(connection: Connection, card_id: str, changes: Mapping[str, object], now: datetime) -> bool:
    """Set the named fields. False: there is no such card."""
    values = {**changes, "updated_at": now}
    return connection.execute(update(_table).where(_table.c.id == card_id).values(values)).rowcount == 1


def delete_card(connection: Connection, card_id: str) -> bool:
    """Delete a card with its executions and their logs. False: there is no such card."""
    return connection.execute(delete(_table).where(_table.c.id == card_id)).rowcount == 1


def has_number(connection: Connection, project_id: str, number: int) -> bool:
    """Whether a card of a project has this number."""
    statement = select(_table.c.id).where(_table.c.project_id == project_id, _table.c.number == number)
    return connection.execute(statement).first() is not None


def last_position(connection: Connection, project_id: str, column: Column) -> float | None:
    """Return the largest position in a column, or None where it is empty."""
    statement = select(func.max(_table.c.position)).where(_table.c.project_id == project_id, _table.c.column == column)
    last: float | None = connection.execute(statement).scalar_one()
    return last


def neighbours(
    connection: Connection, project_id: str, column: Column, position: float, *, but: str
) -> tuple[float | None, bool]:
    """Return the position before `position` in a column (None: there is none), and whether `position` is taken.

    The card `but` is not counted.
    """
    there = (_table.c.project_id == project_id) & (_table.c.column == column) & (_table.c.id != but)
    before = connection.execute(
        select(func.max(_table.c.position)).where(there, _table.c.position < position)
    ).scalar_one()
    taken = connection.execute(select(_table.c.id).where(there, _table.c.position == position).limit(1)).first()
    return before, taken is not None


def renumber(connection: Connection, project_id: str, column: Column) -> None:
    """Give the cards of a column the positions 1, 2, 3 … in their present order."""
    statement = (
        select(_table.c.id)
        .where(_table.c.project_id == project_id, _table.c.column == column)
        .order_by(_table.c.position, _table.c.number)
    )
    for position, card_id in enumerate(connection.execute(statement).scalars().all(), start=1):
        connection.execute(update(_table).where(_table.c.id == card_id).values(position=float(position)))


def _card(row: Row[tuple[object, ...]]) -> Card:
    values: dict[str, object] = dict(zip(_NAMES, row, strict=True))
    values["column"] = _COLUMNS[row.column]
    return Card(**values)  # type: ignore[arg-type] # the columns are the fields
