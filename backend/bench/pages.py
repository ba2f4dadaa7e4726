"""P3 and P4: a log of 1,000,000 entries against one of 1,000, over HTTP."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench import naive
from bench.report import Figure, at_most, count, median, milliseconds, times
from bench.server import Server, running
from bench.store import TEXT_BYTES, add_card, add_entries, add_execution, add_project, data_folder
from retoma.core.status import Status
from retoma.projects import store as projects
from retoma.settings import Settings
from retoma.storage.database import Database

_PAGE = 500
_SMALL = 1_000
_SEED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    card_id: str
    execution: str
    entries: int


def measure(*, quick: bool, which: frozenset[str]) -> Iterator[Figure]:
    """Yield the figures of P3, P4 or both: they share the log, which takes a while to write."""
    large = 20_000 if quick else 1_000_000
    rounds = 5 if quick else 60
    with data_folder() as settings:
        logs = [_write_log(settings, entries) for entries in (_SMALL, large)]
        with running(settings) as server:
            if "p3" in which:
                yield from _tail(server, logs, rounds)
            if "p4" in which:
                yield from _pages(server, logs, rounds * 2)
    if "p3" in which:
        yield _naive_poll(1_000 if quick else 20_000)


def _tail(server: Server, logs: list[_Log], rounds: int) -> Iterator[Figure]:
    small, large = _compare(lambda log: server.get(f"/api/executions/{log.execution}/logs?tail={_PAGE}"), logs, rounds)
    size = f"{count(logs[1].entries)} entries against {count(logs[0].entries)}"
    yield Figure("P3", f"tail of {_PAGE}, {size}", times(large / small), at_most(large / small, 1.2, "1.2 ×"))
    yield Figure("P3", f"the same, {count(logs[1].entries)} entries", milliseconds(large), at_most(large, 1.0, "1 s"))
    firsts = [median([server.first_byte(f"/api/logs/{log.card_id}") for _ in range(5)]) for log in logs]
    yield Figure("P3", f"first byte of the whole log, {size}", times(firsts[1] / firsts[0]))


def _pages(server: Server, logs: list[_Log], rounds: int) -> Iterator[Figure]:
    places = random.Random(_SEED)

    def read(log: _Log) -> bytes:
        after = places.randrange(log.entries - _PAGE + 1)
        return server.get(f"/api/executions/{log.execution}/logs?after={after}&limit={_PAGE}")

    small, large = _compare(read, logs, rounds)
    what = f"page of {_PAGE} anywhere, {count(logs[1].entries)} entries against {count(logs[0].entries)}"
    yield Figure("P4", f"{what} ({milliseconds(large)})", times(large / small), at_most(large / small, 1.5, "1.5 ×"))


def _compare(read: Callable[[_Log], bytes], logs: list[_Log], rounds: int) -> tuple[float, float]:
    """Return the median time of `read` on the small and on the large log, taken in turn."""
    took: tuple[list[float], list[float]] = ([], [])
    for log in logs:
        read(log)
    for _ in range(rounds):
        for log, times_taken in zip(logs, took, strict=True):
            began = time.perf_counter()
            read(log)
            times_taken.append(time.perf_counter() - began)
    return median(took[0]), median(took[1])


def _naive_poll(entries: int) -> Figure:
    """Return what each poll of the naive design takes: all logs, as JSON."""
    with tempfile.TemporaryDirectory(prefix="retoma-bench-") as folder:
        sessions = naive.open_sessions(Path(folder) / "naive.db")
        naive.add_rows(sessions, "card", [f"line {n:06d} ".ljust(TEXT_BYTES, "x") for n in range(entries)])
        began = time.perf_counter()
        orjson.dumps(naive.get_logs(sessions, "card"))
        took = time.perf_counter() - began
    return Figure("P3", f"naive design: each poll of {count(entries)} lines, without HTTP", milliseconds(took))


def _write_log(settings: Settings, entries: int) -> _Log:
    database = Database(settings.url)
    try:
        with database.read() as connection:
            is_first = not projects.list_projects(connection)
        if is_first:
            database.write(lambda connection: add_project(connection, settings.data))
        card_id = database.write(add_card).id
        key, public_id = database.write(
            lambda connection: add_execution(connection, card_id, status=Status.SUCCESS, head=entries)
        )
        add_entries(database, key, entries)
    finally:
        database.close()
    return _Log(card_id=card_id, execution=public_id, entries=entries)
