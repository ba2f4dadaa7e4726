"""The log of a run as plain text, to be kept or read with other tools."""

from collections.abc import Iterator

from fastapi import APIRouter, Response
from starlette.responses import StreamingResponse

from retoma.core.clock import wire_time
from retoma.core.entries import LogEntry
from retoma.executions import service as executions
from retoma.executions.model import Execution
from retoma.logs import store
from retoma.storage.database import Database
from retoma.web.dependencies import FromApp
from retoma.web.logs import refuse_removed

router = APIRouter(tags=["logs"])


@router.get("/api/executions/{execution_id}/text", response_class=Response)
def read_text(execution_id: str, services: FromApp) -> StreamingResponse:
    """All entries as text, each whole: sequence, time, type and kind, then what it says."""
    with services.database.read() as connection:
        execution = executions.get_execution(connection, execution_id)
    refuse_removed(execution)
    return StreamingResponse(
        _lines(services.database, execution),
        media_type="text/plain; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{execution.public_id}.txt"'},
    )


def _lines(database: Database, execution: Execution) -> Iterator[bytes]:
    """Yield the log page by page, as far as it was there when the answer began."""
    cursor = 0
    while cursor < execution.head_sequence:
        limit = min(store.PAGE_LIMIT, execution.head_sequence - cursor)
        with database.read() as connection:
            entries = store.read_after(connection, execution.id, cursor, limit)
        if not entries:
            return
        yield "".join(map(_line, entries)).encode("utf-8", "replace")
        cursor = entries[-1].sequence


def _line(entry: LogEntry) -> str:
    said = entry.content if entry.content.endswith("\n") else entry.content + "\n"
    return f"{entry.sequence}\t{wire_time(entry.timestamp)}\t{entry.type}\t{entry.kind}\t{said}"
