"""Connections are cut anywhere, in every way: what a reader has is the stored log, each entry once and in order."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from support.edge import TOKEN, Edge
from support.proxy import CuttingProxy, Fate, cutting_proxy

pytestmark = pytest.mark.anyio

SEED = 20261124
CUTS = 500
READERS = 12  # of each kind
# A reader that hears nothing for so long comes back; one that was cut off without a word learns it only by this. Twice
# as long each time that nothing came, so that a slow machine does not keep it from ever hearing a word.
PATIENCE = 0.1
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


class Reader:
    """One reader with its cursor. It comes back until it has heard of the end and has all of it."""

    def __init__(self, execution: str, port: int) -> None:
        self.execution, self.port = execution, port
        self.entries: list[dict[str, object]] = []
        self.over = False
        self.patience = PATIENCE

    @property
    def cursor(self) -> int:
        sequence = self.entries[-1]["sequence"] if self.entries else 0
        assert isinstance(sequence, int)
        return sequence

    async def read(self) -> None:
        while not self.over:
            before = self.cursor
            try:
                await self.once()
            except (TimeoutError, httpx.TimeoutException):
                self.patience = PATIENCE if self.cursor > before else min(1.6, 2 * self.patience)
            except (OSError, EOFError, WebSocketException, httpx.TransportError):
                pass

    async def once(self) -> None:
        raise NotImplementedError


class SocketReader(Reader):
    async def once(self) -> None:
        topic = f"execution:{self.execution}"
        head = 0
        async with connect(
            f"ws://127.0.0.1:{self.port}/api/live",
            additional_headers=HEADERS,
            proxy=None,
            open_timeout=8 * self.patience,
            close_timeout=0.01,
            max_size=None,
        ) as socket:
            await socket.send(orjson.dumps({"op": "subscribe", "topic": topic, "after": self.cursor}).decode())
            while not self.over:
                frame = orjson.loads(await asyncio.wait_for(socket.recv(), self.patience))
                self.entries += frame.get("entries", ())
                state = frame.get("execution")
                if state is not None:
                    head = state["headSequence"]
                self.over = state is not None and state["status"] == "success" and self.cursor >= head


class EventReader(Reader):
    async def once(self) -> None:
        headers = {**HEADERS, "Last-Event-ID": str(self.cursor)}
        address = f"http://127.0.0.1:{self.port}/api/executions/{self.execution}/logs/stream"
        limits = httpx.Timeout(8 * self.patience, read=self.patience)
        rest = b""
        async with (
            httpx.AsyncClient(timeout=limits, trust_env=False) as client,
            client.stream("GET", address, headers=headers) as answer,
        ):
            async for part in answer.aiter_bytes():
                # An event counts once its empty line has come; half of one is none.
                *events, rest = (rest + part).split(b"\n\n")
                for event in events:
                    self._take(event)

    def _take(self, event: bytes) -> None:
        fields = dict(line.split(b": ", 1) for line in event.split(b"\n"))
        if fields.get(b"event") == b"logs":
            self.entries += orjson.loads(fields[b"data"])
            assert int(fields[b"id"]) == self.cursor
        self.over = fields.get(b"event") == b"end"


@pytest.mark.timeout(90)
async def test_what_readers_have_after_500_cuts_is_the_stored_log(edge: Edge) -> None:
    execution = edge.start(edge.add_card(edge.add_project()))
    edge.run(execution)
    port = int(edge.host.rpartition(":")[2])
    async with cutting_proxy(port, SEED) as proxy:
        readers = [kind(execution, proxy.port) for kind in (SocketReader, EventReader) for _ in range(READERS)]
        tasks = [asyncio.create_task(reader.read()) for reader in readers]
        async for _ in _written(edge, execution):
            if proxy.total >= CUTS:
                break
        proxy.cuts = False
        await asyncio.to_thread(edge.finish, execution)
        await asyncio.gather(*tasks)
        _assert_cut_in_every_way(proxy)
    stored = await asyncio.to_thread(_stored, edge, execution)
    for reader in readers:
        assert [entry["sequence"] for entry in reader.entries] == list(range(1, len(stored) + 1)), f"seed {SEED}"
        assert reader.entries == stored


async def _written(edge: Edge, execution: str) -> AsyncIterator[None]:
    """Store entries, burst after burst, for as long as somebody asks for more."""
    burst = 0
    while True:
        await asyncio.to_thread(edge.write, execution, burst % 7 + 1, content="entry {n} " + "é" * (burst * 37 % 200))
        burst += 1
        await asyncio.sleep(0.02)  # about 200 entries a second: readers that are cut all the time can keep up
        yield


def _stored(edge: Edge, execution: str) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = []
    with edge.client() as client:
        while True:
            page = client.get(f"/api/executions/{execution}/logs", params={"after": len(entries), "limit": 1000})
            found = page.json()["logs"]
            if not found:
                return entries
            entries += found


def _assert_cut_in_every_way(proxy: CuttingProxy) -> None:
    assert proxy.total >= CUTS
    assert all(proxy.cut[fate] > CUTS // 10 for fate in Fate)


@pytest.mark.timeout(60)
async def test_a_stuck_reader_of_events_is_let_go_and_holds_nobody_up(edge: Edge) -> None:
    execution = edge.start(edge.add_card(edge.add_project()))
    edge.run(execution)
    edge.write(execution, 400, content="x" * 60_000)  # more than the buffers on the way hold
    port = int(edge.host.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as stuck:
        path = f"/api/executions/{execution}/logs/stream"
        lines = [f"GET {path} HTTP/1.1", f"Host: {edge.host}", f"Authorization: {HEADERS['Authorization']}"]
        stuck.sendall("\r\n".join([*lines, "", ""]).encode())
        other = EventReader(execution, port)
        other.patience = 5
        reading = asyncio.create_task(other.read())
        while other.cursor < 400:
            await asyncio.to_thread(edge.write, execution, 1)
        while len(edge.services.feed.hub._topics[f"execution:{execution}"]) > 1:
            await asyncio.to_thread(edge.write, execution, 1)
        await asyncio.to_thread(edge.finish, execution)
        await asyncio.wait_for(reading, 20)
        assert other.cursor == edge.execution(execution).head_sequence
        assert await asyncio.to_thread(_is_cut_off, stuck)


def _is_cut_off(stuck: socket.socket) -> bool:
    """Read what was on its way; whether there is an end, though the answer has none."""
    last = b""
    stuck.settimeout(20)
    with suppress(ConnectionResetError):
        while part := stuck.recv(1 << 20):
            last = part
    return not last.endswith(b"0\r\n\r\n")
