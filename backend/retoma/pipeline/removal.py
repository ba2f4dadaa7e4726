"""Deleting a card: never while it runs, and never what only its worktree holds."""

import shutil
from pathlib import Path

from retoma.cards import service as cards
from retoma.cards import store as card_store
from retoma.cards.model import Card
from retoma.core.errors import ConflictError
from retoma.executions import store as execution_store
from retoma.projects import service as projects
from retoma.projects import store as project_store
from retoma.projects.workspace import remove_workspace
from retoma.settings import Settings
from retoma.storage.connection import Connection
from retoma.storage.database import Database


def delete_card(database: Database, settings: Settings, card_id: str) -> str:
    """Delete a card with its executions, logs and journals; return its project's id.

    Its branch stays; what was not committed in its worktree is kept under `refs/retoma/snapshots/<card id>` first.
    ConflictError where an execution of it is not over.
    """
    with database.read() as connection:
        card = cards.get_card(connection, card_id)
        project = projects.get_project(connection, card.project_id)
        _refuse_live(connection, card)
        runs = [e.public_id for e in execution_store.list_executions(connection, {"card_id": card_id}, limit=None)]
    if card.workspace is not None and Path(project.path).is_dir():
        remove_workspace(Path(project.path), Path(card.workspace), snapshot=card.id)
    database.write(lambda connection: _delete_card(connection, card))
    for public_id in runs:
        shutil.rmtree(settings.runs / public_id, ignore_errors=True)
    return project.id


def delete_project(database: Database, settings: Settings, project_id: str) -> None:
    """Delete a project with its cards (see delete_card). The repository itself is not touched but for snapshots.

    ConflictError, with nothing deleted, where an execution of one of its cards is not over.
    """
    with database.read() as connection:
        projects.get_project(connection, project_id)
        all_cards = card_store.list_cards(connection, project_id=project_id)
        _refuse_live_project(connection, project_id)
    for card in all_cards:
        # One that never had a workspace left nothing behind but its row, and goes with the project's.
        if card.workspace is not None:
            delete_card(database, settings, card.id)
    database.write(lambda connection: _delete_project(connection, project_id))


# What was looked at before the worktrees were removed is looked at again where it counts: a start may come between.


def _delete_card(connection: Connection, card: Card) -> None:
    _refuse_live(connection, card)
    if not card_store.delete_card(connection, card.id):
        cards_gone = f"There is no card {card.id!r} any more."
        raise ConflictError(cards_gone)


def _delete_project(connection: Connection, project_id: str) -> None:
    _refuse_live_project(connection, project_id)
    project_store.delete_project(connection, project_id)


def _refuse_live(connection: Connection, card: Card) -> None:
    busy = execution_store.get_unfinished(connection, card.id)
    if busy is not None:
        sentence = f"Card {card.number} has {busy.command} going on; cancel it first."
        raise ConflictError(sentence, extra={"executionId": busy.public_id})


def _refuse_live_project(connection: Connection, project_id: str) -> None:
    live = {execution.card_id for execution in execution_store.list_unfinished(connection)}
    busy = [card for card in card_store.list_cards(connection, project_id=project_id) if card.id in live]
    if busy:
        numbers = ", ".join(f"#{card.number}" for card in busy)
        sentence = f"Cards of this project are being worked on ({numbers}); cancel these executions first."
        raise ConflictError(sentence)
