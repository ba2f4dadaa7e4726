"""The log of a run as plain text, to be kept or read with other tools."""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.responses import StreamingResponse

from retoma.core.clock import wire_time
from retoma.core.entries import LogEntry
from retoma.executions import service as executions
from retoma.executions.model import Execution
from retoma.logs import store
from retoma.storage.database import Database
from retoma.web.dependencies import LARGEST, FromApp
from retoma.web.logs import refuse_removed

router = APIRouter(tags=["logs"])


@router.get("/api/executions/{execution_id}/text", response_class=Response)
def read_text(
    execution_id: str,
    services: FromApp,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="Only entries behind this sequence.")] = 0,
    limit: Annotated[int | None, Query(ge=1, le=LARGEST, description="How many entries at most.")] = None,
    *,
    content_only: Annotated[
        bool, Query(alias="contentOnly", description="Only what each entry says, without the columns before it.")
    ] = False,
) -> StreamingResponse:
    """Entries as text, each whole: sequence, time, type and kind, then what it says."""
    with services.database.read() as connection:
        execution = executions.get_execution(connection, execution_id)
    refuse_removed(execution)
    last = execution.head_sequence if limit is None else min(execution.head_sequence, after + limit)
    return StreamingResponse(
        _lines(services.database, execution, after, last, _said if content_only else _line),
        media_type="text/plain; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{execution.public_id}.txt"'},
    )


def _lines(
    database: Database, execution: Execution, cursor: int, last: int, line: Callable[[LogEntry], str]
) -> Iterator[bytes]:
    """Yield the entries behind `cursor` to `last`, page by page."""
    while cursor < last:
        limit = min(store.PAGE_LIMIT, last - cursor)
        with database.read() as connection:
            entries = store.read_after(connection, execution.id, cursor, limit)
        if not entries:
            return
        yield "".join(map(line, entries)).encode("utf-8", "replace")
        cursor = entries[-1].sequence


def _said(entry: LogEntry) -> str:
    return entry.content if entry.content.endswith("\n") else entry.content + "\n"


def _line(entry: LogEntry) -> str:
    return f"{entry.sequence}\t{wire_time(entry.timestamp)}\t{entry.type}\t{entry.kind}\t{_said(entry)}"
