"""A network between a reader and the server that cuts, delays and half-opens connections, as its seed says."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum

_CHUNK_BYTES = 4096


class Fate(Enum):
    """What becomes of a connection."""

    RESET = "both sides are told at once, what is under way is lost"
    ENDED = "both sides see an ordinary end, in the middle of anything"
    DEAF = "the reader hears no more and is not told; the server neither: it sends into nothing"
    LEFT = "the server is told, the reader is not"


class CuttingProxy:
    """Forwards to `port`. While it `cuts`, each connection ends by a fate after some bytes from the server."""

    def __init__(self, port: int, seed: int) -> None:
        self.port = 0
        self.cut = dict.fromkeys(Fate, 0)
        self.cuts = True
        self._target, self._chance = port, random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def total(self) -> int:
        """How many connections were cut."""
        return sum(self.cut.values())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        chance = random.Random(self._chance.random())
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        up = asyncio.create_task(_pump(reader, server_writer))
        try:
            if await self._down(server_reader, writer, chance):
                fate = chance.choice(list(Fate))
                self.cut[fate] += 1
                await self._end(fate, writer, server_writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            up.cancel()
            for one in (writer, server_writer):
                one.transport.abort()
            self._tasks.discard(task)

    async def _down(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, chance: random.Random) -> bool:
        """Forward until the connection is to be cut (True) or ends by itself."""
        left = int(10 ** chance.uniform(1.5, 5))  # from inside the first answer to a long way behind it
        while data := await source.read(_CHUNK_BYTES):
            if chance.random() < 0.1:
                await asyncio.sleep(chance.random() * 0.02)
            if self.cuts and left <= len(data):
                target.write(data[:left])
                await target.drain()
                return True
            left -= len(data)
            target.write(data)
            await target.drain()
        return False

    async def _end(self, fate: Fate, reader: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        if fate is Fate.ENDED:
            for one in (reader, server):
                one.close()
                await one.wait_closed()
        elif fate is Fate.LEFT:
            server.transport.abort()
            await reader.wait_closed()
        elif fate is Fate.DEAF:
            await reader.wait_closed()

    async def close(self) -> None:
        """End what is left."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(_CHUNK_BYTES):
            target.write(data)
            await target.drain()


@asynccontextmanager
async def cutting_proxy(port: int, seed: int) -> AsyncIterator[CuttingProxy]:
    """Yield a running proxy to `port` of this machine."""
    proxy = CuttingProxy(port, seed)
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listener.close()
        await proxy.close()
