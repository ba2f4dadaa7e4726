"""The readers of P9: a process of its own, so that reading takes no time from the server's interpreter.

Reads its orders as JSON from stdin. Each reader is a WebSocket that follows the execution from `head` on; a stuck one
follows it from the beginning and never reads. Prints one JSON object: `delays` (seconds from the agent's write of the
last entry of each message to the reader, those of the first second left out), `entries` (what all readers got), `gaps`
(messages that did not go on where the one before ended), `closed` (how many readers lost their connection) and
`stuckCode` (with which code the stuck one was closed, 0 = not yet).

It speaks WebSocket by itself: 200 readers with a library take more time than the server that serves them.
"""

import asyncio
import json
import sys
import time
from functools import partial
from typing import TypedDict
from urllib.parse import urlsplit

import uvloop

from bench.agent import STAMP

_STAMP = b'"' + STAMP.encode() + b" "
_SEQUENCE = b'"sequence":'
_CLOSE_FRAME = 0x88
_WARM_UP_SECONDS = 1.0


class Orders(TypedDict):
    """What is asked for."""

    url: str
    headers: dict[str, str]
    execution: str
    head: int
    readers: int
    stuck: bool
    seconds: float


class Seen:
    """What all readers saw."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.entries = 0
        self.gaps = 0
        self.closed = 0
        self.stuck_code = 0
        self.counts = False


class Reader(asyncio.Protocol):
    """One reader: the frames of its connection, looked at no further than needed."""

    def __init__(self, seen: Seen, last: int) -> None:
        self._seen, self._last = seen, last
        self._pending = bytearray()
        self.open = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        self._pending += data
        if not self.open.done():
            end = self._pending.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._pending[: end + 4]
            self.open.set_result(None)
        while (size := _frame_size(self._pending)) is not None:
            self._frame(bytes(self._pending[:size]))
            del self._pending[:size]

    def connection_lost(self, _: Exception | None) -> None:
        """Count it."""
        self._seen.closed += 1

    def _frame(self, frame: bytes) -> None:
        if frame[0] == _CLOSE_FRAME:
            self._seen.stuck_code = int.from_bytes(frame[2:4], "big")
        first = frame.find(_SEQUENCE)
        if first < 0:
            return
        last = frame.rfind(_SEQUENCE)
        begins, ends = _number(frame, first + len(_SEQUENCE)), _number(frame, last + len(_SEQUENCE))
        count = frame.count(_SEQUENCE)
        self._seen.gaps += begins != self._last + 1 or ends - begins + 1 != count
        self._seen.entries += count
        self._last = ends
        stamp = frame.rfind(_STAMP)
        if self._seen.counts and stamp >= 0:
            self._seen.delays.append((time.monotonic_ns() - _number(frame, stamp + len(_STAMP))) / 1e9)


def _same(reader: Reader) -> Reader:
    return reader


def _frame_size(data: bytearray) -> int | None:
    """Return the size of the first frame in `data`, which a server does not mask; None: it is not all there yet."""
    if len(data) < 2:
        return None
    short = data[1]
    extra = {126: 2, 127: 8}.get(short, 0)
    size = int.from_bytes(data[2 : 2 + extra], "big") if extra else short
    whole = 2 + extra + size
    return whole if len(data) >= max(whole, 2 + extra) else None


def _number(frame: bytes, start: int) -> int:
    stop = start
    while frame[stop : stop + 1].isdigit():
        stop += 1
    return int(frame[start:stop])


async def read(orders: Orders) -> Seen:
    """Let all readers read for as long as was asked."""
    loop, seen = asyncio.get_running_loop(), Seen()
    address = urlsplit(orders["url"])
    transports = []
    for number in range(orders["readers"] + orders["stuck"]):
        is_stuck = number == orders["readers"]
        after = 0 if is_stuck else orders["head"]
        reader = Reader(seen, after)
        transport, _ = await loop.create_connection(partial(_same, reader), address.hostname or "", address.port or 0)
        transports.append(transport)
        transport.write(_handshake(address.netloc, orders["headers"]))
        await reader.open
        topic = f"execution:{orders['execution']}"
        transport.write(_text({"op": "subscribe", "topic": topic, "after": after}))
        if is_stuck:
            transport.pause_reading()
    await asyncio.sleep(_WARM_UP_SECONDS)
    seen.counts = True
    await asyncio.sleep(orders["seconds"])
    seen.counts = False
    closed, gaps, entries = seen.closed, seen.gaps, seen.entries
    if orders["stuck"]:
        transports[-1].resume_reading()  # to hear how it was closed
        await asyncio.sleep(_WARM_UP_SECONDS)
    for transport in transports:
        transport.abort()
    await asyncio.sleep(0)
    seen.closed, seen.gaps, seen.entries = closed, gaps, entries
    return seen


def _handshake(host: str, headers: dict[str, str]) -> bytes:
    lines = [
        "GET /api/live HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _text(message: dict[str, str | int]) -> bytes:
    text = json.dumps(message).encode()
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text  # a client masks; a mask of zeros changes nothing


def main() -> None:
    """Obey."""
    orders: Orders = json.load(sys.stdin)
    seen = uvloop.run(read(orders))
    told = {"delays": seen.delays, "entries": seen.entries, "gaps": seen.gaps, "closed": seen.closed}
    print(json.dumps({**told, "stuckCode": seen.stuck_code}))


if __name__ == "__main__":
    main()
