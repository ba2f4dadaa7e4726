"""Whether all is well. The one route of the API that needs no token, so it tells nothing about the board."""

from fastapi import APIRouter, Response

from retoma import __version__
from retoma.settings import Settings
from retoma.storage.disk import lacks_room
from retoma.web import wire
from retoma.web.dependencies import FromApp, JsonAnswer

router = APIRouter(tags=["health"])


@router.get("/api/health", response_model=wire.Health)
def health(services: FromApp) -> Response:
    """`ok`, or `degraded` with what does not work."""
    problems = [*services.database.ailments(), *_disk_problems(services.settings), *services.ailments()]
    return JsonAnswer({"status": "degraded" if problems else "ok", "version": __version__, "problems": problems})


def _disk_problems(settings: Settings) -> list[str]:
    if not lacks_room(settings.data, settings.free_disk_mib):
        return []
    return [f"Less than {settings.free_disk_mib} MiB of disk are free: no run is started."]
