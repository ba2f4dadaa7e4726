"""Routes of the questions that agents ask."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from retoma.core.clock import utc_now
from retoma.core.crash import CrashPoint, crash_point
from retoma.executions import service
from retoma.web import present, wire
from retoma.web.bodies import RequestAnswer
from retoma.web.dependencies import FromApp, JsonAnswer, ListCursor, ListLimit
from retoma.web.history import announce, list_open_requests, read_execution

router = APIRouter(tags=["requests"])

_LARGEST_N = 2**31 - 1


@router.get("/api/requests", response_model=wire.Page[wire.AgentRequest])
def list_requests(
    services: FromApp,
    only_open: Annotated[Literal["true"], Query(alias="open")] = "true",  # noqa: ARG001 - there is no other
    limit: ListLimit = 500,
    cursor: ListCursor = None,
) -> Response:
    """The open questions of all cards, the oldest first."""
    return JsonAnswer(list_open_requests(services.database, cursor=cursor, limit=limit))


@router.post("/api/executions/{execution_id}/requests/{n}", response_model=wire.AgentRequest)
def answer(
    execution_id: str, n: Annotated[int, Path(ge=1, le=_LARGEST_N)], body: RequestAnswer, services: FromApp
) -> Response:
    """Answer a question, once: 409 the second time."""
    answered = services.database.write(
        lambda connection: service.answer(
            connection, execution_id, n, decision=body.decision, message=body.message, now=utc_now()
        )
    )
    crash_point(CrashPoint.ANSWER_STORED)
    services.poke(execution_id)
    seen = read_execution(services.database, execution_id)
    announce(services, seen)
    return JsonAnswer(present.request(answered, seen.stored))
