"""A client of the live connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from websockets.asyncio.client import ClientConnection, connect

from support.edge import TOKEN, Edge


class Socket:
    """One connection."""

    def __init__(self, connection: ClientConnection) -> None:
        """Wrap one that is open."""
        self.connection = connection

    async def say(self, **message: object) -> None:
        """Send one message."""
        await self.connection.send(orjson.dumps(message).decode())

    async def hear(self) -> dict[str, object]:
        """Return the next frame."""
        message = await asyncio.wait_for(self.connection.recv(), 20)
        decoded: dict[str, object] = orjson.loads(message)
        return decoded

    async def hear_all(self) -> None:
        """Hear until the socket is closed."""
        while True:
            await self.hear()

    async def entries(self, last: int) -> list[int]:
        """Return the sequences that come until `last` has come."""
        found: list[int] = []
        while not found or found[-1] < last:
            frame = await self.hear()
            if "entries" in frame:
                found += sequences(frame)
                assert isinstance(frame["head"], int)
                assert frame["head"] >= found[-1]
        return found


def sequences(frame: dict[str, object]) -> list[int]:
    """Return the sequences in a frame of entries."""
    entries = frame["entries"]
    assert isinstance(entries, list)
    return [entry["sequence"] for entry in entries]


def state(frame: dict[str, object]) -> dict[str, object]:
    """Return the execution in a frame of its state."""
    execution = frame["execution"]
    assert isinstance(execution, dict)
    return execution


@asynccontextmanager
async def live(edge: Edge, max_queue: int = 16) -> AsyncIterator[Socket]:
    """Open one; `max_queue` frames are read ahead."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    address = edge.url.replace("http", "ws") + "/api/live"
    async with connect(
        address, additional_headers=headers, proxy=None, max_size=None, max_queue=max_queue
    ) as connection:
        yield Socket(connection)
