"""P2 and P10: an agent at work while somebody watches."""

import json
import os
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
from typing import TypeAlias

import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bench.agent import STAMP
from bench.report import Figure, at_most, count, milliseconds, percentile, times
from bench.server import BenchError, Server, running
from bench.store import PROJECT, add_card, add_project, data_folder, repository
from retoma.settings import Settings
from retoma.storage.database import Database

_AGENT = Path(__file__).with_name("agent.py")
_RATE = 1000
_Told: TypeAlias = dict[str, float]
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
    orders = f"bench: {seconds * _RATE} lines at {_RATE} a second"
    with board(orders) as (settings, card_id), running(settings, stamping_agent()) as server:
        delays = _watched_run(server, card_id)[1].delays[_WARM_UP:]
    half, most = percentile(delays, 0.5), percentile(delays, 0.95)
    what = f"write → stored → WebSocket, {count(_RATE)} entries/s"
    yield Figure("P2", f"{what}, p50", milliseconds(half), at_most(half, 0.010, "10 ms"))
    yield Figure("P2", f"{what}, p95", milliseconds(most), at_most(most, 0.060, "60 ms"))


def measure_agent(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of P10: the same agent into a plain file, and watched by a page's socket.

    First with a core of its own, where only waiting for us can make it slower; then on the cores that it shares with
    the board and the reader.
    """
    lines, rounds = (2_000, 1) if quick else (50_000, 5)
    what = f"agent prints {count(lines)} lines at full speed"
    first, *others = sorted(os.sched_getaffinity(0))
    if others and not quick:
        with _only_on(set(others)):
            plain, _, watched = _turns(f"bench: {lines} lines at 0 a second on core {first}", rounds)
        alone, seen = _best(plain), _best(watched)
        yield Figure(
            "P10",
            f"{what} on a core of its own: watched against plain file "
            f"({milliseconds(seen)} against {milliseconds(alone)})",
            times(seen / alone),
            at_most(seen / alone, 1.05, "1 × (0 % slower)"),
        )
        cpu = _best(watched, "cpu") / _best(plain, "cpu")
        yield Figure("P10", "the same: CPU time that the agent itself takes", times(cpu))
    plain, unwatched, watched = _turns(f"bench: {lines} lines at 0 a second", rounds)
    alone, followed, seen = _best(plain), _best(unwatched), _best(watched)
    yield Figure(
        "P10",
        f"{what}, sharing all cores: watched against plain file ({milliseconds(seen)} against {milliseconds(alone)})",
        times(seen / alone),
    )
    yield Figure(
        "P10", f"the same: watched against a run that nobody watches ({milliseconds(followed)})", times(seen / followed)
    )


def _turns(orders: str, rounds: int) -> tuple[list[_Told], list[_Told], list[_Told]]:
    """Let the agent work, in turn: into a plain file, in a run that nobody watches, in a run that is watched."""
    plain, unwatched, watched = list[_Told](), list[_Told](), list[_Told]()
    with board(orders) as (settings, card_id), running(settings, stamping_agent()) as server:
        for _ in range(rounds):
            plain.append(_plain_run(orders))
            ended = server.finished(server.run_card(card_id, agent="claude-code"))
            unwatched.append(_told(str(ended["result"])))
            watched.append(_watched_run(server, card_id)[0])
    return plain, unwatched, watched


def _best(told: list[_Told], what: str = "seconds") -> float:
    """Return the least disturbed time: the machine is shared."""
    return min(one[what] for one in told)


@contextmanager
def _only_on(cores: set[int]) -> Iterator[None]:
    """Keep this thread, and all threads and processes that it starts, on `cores`."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def stamping_agent() -> dict[str, str]:
    """Return the settings that put the bench's agent in the place of Claude Code."""
    return {"RETOMA_CLAUDE_COMMAND": shlex.join([sys.executable, "-I", "-S", str(_AGENT)])}


@contextmanager
def board(orders: str) -> Iterator[tuple[Settings, str]]:
    """Yield a data folder with one card that orders the bench's agent what to print."""
    with data_folder() as settings:
        database = Database(settings.url)
        repository(settings.data / "repository")
        database.write(lambda connection: add_project(connection, settings.data / "repository", "claude-code"))
        card_id = database.write(lambda connection: add_card(connection, orders)).id
        database.close()
        yield settings, card_id


def _watched_run(server: Server, card_id: str) -> tuple[_Told, Watcher]:
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


def _plain_run(orders: str) -> _Told:
    """Let the same agent print into a plain file."""
    prompt = {"uuid": "plain", "message": {"content": orders}}
    with tempfile.NamedTemporaryFile(prefix="retoma-bench-", mode="ab+") as file:
        subprocess.run(
            [sys.executable, "-I", "-S", str(_AGENT)],
            input=json.dumps(prompt).encode() + b"\n",
            stdout=file,
            check=True,
        )
        file.seek(0)
        *_, last = file
    return _told(str(json.loads(last)["result"]))


def _told(result: str) -> _Told:
    told = json.loads(result)
    return {str(name): float(value) for name, value in told.items()}
