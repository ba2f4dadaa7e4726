"""Route of the statistics."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from retoma.core.errors import InvalidError
from retoma.core.zones import find_zone
from retoma.executions.statistics import Grouping
from retoma.executions.statistics_store import read_statistics
from retoma.projects import service as projects
from retoma.projects import store as project_store
from retoma.web import present, wire_past
from retoma.web.dependencies import FromApp, JsonAnswer, QueryText
from retoma.web.selection import Chosen

router = APIRouter(tags=["executions"])

_UTC = "UTC"
TimeZone = Annotated[QueryText, Query(alias="timeZone", description="Whose days: an IANA name.")]


@router.get("/api/stats", response_model=wire_past.Statistics)
def get_statistics(
    chosen: Chosen, services: FromApp, by: Grouping | None = None, time_zone: TimeZone = _UTC
) -> Response:
    """What executions came to, in all, and by day (of their creation), command, agent, project or status."""
    zone = _zone(time_zone)
    with services.database.read() as connection:
        if chosen.project_id is not None:
            projects.get_project(connection, chosen.project_id)
        found = read_statistics(connection, chosen, by, zone)
        named = project_store.list_projects(connection) if by is Grouping.PROJECT else []
    return JsonAnswer(present.statistics(found, {project.id: project.name for project in named}))


def _zone(name: str) -> ZoneInfo | None:
    """Return the zone of this name, None for UTC."""
    if name == _UTC:
        return None
    zone = find_zone(name)
    if zone is None:
        sentence = f"{name!r} is no time zone that this machine knows; one is called like Europe/Berlin."
        raise InvalidError(sentence, errors=[{"field": "timeZone", "message": sentence}])
    return zone
