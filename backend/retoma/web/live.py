"""The WebSocket: boards and executions as topics over one connection.

One task receives, one task sends. The sender keeps no entries, only a cursor for each topic: it takes the wake-ups
first, then reads on until there is nothing more. A slow reader is behind, and slows nobody.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import orjson
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from retoma.core.errors import AppError, InvalidError, StorageError
from retoma.web.dependencies import FromApp
from retoma.web.live_topics import Topic, open_topic
from retoma.web.services import Services

router = APIRouter()

TOPIC_LIMIT = 64
_SEND_SECONDS = 10.0
_CLOSE_SECONDS = 30.0
_TRY_AGAIN_LATER = 1013
_WAITING_MESSAGES = 64
# A wake-up of this name is for the socket itself: a message of the client waits.
_MESSAGE = ""


@router.websocket("/api/live")
async def live(websocket: WebSocket, services: FromApp) -> None:
    """Serve one socket until either side ends it."""
    await websocket.accept()
    await _Socket(websocket, services).run()


class _TooSlowError(Exception):
    """A message did not get through in time."""


class _Socket:
    def __init__(self, websocket: WebSocket, services: Services) -> None:
        self._websocket = websocket
        self._services = services
        self._listener = services.feed.hub.listen()
        self._topics: dict[str, Topic] = {}
        self._messages: asyncio.Queue[str | bytes] = asyncio.Queue(_WAITING_MESSAGES)

    async def run(self) -> None:
        tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        except _TooSlowError:
            self._listener.close()
            # It is told when it reads again; one that never does is gone with its connection.
            with suppress(TimeoutError, WebSocketDisconnect):
                await asyncio.wait_for(self._websocket.close(_TRY_AGAIN_LATER), _CLOSE_SECONDS)
        except WebSocketDisconnect:
            pass
        finally:
            self._listener.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._messages.put(message.get("text") or message.get("bytes") or b"")
            self._listener.notice(_MESSAGE, _MESSAGE)

    async def _send(self) -> None:
        woken = asyncio.ensure_future(self._listener.wait())
        try:
            while True:
                await asyncio.wait({woken}, timeout=self._pause())
                if woken.done():
                    self._take_in(woken.result())
                    woken = asyncio.ensure_future(self._listener.wait())
                while not self._messages.empty():
                    await self._obey(self._messages.get_nowait())
                for topic in list(self._topics.values()):
                    # One message of each in turn: none that is far behind keeps the others waiting.
                    async for frame in topic.frames(self._services):
                        await self._put(frame)
        finally:
            woken.cancel()

    def _pause(self) -> float | None:
        """Return how long nothing is to be sent unless something changes; None = until then."""
        due = [moment for topic in self._topics.values() if (moment := topic.due_at()) is not None]
        return max(0.0, min(due) - asyncio.get_running_loop().time()) if due else None

    def _take_in(self, changed: Mapping[str, frozenset[str]]) -> None:
        for name, what in changed.items():
            if name in self._topics:
                self._topics[name].notice(what)

    async def _obey(self, raw: str | bytes) -> None:
        topic: str | None = None
        try:
            message = _parse(raw)
            named = message.get("topic")
            topic = named if isinstance(named, str) else None
            await self._do(message, topic)
        except StorageError:
            raise  # no refusal: the socket is closed, and its client comes back
        except AppError as error:
            await self._put_json({"error": error.detail, **({} if topic is None else {"topic": topic})})

    async def _do(self, message: Mapping[str, object], topic: str | None) -> None:
        op = message.get("op")
        if op == "ping":
            await self._put_json({"pong": True})
        elif op not in ("subscribe", "unsubscribe"):  # (it may be a list, which no set can look for)
            raise InvalidError(f"There is no op {op!r}; there are subscribe, unsubscribe and ping.")
        elif topic is None:
            raise InvalidError(f'{op} needs a "topic": "execution:ID", "board:PROJECT" or "runs".')
        elif op == "subscribe":
            await self._subscribe(topic, message.get("after", 0))
        else:
            self._listener.remove(topic)
            self._topics.pop(topic, None)

    async def _subscribe(self, name: str, after: object) -> None:
        if name not in self._topics and len(self._topics) >= TOPIC_LIMIT:
            raise InvalidError(f"One socket follows at most {TOPIC_LIMIT} topics; unsubscribe from another first.")
        # Listening begins before the first read: what changes between the two is read again, not missed.
        self._listener.add(name)
        try:
            topic, frame = await open_topic(self._services, name, after)
        except AppError:
            if name not in self._topics:
                self._listener.remove(name)
            raise
        self._topics[name] = topic
        await self._put(frame)

    async def _put_json(self, message: Mapping[str, object]) -> None:
        await self._put(orjson.dumps(message))

    async def _put(self, frame: bytes) -> None:
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await self._websocket.send_text(frame.decode())
        except TimeoutError:
            raise _TooSlowError from None


def _parse(raw: str | bytes) -> Mapping[str, object]:
    try:
        message: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise InvalidError("That is no JSON.") from None
    if not isinstance(message, dict):
        raise InvalidError('A message is a JSON object with an "op".')
    return message
