"""A log as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query
from pydantic import BeforeValidator, Field
from starlette.responses import StreamingResponse

from retoma.core.errors import NotFoundError
from retoma.live.hub import EXECUTION, Listener, execution_topic
from retoma.web.dependencies import LARGEST, FromApp
from retoma.web.following import pieces
from retoma.web.history import read_execution
from retoma.web.services import Services

router = APIRouter(tags=["logs"])

EVENTS = "/logs/stream"  # how the path of a stream of events ends
_SILENCE_SECONDS = 15.0
_Cursor = Annotated[int, Query(ge=0, le=LARGEST, description="The last sequence you have.")]
# An empty one is how a client says that it has none.
_LastEventId = Annotated[
    Annotated[int, Field(ge=0, le=LARGEST)] | None,
    BeforeValidator(lambda given: given or None),
    Header(alias="Last-Event-ID"),
]


@router.get(
    "/api/executions/{execution_id}" + EVENTS,
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events"}},
)
async def stream_log(
    execution_id: str, services: FromApp, after: _Cursor = 0, last_event_id: _LastEventId = None
) -> StreamingResponse:
    """Events: `logs` (id = the last sequence in it, data = an array of entries), `status`, and `end` at the end.

    Goes on behind `Last-Event-ID`, else behind `after`.
    """
    # Asked for here, so that an unknown one is a 404 and not a broken stream.
    await asyncio.to_thread(read_execution, services.database, execution_id)
    cursor = after if last_event_id is None else last_event_id
    return StreamingResponse(
        _events(services, execution_id, cursor),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(services: Services, execution_id: str, cursor: int) -> AsyncIterator[bytes]:
    feed = services.feed
    listener = feed.hub.listen()
    topic = execution_topic(execution_id)
    listener.add(topic)
    changed: AbstractSet[str] = {EXECUTION}
    try:
        seen = await asyncio.to_thread(read_execution, services.database, execution_id)
        yield b"retry: 300\n\n"
        # A server that ends leaves the stream without `end`: whoever reads comes back to the next one.
        while not feed.hub.has_ended():
            if EXECUTION in changed:
                # Read before the entries: an end that is seen here has all of them stored.
                seen = await asyncio.to_thread(read_execution, services.database, execution_id)
            while not feed.hub.has_ended() and (entries := await feed.after(seen.stored, cursor)):
                for last, array in pieces(entries):
                    cursor = last
                    yield b"event: logs\nid: %d\ndata: %b\n\n" % (last, array)
            if feed.hub.has_ended():
                break  # also of a run that is over: not all of its entries may have been told
            if seen.stored.status.over and cursor < seen.stored.head_sequence:
                # Not all of it was there: it is being removed, which this tells.
                seen = await asyncio.to_thread(read_execution, services.database, execution_id)
            if EXECUTION in changed:
                yield b"event: status\ndata: %b\n\n" % orjson.dumps(seen.wire)
            if seen.stored.status.over:
                end = {"status": seen.stored.status, "headSequence": seen.stored.head_sequence}
                yield b"event: end\ndata: %b\n\n" % orjson.dumps(end)
                break
            changed = await _wait(listener, topic)
            if not changed:
                yield b": nothing new\n\n"
    except NotFoundError:
        yield b'event: end\ndata: {"status":"deleted"}\n\n'
    finally:
        listener.close()


async def _wait(listener: Listener, topic: str) -> AbstractSet[str]:
    """Wait for a change; an empty set after a long silence."""
    try:
        async with asyncio.timeout(_SILENCE_SECONDS):
            changed = await listener.wait()
    except TimeoutError:
        return frozenset()
    return changed.get(topic, frozenset())
