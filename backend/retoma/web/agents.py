"""Routes of agents."""

from fastapi import APIRouter, Response

from retoma.pipeline.detect import list_agents, look_at_agent
from retoma.web import present, wire
from retoma.web.cursors import page_of
from retoma.web.dependencies import FromApp, JsonAnswer, ListCursor, ListLimit

router = APIRouter(tags=["agents"])


@router.get("/api/agents", response_model=wire.Page[wire.Agent])
def list_known_agents(services: FromApp, limit: ListLimit = 500, cursor: ListCursor = None) -> Response:
    """The agents that Retoma knows, and whether this machine has them."""
    found = [present.agent(one) for one in list_agents(services.settings)]
    page, following = page_of(found, lambda one: one["name"], cursor=cursor, limit=limit)
    return JsonAnswer({"items": page, "nextCursor": following})


@router.post("/api/agents/{name}/test", response_model=wire.Agent)
def test_agent(name: str, services: FromApp) -> Response:
    """Ask one agent's program anew whether it is there and signed in: it may have been installed meanwhile."""
    return JsonAnswer(present.agent(look_at_agent(name, services.settings)))
