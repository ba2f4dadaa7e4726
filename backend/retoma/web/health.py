"""Whether all is well. The one route of the API that needs no token, so it tells nothing about the board."""

from concurrent.futures import TimeoutError as FutureTimeoutError

from fastapi import APIRouter, Response

from retoma import __version__
from retoma.storage.database import Database
from retoma.web import wire
from retoma.web.dependencies import FromApp, JsonAnswer

router = APIRouter(tags=["health"])

_WRITE_SECONDS = 2.0


@router.get("/api/health", response_model=wire.Health)
def health(services: FromApp) -> Response:
    """`ok`, or `degraded` with what does not work."""
    problems = [*_database_problems(services.database), *services.ailments()]
    return JsonAnswer({"status": "degraded" if problems else "ok", "version": __version__, "problems": problems})


def _database_problems(database: Database) -> list[str]:
    try:
        database.submit(lambda _: None).result(_WRITE_SECONDS)
    except FutureTimeoutError:
        return [f"The database has not taken a write for {_WRITE_SECONDS:.0f} s."]
    except Exception:  # noqa: BLE001 - whatever the driver says, it belongs in the server's log, not before strangers
        return ["The database can't be written."]
    return []
