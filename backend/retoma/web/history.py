"""Executions with what belongs to them: their card and their open questions."""

from collections.abc import Sequence
from dataclasses import dataclass

from retoma.cards import service as cards
from retoma.cards import store as card_store
from retoma.core.clock import precise_time, utc_now
from retoma.core.status import Command, Status
from retoma.executions import history_store, message_store, request_store
from retoma.executions import service as executions
from retoma.executions import store as execution_store
from retoma.executions.model import Execution, Selection
from retoma.pipeline.advance import plan_of
from retoma.projects import service as projects
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from retoma.web import present, wire
from retoma.web.cursors import decode_cursor, decode_place, encode_cursor, encode_place, page_of
from retoma.web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An execution at one moment: as stored, and as it looks on the wire."""

    stored: Execution
    wire: wire.Execution


def read_execution(database: Database, public_id: str) -> Seen:
    """Return an execution, or raise NotFoundError."""
    with database.read() as connection:
        execution = executions.get_execution(connection, public_id)
        card = cards.get_card(connection, execution.card_id)
        asked = request_store.list_requests(connection, [execution.id], open_only=True)
        unheard = message_store.list_unheard(connection, [execution.id])
    return Seen(stored=execution, wire=present.execution(execution, card, asked, unheard, utc_now()))


def read_plan(database: Database, public_id: str) -> wire.Plan:
    """Return the plan that an execution gave, or raise NotFoundError."""
    with database.read() as connection:
        execution = executions.get_execution(connection, public_id)
        is_plan = execution.command is Command.PLAN and execution.status is Status.SUCCESS
        last_words = execution.result if is_plan else None
        plan = plan_of(connection, execution, proposed=execution.proposed_plan, last_words=last_words)
    return {"plan": (plan or "").strip() or None}


def list_card_executions(
    database: Database, card_id: str, *, cursor: str | None, limit: int
) -> wire.Page[wire.Execution]:
    """Return a page of a card's executions, the newest first; NotFoundError where there is no such card."""
    before = decode_cursor(cursor)
    with database.read() as connection:
        cards.get_card(connection, card_id)
        found = execution_store.list_executions(connection, {"card_id": card_id}, before=before, limit=limit + 1)
        items = _with_what_belongs_to_them(connection, found[:limit])
    return {"items": items, "nextCursor": encode_cursor(found[limit - 1].id) if len(found) > limit else None}


def list_history(
    database: Database, selection: Selection, *, cursor: str | None, limit: int
) -> wire.Page[wire.Execution]:
    """Return a page of executions, the newest first, in a constant number of queries; NotFoundError for no project."""
    behind = decode_place(cursor)
    with database.read() as connection:
        if selection.project_id is not None:
            projects.get_project(connection, selection.project_id)
        found = history_store.list_history(connection, selection, behind=behind, limit=limit + 1)
        items = _with_what_belongs_to_them(connection, found[:limit])
    return {"items": items, "nextCursor": encode_place(found[limit - 1]) if len(found) > limit else None}


def list_in_need(database: Database, *, limit: int) -> Sequence[wire.Execution]:
    """Return the executions that wait for an answer or were interrupted, and are still their card's latest."""
    with database.read() as connection:
        return _with_what_belongs_to_them(connection, history_store.list_in_need(connection, limit=limit))


def list_named(database: Database, public_ids: Sequence[str]) -> Sequence[wire.Execution]:
    """Return those of the named executions that there are."""
    with database.read() as connection:
        return _with_what_belongs_to_them(connection, history_store.list_named(connection, public_ids))


def _with_what_belongs_to_them(connection: Connection, found: Sequence[Execution]) -> list[wire.Execution]:
    keys = [execution.id for execution in found]
    its_cards = card_store.list_cards(connection, card_ids=list({execution.card_id for execution in found}))
    asked = request_store.list_requests(connection, keys, open_only=True)
    unheard = message_store.list_unheard(connection, keys)
    card_of = {card.id: card for card in its_cards}
    now = utc_now()
    return [
        present.execution(
            execution,
            card_of[execution.card_id],
            [request for request in asked if request.execution_id == execution.id],
            [message for message in unheard if message.execution_id == execution.id],
            now,
        )
        for execution in found
    ]


def list_open_requests(database: Database, *, cursor: str | None, limit: int) -> wire.Page[wire.AgentRequest]:
    """Return a page of the questions that wait for an answer, the oldest first."""
    with database.read() as connection:
        asked = request_store.list_open_requests(connection)
        running = {execution.id: execution for execution in execution_store.list_unfinished(connection)}
    page, following = page_of(
        [one for one in asked if one.execution_id in running],
        lambda one: f"{precise_time(one.created_at)} {one.execution_id:020} {one.n:010}",
        cursor=cursor,
        limit=limit,
    )
    return {"items": [present.request(one, running[one.execution_id]) for one in page], "nextCursor": following}


def announce(services: Services, seen: Seen) -> None:
    """Tell who looks at this execution, or at its card's board, that it changed. After the commit."""
    services.feed.publish_execution(seen.stored.public_id)
    services.feed.publish_card(seen.wire["projectId"], seen.stored.card_id)
