"""P2 and P10: an agent at work while somebody watches."""

import json
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bench.agent import STAMP
from bench.report import Figure, at_most, count, median, milliseconds, percentile, times
from bench.server import BenchError, Server, running
from bench.store import PROJECT, add_card, add_project, data_folder, repository
from retoma.settings import Settings
from retoma.storage.database import Database

_AGENT = Path(__file__).with_name("agent.py")
_RATE = 1000
# The first moments belong to the start of the run: they are not counted.
_WARM_UP = 500


@dataclass(slots=True)
class Watcher:
    """A reader with the page's socket: follows the board and one execution, and notes how late each line came."""

    socket: ClientConnection
    delays: list[float] = field(default_factory=list)
    entries: int = 0

    def follow(self, execution: str) -> threading.Thread:
        """Subscribe, and read in a thread until the socket is closed."""
        self._send({"op": "subscribe", "topic": f"board:{PROJECT}"})
        self._send({"op": "subscribe", "topic": f"execution:{execution}", "after": 0})
        thread = threading.Thread(target=self._read, daemon=True)
        thread.start()
        return thread

    def _send(self, message: dict[str, object]) -> None:
        self.socket.send(json.dumps(message))

    def _read(self) -> None:
        try:
            for message in self.socket:
                now = time.monotonic_ns()
                frame = orjson.loads(message)
                for entry in frame.get("entries", ()):
                    self.entries += 1
                    name, _, rest = entry["content"].partition(" ")
                    if name == STAMP:
                        self.delays.append((now - int(rest.partition(" ")[0])) / 1e9)
        except ConnectionClosed:
            return


def measure_latency(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of P2."""
    seconds = 1 if quick else 15
    with _board(seconds * _RATE, _RATE) as (settings, card_id), running(settings, _agent()) as server:
        delays = _watched_run(server, card_id)[1].delays[_WARM_UP:]
    half, most = percentile(delays, 0.5), percentile(delays, 0.95)
    what = f"write → stored → WebSocket, {count(_RATE)} entries/s"
    yield Figure("P2", f"{what}, p50", milliseconds(half), at_most(half, 0.010, "10 ms"))
    yield Figure("P2", f"{what}, p95", milliseconds(most), at_most(most, 0.060, "60 ms"))


def measure_agent(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of P10: the same agent with a plain file, unwatched and watched, in turn."""
    lines, rounds = (2_000, 1) if quick else (50_000, 3)
    plain, unwatched, watched = [], [], []
    with _board(lines, 0) as (settings, card_id), running(settings, _agent()) as server:
        for _ in range(rounds):
            plain.append(_plain_run(lines))
            ended = server.finished(server.run_card(card_id, agent="claude-code"))
            unwatched.append(_told(str(ended["result"])))
            watched.append(_watched_run(server, card_id)[0])
    alone, followed, seen = (median([told["seconds"] for told in runs]) for runs in (plain, unwatched, watched))
    what = f"agent prints {count(lines)} lines at full speed"
    yield Figure(
        "P10",
        f"{what}: watched by a page's socket ({milliseconds(seen)}) against into a plain file ({milliseconds(alone)})",
        times(seen / alone),
        at_most(seen / alone, 1.05, "0 % slower"),
    )
    yield Figure("P10", f"{what}: watched against unwatched ({milliseconds(followed)})", times(seen / followed))
    cpu, cpu_alone = (median([told["cpu"] for told in runs]) for runs in (watched, plain))
    yield Figure("P10", f"{what}: the agent's own CPU time, watched against plain file", times(cpu / cpu_alone))
    longest, longest_alone = (max(told["longest"] for told in runs) for runs in (watched, plain))
    yield Figure("P10", f"longest single write (plain file: {milliseconds(longest_alone)})", milliseconds(longest))


def _agent() -> dict[str, str]:
    return {"RETOMA_CLAUDE_COMMAND": shlex.join([sys.executable, "-I", "-S", str(_AGENT)])}


@contextmanager
def _board(lines: int, rate: int) -> Iterator[tuple[Settings, str]]:
    """Yield a data folder with one card that orders the bench's agent what to print."""
    with data_folder() as settings:
        database = Database(settings.url)
        repository(settings.data / "repository")
        database.write(lambda connection: add_project(connection, settings.data / "repository", "claude-code"))
        orders = f"bench: {lines} lines at {rate} a second"
        card_id = database.write(lambda connection: add_card(connection, orders)).id
        database.close()
        yield settings, card_id


def _watched_run(server: Server, card_id: str) -> tuple[dict[str, float], Watcher]:
    """Run the card with a reader from the start; return what the agent told, and the reader."""
    url = server.url.replace("http", "ws", 1) + "/api/live"
    with connect(url, additional_headers=dict(server.headers), max_size=None, compression=None) as socket:
        watcher = Watcher(socket)
        execution = server.run_card(card_id, agent="claude-code")
        reading = watcher.follow(execution)
        ended = server.finished(execution)
        head = int(str(ended["headSequence"]))
        until = time.monotonic() + 30
        while watcher.entries < head:
            if time.monotonic() > until:
                raise BenchError(f"The reader has {watcher.entries} of {head} entries.")
            time.sleep(0.02)
    reading.join()
    return _told(str(ended["result"])), watcher


def _plain_run(lines: int) -> dict[str, float]:
    """Let the same agent print into a plain file."""
    orders = {"uuid": "plain", "message": {"content": f"bench: {lines} lines at 0 a second"}}
    with tempfile.NamedTemporaryFile(prefix="retoma-bench-", mode="ab+") as file:
        subprocess.run(
            [sys.executable, "-I", "-S", str(_AGENT)],
            input=json.dumps(orders).encode() + b"\n",
            stdout=file,
            check=True,
        )
        file.seek(0)
        *_, last = file
    return _told(str(json.loads(last)["result"]))


def _told(result: str) -> dict[str, float]:
    told = json.loads(result)
    return {str(name): float(value) for name, value in told.items()}
