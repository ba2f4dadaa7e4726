"""P1: from the journals of 20 runs at once to stored entries, through the worker itself."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from sqlalchemy import text

from bench import naive
from bench.report import Figure, at_least, count, times
from bench.store import TEXT_BYTES, add_card, add_execution, add_project, data_folder, journal
from retoma.live.feed import Feed
from retoma.retention.sweep import Sweeper
from retoma.search.indexer import Indexer
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.worker.rundir import boot_id
from retoma.worker.worker import Worker

_RUNS = 20
_ROUNDS = 5
_WORKER = "bench"
_PRESENT = 20_000  # rows that are there already, where the naive design's count(*) is measured

# The table of our own schema, as the one raw transaction fills it.
_INSERT = "INSERT INTO execution_logs VALUES (?, ?, ?, ?, ?, ?, ?)"


def measure(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of P1. Each rate is the best of some rounds taken in turn: the machine is shared."""
    lines, naive_lines, present = (200, 2, 200) if quick else (5_000, 20, _PRESENT)
    ours, raws, naives = [], [], []
    for _ in range(1 if quick else _ROUNDS):
        ours.append(ingest_rate(_RUNS, lines))
        raws.append(raw_rate(_RUNS, lines))
        naives.append(naive_rate(_RUNS, naive_lines))
    naive_later = naive_rate(_RUNS, naive_lines, present=present)
    rate, raw, naive_alone = max(ours), max(raws), max(naives)
    yield Figure("P1", f"journal → stored, {_RUNS} runs at once, entries/s", count(rate))
    yield _ratio(f"against the naive design ({count(naive_alone)} lines/s)", rate / naive_alone, 100)
    yield _ratio(
        f"against the naive design with {count(present)} rows there ({count(naive_later)} lines/s)",
        rate / naive_later,
        100,
    )
    yield _ratio(f"against one raw executemany transaction ({count(raw)} rows/s)", rate / raw, 0.25)


def _ratio(what: str, ratio: float, bar: float) -> Figure:
    return Figure("P1", what, times(ratio), at_least(ratio, bar, f"{bar:g} ×"))


def naive_rate(runs: int, lines: int, *, present: int = 0) -> float:
    """Return lines/s of the naive design with `runs` runs in turn, `present` rows being there already."""
    with TemporaryDirectory(prefix="retoma-bench-") as folder:
        sessions = naive.open_sessions(Path(folder) / "naive.db")
        if present:
            naive.add_rows(sessions, "earlier", _contents(present))
        contents = _contents(lines)

        async def agent(handler: naive.Handler) -> str:
            for content in contents:
                await handler({"type": "info", "content": content})
                await asyncio.sleep(0)
            return "done"

        async def run_all() -> None:
            await asyncio.gather(
                *(
                    naive.execute_command_with_persistence(sessions, f"card {number}", "/implement", agent)
                    for number in range(runs)
                )
            )

        began = time.perf_counter()
        asyncio.run(run_all())
        return runs * lines / (time.perf_counter() - began)


def raw_rate(runs: int, lines: int) -> float:
    """Return rows/s of one `executemany` of the same rows into the same table, in one transaction."""
    with data_folder() as settings:
        database = Database(settings.url)
        try:
            database.write(lambda connection: add_project(connection, settings.data))
            cards = [database.write(add_card).id for _ in range(runs)]
            keys = [database.write(partial(add_execution, card_id=card_id))[0] for card_id in cards]
        finally:
            database.close()
        moment, contents = "2026-11-22 12:00:00.000000", _contents(lines)
        rows = [
            (key, sequence, moment, "info", "message", content, None)
            for key in keys
            for sequence, content in enumerate(contents, start=1)
        ]
        raw = sqlite3.connect(settings.data / "retoma.db", isolation_level=None)
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            raw.execute(f"PRAGMA {pragma}")
        began = time.perf_counter()
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(_INSERT, rows)
        raw.execute("COMMIT")
        took = time.perf_counter() - began
        raw.close()
        return len(rows) / took


def _contents(lines: int) -> list[str]:
    return [f"line {number:06d} ".ljust(TEXT_BYTES, "x") for number in range(1, lines + 1)]


class QuietEngine:
    """An engine with nothing to hand out: the executions of this measure have begun already."""

    def enqueue(self, public_id: str) -> None:
        """Nothing to queue."""

    def ended(self, public_id: str) -> None:
        """Nobody waits."""

    def pending(self) -> Sequence[str]:
        """Nothing is pending."""
        return []

    def close(self) -> None:
        """Nothing to close."""


def ingest_rate(runs: int, lines: int, *, indexed: bool = False) -> float:
    """Return entries/s from the moment when the journals are there until the last entry is committed.

    The journals are written beforehand and moved into place at once; the worker follows the runs already. `indexed`:
    the search index is filled meanwhile, as in `retoma up`.
    """
    with data_folder() as settings, stand_in() as recorder:
        database = Database(settings.url)
        feed = Feed(database)
        sweeper = Sweeper(database, feed, settings, name=_WORKER, living=frozenset)
        worker = Worker(database, feed, settings, name=_WORKER, sweeper=sweeper)
        try:
            folders = _begin_runs(settings, database, recorder, runs)
            written = journal(lines)
            for folder in folders:
                (folder / "ready").write_bytes(written)
            worker.start(QuietEngine())
            with closing(Indexer(database)) if indexed else nullcontext():
                return runs * lines / _seconds_until_stored(database, folders, runs * lines)
        finally:
            worker.stop()
            database.close()


@contextmanager
def stand_in() -> Iterator[int]:
    """Yield the pid of a process that stands for the recorder of each run: it does nothing but be alive."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def _begin_runs(settings: Settings, database: Database, recorder: int, runs: int) -> list[Path]:
    database.write(lambda connection: add_project(connection, settings.data))
    stat = Path(f"/proc/{recorder}/stat").read_text("ascii").rpartition(")")[2].split()
    who = {"pid": recorder, "startTime": int(stat[19])}
    run_file = orjson.dumps({"recorder": who, "agent": who, "bootId": boot_id()})
    folders = []
    for _ in range(runs):
        _, public_id = database.write(partial(add_execution, card_id=database.write(add_card).id, owner=_WORKER))
        folder = settings.runs / public_id
        folder.mkdir(parents=True)
        (folder / "run.json").write_bytes(run_file)
        folders.append(folder)
    return folders


def _seconds_until_stored(database: Database, folders: Sequence[Path], entries: int) -> float:
    began = time.perf_counter()
    for folder in folders:
        (folder / "ready").rename(folder / "out.jsonl")
    while True:
        with database.read() as connection:
            stored = connection.execute(text("SELECT sum(head_sequence) FROM executions")).scalar_one()
        if stored == entries + len(folders):  # in each, the worker's own word that it is there
            return time.perf_counter() - began
        time.sleep(0.02)
