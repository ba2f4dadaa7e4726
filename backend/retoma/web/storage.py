"""The route that tells where the data are, and how much disk they take."""

import shutil
from time import monotonic

from fastapi import APIRouter, Response

from retoma.storage.occupied import database_bytes, folder_bytes
from retoma.web import wire
from retoma.web.dependencies import FromApp, JsonAnswer

router = APIRouter(tags=["storage"])

# For both folders together: a person waits, and the disk has other things to do.
_SECONDS = 1.0


@router.get("/api/storage", response_model=wire.Storage)
def get_storage(services: FromApp) -> Response:
    """Where the data are, and how much disk they take. Counting ends after a second: `isComplete` is then false."""
    settings = services.settings
    started = monotonic()
    # Half of the time for each, and what the first leaves over for the second.
    runs, all_runs = folder_bytes(settings.runs, until=started + _SECONDS / 2)
    worktrees, all_worktrees = folder_bytes(settings.workspaces, until=started + _SECONDS)
    answer: wire.Storage = {
        "dataFolder": str(settings.data),
        "databaseBytes": database_bytes(services.database, settings.url),
        "runsBytes": runs,
        "worktreesBytes": worktrees,
        "freeBytes": shutil.disk_usage(settings.data).free,
        "isComplete": all_runs and all_worktrees,
        "retentionDays": settings.retention_days,
    }
    return JsonAnswer(answer)
