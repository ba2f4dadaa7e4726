"""What users do to cards. Each function runs inside one write transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from retoma.cards import store
from retoma.cards.model import Card, Column
from retoma.core.errors import NotFoundError
from retoma.core.ids import new_id


def get_card(connection: Connection, card_id: str) -> Card:
    """Return the card, or raise NotFoundError."""
    card = store.get_card(connection, card_id)
    if card is None:
        sentence = f"There is no card {card_id!r}."
        raise NotFoundError(sentence)
    return card


def create_card(  # noqa: PLR0913 - the fields of a card
    connection: Connection,
    *,
    project_id: str,
    number: int,
    title: str,
    description: str,
    column: Column,
    agent: str | None,
    labels: Sequence[str],
    now: datetime,
) -> Card:
    """Store a new card at the end of its column."""
    last = store.last_position(connection, project_id, column)
    card = Card(
        id=new_id(),
        project_id=project_id,
        number=number,
        title=title,
        description=description,
        column=column,
        position=1.0 if last is None else last + 1,
        labels=labels,
        pinned=False,
        agent=agent,
        plan=None,
        branch=None,
        workspace=None,
        created_at=now,
        updated_at=now,
    )
    store.insert_card(connection, card)
    return card


def edit_card(connection: Connection, card_id: str, changes: Mapping[str, object], now: datetime) -> Card:
    """Set the named fields of a card; NotFoundError where there is none."""
    store.update_card(connection, card_id, changes, now)
    return get_card(connection, card_id)


def move_card(connection: Connection, card_id: str, column: Column, position: float | None, now: datetime) -> Card:
    """Put a card into `column` at `position` (None = at the end).

    Where another card stands at just that position, this one comes directly before it.
    """
    card = get_card(connection, card_id)
    place = _place(connection, card, column, position)
    store.update_card(connection, card_id, {"column": column, "position": place}, now)
    return get_card(connection, card_id)


def _place(connection: Connection, card: Card, column: Column, position: float | None) -> float:
    if position is None:
        if card.column is column and store.last_position(connection, card.project_id, column) == card.position:
            return card.position
        last = store.last_position(connection, card.project_id, column)
        return 1.0 if last is None else last + 1
    before, taken = store.neighbours(connection, card.project_id, column, position, but=card.id)
    if not taken:
        return position
    if before is None:
        return position - 1
    between = (before + position) / 2
    if before < between < position:
        return between
    # The two are next to each other as floats: make room once, then place again.
    order = [other for other in store.list_cards(connection, project_id=card.project_id) if other.column is column]
    rank = next(index for index, other in enumerate(order, start=1) if other.position == position)
    store.renumber(connection, card.project_id, column)
    return rank - 0.5
