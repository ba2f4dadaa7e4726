"""Routes of sweeps: what they did, what one would do now, and one now."""

import logging
import threading
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Response

from retoma.core.clock import utc_now
from retoma.core.errors import AppError, NotFoundError
from retoma.executions import sweep_store
from retoma.executions.model import Sweep
from retoma.projects import store as project_store
from retoma.web import present, wire, wire_past
from retoma.web.bodies import SweepOrder
from retoma.web.cursors import decode_cursor, encode_cursor
from retoma.web.dependencies import LARGEST, FromApp, JsonAnswer, ListCursor, ListLimit
from retoma.web.services import Services

router = APIRouter(tags=["sweeps"])

_logger = logging.getLogger(__name__)


@router.get("/api/sweeps", response_model=wire.Page[wire_past.Sweep])
def list_sweeps(services: FromApp, cursor: ListCursor = None, limit: ListLimit = 50) -> Response:
    """What the sweeps over old logs did, the newest first. One that nobody asked for and that did nothing is left out.

    Where the newest one has `waiting`, sweeps remove nothing until `retoma prune --yes`.
    """
    with services.database.read() as connection:
        found = sweep_store.list_sweeps(connection, before=decode_cursor(cursor), limit=limit + 1)
    page = found[:limit]
    items = [present.sweep(key, sweep) for key, sweep in page]
    return JsonAnswer({"items": items, "nextCursor": encode_cursor(page[-1][0]) if len(found) > limit else None})


@router.get("/api/sweeps/plan", response_model=wire_past.SweepPlan)
def plan_sweep(services: FromApp) -> Response:
    """What a sweep now would remove, by project. Nothing is changed."""
    due = services.sweeper.due(utc_now())
    with services.database.read() as connection:
        projects = {project.id: project for project in project_store.list_projects(connection)}
    default = services.settings.retention_days
    plan: wire_past.SweepPlan = {
        "keptLogs": due.kept,
        "removeExecutions": due.logs,
        "removeEntries": due.entries,
        "freeBytes": services.sweeper.freeable(due),
        "needsYes": due.waiting is not None,
        "projects": [
            {
                "projectId": project_id,
                "name": projects[project_id].name,
                "retentionDays": projects[project_id].retention_days or default,
                "removeExecutions": logs,
                "removeEntries": entries,
            }
            for project_id, (logs, entries) in due.projects.items()
            if project_id in projects
        ],
    }
    return JsonAnswer(plan)


@router.get("/api/sweeps/{sweep_id}", response_model=wire_past.Sweep)
def get_sweep(sweep_id: Annotated[int, Path(ge=1, le=LARGEST)], services: FromApp) -> Response:
    """One sweep, as far as it has got."""
    return JsonAnswer(_read(services, sweep_id))


@router.post("/api/sweeps", status_code=202, response_model=wire_past.Sweep)
def begin_sweep(body: SweepOrder, services: FromApp) -> Response:
    """Sweep now. 409 where more than half of all logs would be removed and `yes` is not true, or another goes on."""
    key, carry_out = services.sweeper.begin(yes=body.yes)
    threading.Thread(target=_carry_out, args=[carry_out], name="retoma-prune", daemon=True).start()
    return JsonAnswer(_read(services, key), 202)


def _read(services: Services, key: int) -> wire_past.Sweep:
    with services.database.read() as connection:
        sweep = sweep_store.get_sweep(connection, key)
    if sweep is None:
        sentence = f"There is no report of a sweep {key} (any more)."
        raise NotFoundError(sentence)
    return present.sweep(key, sweep)


def _carry_out(carry_out: Callable[[], Sweep]) -> None:
    try:
        carry_out()
    except (AppError, OSError) as error:
        _logger.warning("A sweep came to no good end; the next one goes on: %s", error)
