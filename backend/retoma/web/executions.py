"""Routes of executions."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from retoma.core.clock import utc_now
from retoma.core.crash import CrashPoint, crash_point
from retoma.executions import service
from retoma.pipeline.follow_up import resume_execution, send_message
from retoma.pipeline.launch import start_execution
from retoma.storage.disk import require_room
from retoma.web import present, wire
from retoma.web.boards import read_card
from retoma.web.bodies import ExecutionStart, MessageDraft, Resumption
from retoma.web.dependencies import FromApp, JsonAnswer, ListCursor, ListLimit, QueryText
from retoma.web.history import announce, list_card_executions, list_history, read_execution, read_plan
from retoma.web.selection import Chosen

router = APIRouter(tags=["executions"])

IdempotencyKey = Annotated[
    QueryText | None, Header(alias="Idempotency-Key", description="The same key on the same card starts one run only.")
]


@router.post("/api/cards/{card_id}/executions", status_code=202, response_model=wire.Execution)
def start(card_id: str, body: ExecutionStart, services: FromApp, idempotency_key: IdempotencyKey = None) -> Response:
    """Run a command on a card. 409, naming the execution, where one is going on; 507 where the disk is nearly full."""
    require_room(services.settings.data, services.settings.free_disk_mib)
    execution, _ = services.database.write(
        lambda connection: start_execution(
            connection,
            card_id=card_id,
            command=body.command,
            agent=body.agent,
            prompt=body.prompt,
            idempotency_key=idempotency_key,
            now=utc_now(),
        )
    )
    crash_point(CrashPoint.EXECUTION_STORED)
    services.poke(execution.public_id)
    seen = read_execution(services.database, execution.public_id)
    announce(services, seen)
    return JsonAnswer(seen.wire, 202)


@router.get("/api/cards/{card_id}/executions", response_model=wire.Page[wire.Execution])
def list_of_card(card_id: str, services: FromApp, limit: ListLimit = 100, cursor: ListCursor = None) -> Response:
    """A card's executions, the newest first."""
    return JsonAnswer(list_card_executions(services.database, card_id, cursor=cursor, limit=limit))


@router.delete("/api/cards/{card_id}/executions/active", status_code=204)
def clear(card_id: str, services: FromApp) -> Response:
    """Let the card show idle; its history keeps the execution. 409 while it goes on."""
    before = read_card(services.database, card_id)
    services.database.write(lambda connection: service.clear(connection, card_id))
    services.feed.publish_card(before["projectId"], card_id)
    if before["activeExecution"] is not None:
        services.feed.publish_execution(before["activeExecution"]["id"])
    return Response(status_code=204)


@router.get("/api/executions", response_model=wire.Page[wire.Execution])
def list_all(chosen: Chosen, services: FromApp, limit: ListLimit = 100, cursor: ListCursor = None) -> Response:
    """Executions of all cards, the newest first. 404 where there is no such project."""
    return JsonAnswer(list_history(services.database, chosen, cursor=cursor, limit=limit))


@router.get("/api/executions/{execution_id}", response_model=wire.Execution)
def get_execution(execution_id: str, services: FromApp) -> Response:
    """One execution."""
    return JsonAnswer(read_execution(services.database, execution_id).wire)


@router.get("/api/executions/{execution_id}/plan", response_model=wire.Plan)
def get_plan(execution_id: str, services: FromApp) -> Response:
    """The plan that it gave; the card has that of its last good /plan only."""
    return JsonAnswer(read_plan(services.database, execution_id))


@router.post("/api/executions/{execution_id}/cancel", status_code=202, response_model=wire.Execution)
def cancel(execution_id: str, services: FromApp) -> Response:
    """Wish for its end. It shows `cancelled` when its whole process tree is gone. 409 where it is over."""
    services.database.write(lambda connection: service.cancel(connection, execution_id, utc_now()))
    crash_point(CrashPoint.CANCEL_STORED)
    services.poke(execution_id)
    seen = read_execution(services.database, execution_id)
    announce(services, seen)
    return JsonAnswer(seen.wire, 202)


@router.post("/api/executions/{execution_id}/resume", status_code=202, response_model=wire.Execution)
def resume(
    execution_id: str, services: FromApp, body: Resumption | None = None, idempotency_key: IdempotencyKey = None
) -> Response:
    """Go on in the agent session of an execution that is over, by a new execution. 409 where that is not possible."""
    require_room(services.settings.data, services.settings.free_disk_mib)
    prompt = None if body is None else body.prompt
    execution, _ = services.database.write(
        lambda connection: resume_execution(
            connection, execution_id, prompt=prompt, idempotency_key=idempotency_key, now=utc_now()
        )
    )
    crash_point(CrashPoint.RESUMPTION_STORED)
    services.poke(execution.public_id)
    seen = read_execution(services.database, execution.public_id)
    announce(services, seen)
    return JsonAnswer(seen.wire, 202)


@router.post("/api/executions/{execution_id}/messages", status_code=202, response_model=wire.Message)
def send(execution_id: str, body: MessageDraft, services: FromApp, idempotency_key: IdempotencyKey = None) -> Response:
    """Say something to an agent that is at work; stored, then delivered over any restart. 409 where none is there."""
    message = services.database.write(
        lambda connection: send_message(
            connection, execution_id, text=body.text, idempotency_key=idempotency_key, now=utc_now()
        )
    )
    crash_point(CrashPoint.MESSAGE_STORED)
    services.poke(execution_id)
    seen = read_execution(services.database, execution_id)
    announce(services, seen)
    return JsonAnswer(present.message(message, seen.stored), 202)
