"""Routes of logs: pages by cursor, one whole entry, the journal, and the specification's own shape."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Path, Query, Response
from starlette.responses import StreamingResponse

from retoma.cards import service as cards
from retoma.core.clock import utc_now, wire_time
from retoma.core.errors import GoneError, InvalidError, NotFoundError
from retoma.executions import service as executions
from retoma.executions import store as execution_store
from retoma.executions.model import Execution
from retoma.live.frames import encode_entry, join_entries
from retoma.live.pages import Piece
from retoma.live.recent import Encoded
from retoma.live.standing import LogStand
from retoma.logs import store
from retoma.logs.journal import NAMES, Journal
from retoma.storage.database import Database
from retoma.web import present, wire
from retoma.web.dependencies import LARGEST, FromApp, JsonAnswer
from retoma.web.services import Services

router = APIRouter(tags=["logs"])

_JOURNALS = dict(zip(("stdout", "stderr"), NAMES, strict=True))

Place = Annotated[int | None, Query(ge=0, le=LARGEST)]
Count = Annotated[int, Query(ge=1, le=store.PAGE_LIMIT)]


@router.get("/api/executions/{execution_id}/logs", response_model=wire.LogPage)
def read_page(
    execution_id: str,
    services: FromApp,
    after: Place = None,
    before: Place = None,
    tail: Annotated[int | None, Query(ge=1, le=store.PAGE_LIMIT)] = None,
    limit: Count = 500,
) -> Response:
    """A piece of the log: what follows `after`, what comes before `before`, or the last `tail` entries."""
    named = [name for name, value in (("after", after), ("before", before), ("tail", tail)) if value is not None]
    if len(named) > 1:
        sentence = "Give one of after, before and tail."
        raise InvalidError(sentence, errors=[{"field": name, "message": sentence} for name in named])
    piece = Piece(after=after, before=before, tail=tail, limit=limit)
    return _page_answer(*(services.feed.page(execution_id, piece) or _read_page(services, execution_id, piece)))


def _read_page(services: Services, execution_id: str, piece: Piece) -> tuple[LogStand, Sequence[Encoded]]:
    with services.feed.reading() as reading, services.database.read() as connection:
        execution = executions.get_execution(connection, execution_id)
        if piece.before is not None:
            entries = store.read_before(connection, execution.id, piece.before, piece.limit)
        elif piece.tail is not None:
            entries = store.read_before(connection, execution.id, execution.head_sequence + 1, piece.tail)
        else:
            entries = store.read_after(connection, execution.id, piece.after or 0, piece.limit)
        stand = LogStand(
            id=execution.id,
            public_id=execution.public_id,
            status=execution.status,
            first=store.first_sequence(connection, execution.id),
            head=execution.head_sequence,
            removed_at=execution.log_removed_at,
        )
        encoded = [(entry.sequence, encode_entry(entry)) for entry in entries]
        if execution.log_removed_at is None:
            services.feed.remember(reading, stand, encoded)
            return stand, encoded
    # What a sweep has not deleted yet is gone for readers all the same.
    return replace(stand, first=stand.head + 1), []


def _page_answer(stand: LogStand, entries: Sequence[Encoded]) -> Response:
    more = bool(entries) and entries[-1][0] < stand.head
    head = orjson.dumps(
        {
            "executionId": stand.public_id,
            "status": stand.status,
            "firstSequence": stand.first,
            "headSequence": stand.head,
            "nextAfter": entries[-1][0] if more else None,
            "logRemovedAt": _wire_time(stand.removed_at),
        }
    )
    return JsonAnswer(head[:-1] + b',"logs":' + join_entries([encoded for _, encoded in entries]) + b"}")


@router.get("/api/executions/{execution_id}/logs/{sequence}", response_model=wire.Entry)
def read_entry(execution_id: str, sequence: Annotated[int, Path(ge=1, le=LARGEST)], services: FromApp) -> Response:
    """One entry, whole, however long it is."""
    with services.database.read() as connection:
        execution = executions.get_execution(connection, execution_id)
        entry = store.get_entry(connection, execution.id, sequence)
    if sequence <= execution.head_sequence:
        refuse_removed(execution)
    if entry is None:
        sentence = f"Execution {execution_id!r} has no entry {sequence}."
        raise NotFoundError(sentence)
    return JsonAnswer(encode_entry(entry, whole=True))


@router.get("/api/executions/{execution_id}/raw", response_class=Response)
def read_journal(
    execution_id: str, services: FromApp, stream: Literal["stdout", "stderr"] = "stdout"
) -> StreamingResponse:
    """What the agent wrote, byte for byte, as far as it was there when the answer began."""
    with services.database.read() as connection:
        execution = executions.get_execution(connection, execution_id)
    refuse_removed(execution)
    name = _JOURNALS[stream]
    journal = Journal(services.settings.runs / execution.public_id / name)
    length = journal.length
    if length is None:
        sentence = f"The {stream} journal of execution {execution_id!r} is not here: not begun yet, or removed."
        raise NotFoundError(sentence)
    return StreamingResponse(
        journal.read(length),
        media_type="application/octet-stream",
        headers={
            "content-length": str(length),
            "content-disposition": f'attachment; filename="{execution.public_id}-{name}"',
        },
    )


def refuse_removed(execution: Execution) -> None:
    """Raise where retention has removed the log."""
    removed_at = _wire_time(execution.log_removed_at)
    if removed_at is not None:
        sentence = f"The log of execution {execution.public_id!r} was removed at {removed_at}, because of its age."
        raise GoneError(sentence)


# ---- the specification's shape --------------------------------------------------------------------------------------


@router.get("/api/logs/{card_id}", response_model=wire.CardLog)
def read_card_log(
    card_id: str,
    services: FromApp,
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Response:
    """The log of a card's active execution, all of it unless `after` and `limit` bound it."""
    with services.database.read() as connection:
        cards.get_card(connection, card_id)
        execution = execution_store.get_active(connection, card_id)
    if execution is None:
        return JsonAnswer({"cardId": card_id, "status": "idle", "logs": []})
    last = execution.head_sequence if limit is None else min(execution.head_sequence, after + limit)
    return StreamingResponse(_card_log(services.database, execution, after, last), media_type="application/json")


def _card_log(database: Database, execution: Execution, after: int, last: int) -> Iterator[bytes]:
    """Yield the answer page by page, up to entry `last`: as it was when the answer began, whatever comes meanwhile."""
    removed_at = _wire_time(execution.log_removed_at)
    head = orjson.dumps(
        {
            "cardId": execution.card_id,
            "status": execution.status,
            "startedAt": _wire_time(execution.started_at),
            "completedAt": _wire_time(execution.completed_at),
            "duration": present.duration(execution, utc_now()),
            "result": execution.outcome,
            **({} if removed_at is None else {"logRemovedAt": removed_at}),
        }
    )
    yield head[:-1] + b',"logs":['
    cursor, separator = after, b""
    while cursor < last and removed_at is None:
        with database.read() as connection:
            entries = store.read_after(connection, execution.id, cursor, min(store.PAGE_LIMIT, last - cursor))
        if not entries:
            break
        encoded = [
            orjson.dumps({"timestamp": wire_time(entry.timestamp), "type": entry.type, "content": entry.content})
            for entry in entries
        ]
        yield separator + b",".join(encoded)
        cursor, separator = entries[-1].sequence, b","
    yield b"]}"


def _wire_time(moment: datetime | None) -> str | None:
    return None if moment is None else wire_time(moment)
