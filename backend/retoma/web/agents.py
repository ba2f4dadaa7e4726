"""Routes of agents."""

from fastapi import APIRouter, Response

from retoma.pipeline.detect import list_agents, look_at_agent
from retoma.web import present, wire
from retoma.web.dependencies import FromApp, JsonAnswer

router = APIRouter(tags=["agents"])


@router.get("/api/agents", response_model=wire.Page[wire.Agent])
def list_known_agents(services: FromApp) -> Response:
    """The agents that Retoma knows, and whether this machine has them."""
    found = list_agents(services.settings)
    return JsonAnswer({"items": [present.agent(one) for one in found], "nextCursor": None})


@router.post("/api/agents/{name}/test", response_model=wire.Agent)
def test_agent(name: str, services: FromApp) -> Response:
    """Ask one agent's program anew whether it is there and signed in: it may have been installed meanwhile."""
    return JsonAnswer(present.agent(look_at_agent(name, services.settings)))
