"""The route of the recovery report."""

from fastapi import APIRouter, Response

from retoma.core.errors import NotFoundError
from retoma.executions import recovery_store
from retoma.web import present, wire
from retoma.web.dependencies import FromApp, JsonAnswer

router = APIRouter(tags=["recovery"])


@router.get("/api/recovery", response_model=wire.Recovery)
def get_recovery(services: FromApp) -> Response:
    """What the last start found: runs that go on, entries caught up, runs that had ended or were interrupted."""
    with services.database.read() as connection:
        latest = recovery_store.get_latest_recovery(connection)
    if latest is None:
        raise NotFoundError("No worker has started on these data yet.")
    return JsonAnswer(present.recovery(latest))
