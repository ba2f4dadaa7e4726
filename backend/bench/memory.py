"""P7: what the processes take, at rest and after a large run."""

import time
from collections.abc import Iterator
from functools import partial

import psutil

from bench.report import Figure, at_most, count, megabytes
from bench.server import Server, running
from bench.store import add_card, add_project, data_folder, repository
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.worker.rundir import RunDirectory

_LINE_BYTES = 2_000
_TINY_LINES = 1_000_000
_SETTLING_SECONDS = 3.0
_RECORDERS = 5


def measure(*, quick: bool, full: bool) -> Iterator[Figure]:
    """Yield the figures of P7."""
    size = 8 << 20 if quick else (2 << 30 if full else 256 << 20)
    large, tiny = f"lines {size // _LINE_BYTES} size {_LINE_BYTES}", f"lines {_TINY_LINES}"
    with data_folder({"concurrency": _RECORDERS}) as settings:
        waiting, *loud = _cards(settings, ["hang", large, *([tiny] if full else [])])
        with running(settings, {"RETOMA_CONCURRENCY": str(_RECORDERS)}) as server:
            time.sleep(0.2 if quick else _SETTLING_SECONDS)
            idle = server.memory()
            yield Figure("P7", "idle server", megabytes(idle), at_most(idle, 130e6, "130 MB"))
            recorder = _recorder(server, settings, waiting)
            yield Figure("P7", "a recorder", megabytes(recorder), at_most(recorder, 12e6, "12 MB"))
            for card, words in zip(loud, (megabytes(size), f"{count(_TINY_LINES)} short lines"), strict=False):
                yield from _run(server, card, words)


def _run(server: Server, card: str, words: str) -> Iterator[Figure]:
    """Yield how much a run takes of the server's memory, at most and afterwards."""
    before = server.memory()
    began = time.monotonic()
    execution = server.run_card(card, agent="rehearsal")
    highest = _highest(server, execution)
    what = f"a run of {words} ({time.monotonic() - began:.0f} s) adds"
    added, grown = highest - before, server.memory() - before
    yield Figure("P7", f"{what}, at most", megabytes(added), at_most(added, 64e6, "64 MB"))
    yield Figure("P7", f"{what}, afterwards", megabytes(grown), at_most(grown, 64e6, "64 MB"))


def _cards(settings: Settings, scripts: list[str]) -> list[str]:
    database = Database(settings.url)
    repository(settings.data / "repository")
    database.write(lambda connection: add_project(connection, settings.data / "repository"))
    ids = []
    for script in scripts:
        description = f"```rehearsal\n{script}\n```"
        ids.append(database.write(partial(add_card, description=description)).id)
    database.close()
    return ids


def _recorder(server: Server, settings: Settings, card_id: str) -> int:
    """Return the resident memory of the recorder of a run that goes on; the run is cancelled then."""
    execution = server.run_card(card_id, agent="rehearsal")
    identity = RunDirectory(settings.runs / execution).recorder()
    while identity is None:
        time.sleep(0.05)
        identity = RunDirectory(settings.runs / execution).recorder()
    time.sleep(1)
    size = int(psutil.Process(identity.pid).memory_info().rss)
    server.post(f"/api/executions/{execution}/cancel", {})
    server.wait(execution, lambda found: found["status"] == "cancelled")
    return size


def _highest(server: Server, execution: str) -> int:
    """Wait for the end of a run; return the largest resident memory of the server on the way."""
    highest = 0
    while True:
        highest = max(highest, server.memory())
        if server.get_object(f"/api/executions/{execution}")["completedAt"] is not None:
            break
        time.sleep(0.05)
    server.finished(execution)
    return highest
