"""P3, P4 and P6: a log of 1,000,000 entries against one of 1,000, over HTTP, as rows and sealed; and its size."""

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import orjson

from bench import naive
from bench.report import Figure, at_most, count, median, milliseconds, times
from bench.server import Server, running
from bench.store import TEXT_BYTES, add_card, add_entries, add_execution, add_project, data_folder
from retoma.core.status import Status
from retoma.logs.service import seal_next
from retoma.settings import Settings
from retoma.storage.database import Database, sqlite_file

_PAGE = 500
_SMALL = 1_000
_SETTLING_SECONDS = 5.0
_SEED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    card_id: str
    execution: str
    key: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Logs:
    """One large log, and small ones: the server keeps a small one in memory as soon as it has read it."""

    small: Sequence[_Log]
    large: _Log


def measure(*, quick: bool, which: frozenset[str]) -> Iterator[Figure]:
    """Yield the figures of P3, P4 and P6, or some of them: they share the logs, which take a while to write."""
    large = 20_000 if quick else 1_000_000
    rounds = 10 if quick else 120
    with data_folder() as settings:
        with closing(Database(settings.url)) as database:
            database.write(lambda connection: add_project(connection, settings.data))
            hot = _Logs(small=_write_small(database, rounds), large=_write_log(database, large))
            cold = None
            if which & {"p4", "p6"}:
                cold, figures = _seal_logs(database, settings, hot)
                yield from figures
        with running(settings) as server:
            time.sleep(0.2 if quick else _SETTLING_SECONDS)  # it goes on starting after it has said that it is ready
            if "p4" in which and cold is not None:
                yield from _pages(server, hot, cold)
            if "p3" in which:
                yield from _tail(server, hot, rounds // 2)
    if "p3" in which:
        yield _naive_poll(1_000 if quick else 20_000)


def _write_small(database: Database, rounds: int) -> Sequence[_Log]:
    """Write one for each round and one to begin with."""
    return [_write_log(database, _SMALL) for _ in range(rounds + 1)]


def _seal_logs(database: Database, settings: Settings, hot: _Logs) -> tuple[_Logs, list[Figure]]:
    """Write the same logs again and seal them; return them, and what the large one takes."""
    small, entries = [_write_log(database, log.entries) for log in hot.small], hot.large.entries
    for log in small:
        _seal(database, log)
    before = _used(settings)
    large = _write_log(database, entries)
    as_rows = (_used(settings) - before) / entries
    began = time.perf_counter()
    _seal(database, large)
    took = time.perf_counter() - began
    sealed = (_used(settings) - before) / entries
    figures = [
        Figure(
            "P6",
            f"an entry of {TEXT_BYTES} bytes of source text, sealed (as a row: {as_rows:.0f} bytes)",
            f"{sealed:.1f} bytes",
            at_most(sealed, 60, "60 bytes"),
        ),
        Figure("P6", f"sealing {count(entries)} entries, entries/s", count(entries / took)),
    ]
    return _Logs(small=small, large=large), figures


def _seal(database: Database, log: _Log) -> None:
    while seal_next(database, log.key):
        pass


def _used(settings: Settings) -> int:
    """Return the bytes of the database's pages that hold anything, with all that belongs to them."""
    file = sqlite_file(settings.url)
    assert file is not None
    with closing(sqlite3.connect(file)) as connection:
        pages, free, size = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def _tail(server: Server, hot: _Logs, rounds: int) -> Iterator[Figure]:
    logs = (hot.small[0], hot.large)
    small, large = _compare(
        lambda log: server.get(f"/api/executions/{log.execution}/logs?tail={_PAGE}"),
        repeat(logs[0]),
        repeat(logs[1]),
        rounds,
    )
    size = f"{count(logs[1].entries)} entries against {count(logs[0].entries)}"
    yield Figure("P3", f"tail of {_PAGE}, {size}", times(large / small), at_most(large / small, 1.2, "1.2 ×"))
    yield Figure("P3", f"the same, {count(logs[1].entries)} entries", milliseconds(large), at_most(large, 1.0, "1 s"))
    firsts = [median([server.first_byte(f"/api/logs/{log.card_id}") for _ in range(5)]) for log in logs]
    yield Figure("P3", f"first byte of the whole log, {size}", times(firsts[1] / firsts[0]))


def _pages(server: Server, hot: _Logs, cold: _Logs) -> Iterator[Figure]:
    places = random.Random(_SEED)

    def read(log: _Log) -> bytes:
        after = places.randrange(log.entries - _PAGE + 1)
        return server.get(f"/api/executions/{log.execution}/logs?after={after}&limit={_PAGE}")

    size, rounds = f"{count(hot.large.entries)} entries", len(hot.small) - 1
    # Each small log is read once: all that is read is read from the database.
    for words, ones, large, of_what in (
        ("", hot.small, hot.large, f"logs of {count(_SMALL)}"),
        (", sealed", cold.small, cold.large, f"sealed logs of {count(_SMALL)}"),
        (", sealed", repeat(hot.large), cold.large, "as many that are rows"),
    ):
        one, other = _compare(read, ones, repeat(large), rounds)
        what = f"page of {_PAGE} anywhere, {size}{words} ({milliseconds(other)}), against {of_what}"
        yield Figure("P4", f"{what} ({milliseconds(one)})", times(other / one), at_most(other / one, 1.5, "1.5 ×"))


def _compare(
    read: Callable[[_Log], bytes], ones: Iterable[_Log], others: Iterable[_Log], rounds: int
) -> tuple[float, float]:
    """Return the median times of `read` on the one and on the other logs, in turn; the first of each is left out."""
    took: tuple[list[float], list[float]] = ([], [])
    for pair, _ in zip(zip(ones, others, strict=False), range(rounds + 1), strict=False):
        for log, times_taken in zip(pair, took, strict=True):
            began = time.perf_counter()
            read(log)
            times_taken.append(time.perf_counter() - began)
    return median(took[0][1:]), median(took[1][1:])


def _naive_poll(entries: int) -> Figure:
    """Return what each poll of the naive design takes: all logs, as JSON."""
    with tempfile.TemporaryDirectory(prefix="retoma-bench-") as folder:
        sessions = naive.open_sessions(Path(folder) / "naive.db")
        naive.add_rows(sessions, "card", [f"line {n:06d} ".ljust(TEXT_BYTES, "x") for n in range(entries)])
        began = time.perf_counter()
        orjson.dumps(naive.get_logs(sessions, "card"))
        took = time.perf_counter() - began
    return Figure("P3", f"naive design: each poll of {count(entries)} lines, without HTTP", milliseconds(took))


def _write_log(database: Database, entries: int) -> _Log:
    card_id = database.write(add_card).id
    key, public_id = database.write(
        lambda connection: add_execution(connection, card_id, status=Status.SUCCESS, head=entries)
    )
    add_entries(database, key, entries)
    return _Log(card_id=card_id, execution=public_id, key=key, entries=entries)
