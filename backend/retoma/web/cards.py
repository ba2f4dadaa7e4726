"""Routes of cards."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from retoma.agents.registry import get_adapter
from retoma.cards import service
from retoma.core.clock import utc_now
from retoma.pipeline import removal
from retoma.projects import service as projects
from retoma.projects import store as project_store
from retoma.web import wire
from retoma.web.boards import read_board, read_card
from retoma.web.bodies import CardChanges, CardDraft, CardMove
from retoma.web.dependencies import FromApp, JsonAnswer, QueryText
from retoma.web.services import Services

router = APIRouter(tags=["cards"])


@router.get("/api/cards", response_model=list[wire.Card])
def list_cards(services: FromApp, project_id: Annotated[QueryText | None, Query(alias="projectId")] = None) -> Response:
    """All cards with their active executions: of one project, or of all."""
    return JsonAnswer(read_board(services.database, project_id))


@router.post("/api/cards", status_code=201, response_model=wire.Card)
def create_card(body: CardDraft, services: FromApp) -> Response:
    """Create a card at the end of its column."""
    if body.agent is not None:
        get_adapter(body.agent)
    with services.database.read() as connection:
        if body.project_id is None:
            project_id = projects.default_project(connection).id
        else:
            project_id = projects.get_project(connection, body.project_id).id
    card = services.database.write(
        lambda connection: service.create_card(
            connection,
            project_id=projects.get_project(connection, project_id).id,
            number=project_store.take_card_number(connection, project_id),
            title=body.title,
            description=body.description,
            column=body.column,
            agent=body.agent,
            labels=body.labels,
            now=utc_now(),
        )
    )
    return _changed(services, card.id, status=201)


@router.get("/api/cards/{card_id}", response_model=wire.Card)
def get_card(card_id: str, services: FromApp) -> Response:
    """One card with its active execution."""
    return JsonAnswer(read_card(services.database, card_id))


@router.patch("/api/cards/{card_id}", response_model=wire.Card)
def edit_card(card_id: str, body: CardChanges, services: FromApp) -> Response:
    """Change the named fields."""
    changes = body.model_dump(exclude_unset=True)
    if body.agent is not None:
        get_adapter(body.agent)
    if changes:
        services.database.write(lambda connection: service.edit_card(connection, card_id, changes, utc_now()))
    return _changed(services, card_id)


@router.post("/api/cards/{card_id}/move", response_model=wire.Card)
def move_card(card_id: str, body: CardMove, services: FromApp) -> Response:
    """Put a card into a column."""
    services.database.write(
        lambda connection: service.move_card(connection, card_id, body.column, body.position, utc_now())
    )
    return _changed(services, card_id)


@router.delete("/api/cards/{card_id}", status_code=204)
def delete_card(card_id: str, services: FromApp) -> Response:
    """Delete a card with its executions and logs; its branch stays. 409 while one of them goes on."""
    active = read_card(services.database, card_id)["activeExecution"]
    project_id = removal.delete_card(services.database, services.settings, card_id)
    services.feed.publish_card(project_id, card_id)
    if active is not None:
        services.feed.publish_execution(active["id"])
    return Response(status_code=204)


def _changed(services: Services, card_id: str, *, status: int = 200) -> Response:
    card = read_card(services.database, card_id)
    services.feed.publish_card(card["projectId"], card_id)
    return JsonAnswer(card, status)
