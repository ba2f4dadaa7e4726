"""A board: cards with their active executions, composed from two reads however many there are."""

from collections.abc import Sequence

from retoma.cards import service as cards
from retoma.cards import store as card_store
from retoma.core.clock import utc_now
from retoma.executions import store as execution_store
from retoma.projects import service as projects
from retoma.storage.database import Database
from retoma.web import present, wire


def read_board(database: Database, project_id: str | None) -> list[wire.Card]:
    """Return the cards of a project, or of all; NotFoundError where there is no such project."""
    with database.read() as connection:
        if project_id is not None:
            projects.get_project(connection, project_id)
        found = card_store.list_cards(connection, project_id=project_id)
        active = execution_store.list_active(connection)
    now = utc_now()
    return [present.card(card, active.get(card.id), now) for card in found]


def read_cards(database: Database, card_ids: Sequence[str]) -> list[wire.Card]:
    """Return those of the named cards that there are."""
    with database.read() as connection:
        found = card_store.list_cards(connection, card_ids=card_ids)
        active = execution_store.list_active(connection, card_ids)
    now = utc_now()
    return [present.card(card, active.get(card.id), now) for card in found]


def read_card(database: Database, card_id: str) -> wire.Card:
    """Return one card, or raise NotFoundError."""
    with database.read() as connection:
        card = cards.get_card(connection, card_id)
        active = execution_store.list_active(connection, [card_id])
    return present.card(card, active.get(card_id), utc_now())
