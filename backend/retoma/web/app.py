"""The application: every route behind the door."""

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from retoma import __version__
from retoma.web import (
    agents,
    cards,
    changes,
    description,
    executions,
    health,
    live,
    log_text,
    logs,
    moving,
    projects,
    recovery,
    requests,
    search,
    session,
    statistics,
    storage,
    stream,
    sweeps,
    wire,
)
from retoma.web.dependencies import refuse_unknown_parameters
from retoma.web.door import Door
from retoma.web.errors import add_error_handlers
from retoma.web.page import BUILT, Page
from retoma.web.services import Services

_SUMMARY = "The API of Retoma, the Kanban board for coding agents that never loses a run."


def create_app(services: Services) -> FastAPI:
    """Return the whole application: API, live connections and page, behind the door."""
    app = create_api()
    app.state.services = services
    # The last one added is the first one passed.
    app.add_middleware(Page, folder=BUILT)
    app.add_middleware(Door, access=services.access, settings=services.settings)
    return app


def create_api() -> FastAPI:
    """Return the routes alone, without anything to work with: enough to describe them."""
    app = FastAPI(
        title="Retoma",
        version=__version__,
        description=_SUMMARY,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        dependencies=[Depends(refuse_unknown_parameters)],
        responses={"default": {"model": wire.Problem, "description": "Refused, or failed: a problem (RFC 9457)"}},
    )
    add_error_handlers(app)
    # All routes there are, in order: FastAPI itself keeps the routers apart.
    app.state.routes = []
    for module in (
        projects,
        cards,
        changes,
        moving,
        executions,
        requests,
        stream,
        search,
        log_text,
        logs,
        agents,
        recovery,
        sweeps,
        statistics,
        storage,
        session,
        health,
        description,
        live,
    ):
        app.include_router(module.router)
        app.state.routes += module.router.routes
    return app


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0]}-{route.name}".replace("_", "-")
