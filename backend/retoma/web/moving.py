"""Routes by which a card leaves a board as a file, and comes into one."""

import tempfile
from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from retoma.backup.document import read_whole
from retoma.backup.export import export_card
from retoma.backup.take_in import import_card
from retoma.web import wire_past
from retoma.web.dependencies import FromApp, JsonAnswer, QueryText

router = APIRouter(tags=["cards"])

_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
}


@router.get("/api/cards/{card_id}/export", response_class=Response)
def export(
    card_id: str, services: FromApp, form: Annotated[Literal["html", "json", "md"], Query(alias="format")] = "json"
) -> StreamingResponse:
    """A card with all its runs and their logs, as one file."""
    whole = read_whole(services.database, card_id)
    return StreamingResponse(
        export_card(services.database, whole, form),
        headers={
            "content-type": _TYPES[form],
            "content-disposition": f'attachment; filename="card-{whole.card.number}.{form}"',
        },
    )


@router.post(
    "/api/import",
    status_code=201,
    response_model=wire_past.ImportedCard,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def take_in(
    request: Request, services: FromApp, project_id: Annotated[QueryText | None, Query(alias="projectId")] = None
) -> Response:
    """Take in a card that was exported as JSON. 200 where it is there already, 409 where it is with other content."""
    with tempfile.TemporaryFile(dir=services.settings.data) as body:
        async for piece in request.stream():
            await run_in_threadpool(body.write, piece)
        body.seek(0)
        taken = await run_in_threadpool(
            import_card, services.database, body, project_id=project_id, folder=services.settings.data
        )
    if taken.is_new:
        services.feed.publish_card(taken.project_id, taken.card_id)
    content: wire_past.ImportedCard = {
        "cardId": taken.card_id,
        "projectId": taken.project_id,
        "number": taken.number,
        "executions": taken.executions,
        "entries": taken.entries,
        "isNew": taken.is_new,
    }
    return JsonAnswer(content, 201 if taken.is_new else 200)
