"""S1: search over 1,000,000 entries, what its index takes, and what it costs the runs beside it."""

import random
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import text

from bench import ingest
from bench.report import Figure, at_least, at_most, count, milliseconds, percentile, times
from bench.server import Server, running
from bench.store import add_card, add_execution, add_project, data_folder
from retoma.core.clock import utc_now
from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.status import Status
from retoma.logs import store as logs
from retoma.search.indexer import catch_up
from retoma.settings import Settings
from retoma.storage.connection import Connection
from retoma.storage.database import Database

_SEED = 4
_GROUP = 20_000
_RARE, _FIRST, _SECOND = "needleworkshop", "haystackowner", "pitchforkmaker"


def measure(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of S1."""
    entries, cards, rounds = (20_000, 4, 3) if quick else (1_000_000, 50, 40)
    with data_folder() as settings:
        executions = _write(settings, entries, cards)
        began = time.process_time()
        size = _index(settings)
        yield Figure(
            "S1",
            f"making the index of {count(entries)} entries, each",
            f"{(time.process_time() - began) / entries * 1e6:.1f} µs",
        )
        yield Figure("S1", "the index takes, for each entry", f"{size / entries:.1f} bytes")
        with running(settings) as server:
            yield from _everything(server, entries, rounds)
            yield from _one_log(server, executions[0], entries // 2)
    yield _beside_runs(quick=quick)


def _everything(server: Server, entries: int, rounds: int) -> Iterator[Figure]:
    queries: Mapping[str, str] = {
        "rare word": f"q={_RARE}",
        "common word": "q=return",
        "absent word": "q=nowhereatall",
        "absent word of four letters": "q=qqqq",
        "two words": f"q={_FIRST}+{_SECOND}",
        "with filters": f"q={_RARE}&projectId=bench&command=/implement&kind=message",
    }
    for name, query in queries.items():
        took = []
        for _ in range(rounds):
            began = time.perf_counter()
            server.get(f"/api/search?{query}")
            took.append(time.perf_counter() - began)
        p95 = percentile(took, 0.95)
        what = f"search of {count(entries)} entries, {name}, p95 (p50 {milliseconds(percentile(took, 0.5))})"
        yield Figure("S1", what, milliseconds(p95), at_most(p95, 0.3, "300 ms"))


def _one_log(server: Server, execution: str, entries: int) -> Iterator[Figure]:
    for name, query in (("rare word", _RARE), ("common word", "return")):
        first = _seconds_to_count(server, execution, query)
        again = _seconds_to_count(server, execution, query)
        what = f"count, n-th match and 200 buckets in a log of {count(entries)} entries, {name}"
        yield Figure("S1", f"{what} (again: {milliseconds(again)})", milliseconds(first))


def _seconds_to_count(server: Server, execution: str, query: str) -> float:
    began = time.perf_counter()
    while True:
        answer = server.get_object(f"/api/executions/{execution}/logs/search?q={query}&limit=20&n=1&buckets=200")
        if answer["searchedTo"] == answer["headSequence"]:
            return time.perf_counter() - began


def _beside_runs(*, quick: bool) -> Figure:
    """Compare P1's rate with and without the index being filled from its logs, in turn; the best of each counts."""
    runs, lines = (4, 1_500) if quick else (20, 20_000)
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(1 if quick else 3):
        rates[0].append(ingest.ingest_rate(runs, lines))
        rates[1].append(ingest.ingest_rate(runs, lines, indexed=True))
    plain, indexed = max(rates[0]), max(rates[1])
    what = f"journal → stored, {runs} runs at once, while it is indexed ({count(indexed)} entries/s) against without"
    return Figure("S1", what, times(indexed / plain), at_least(indexed / plain, 0.85, "0.85 ×"))


def _index(settings: Settings) -> int:
    """Make the index; return its bytes in the database's file."""
    database = Database(settings.url)
    try:
        before = _bytes(database)
        catch_up(database)
        return _bytes(database) - before
    finally:
        database.close()


def _bytes(database: Database) -> int:
    with database.read() as connection:
        pages, free, size = (
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)


def _write(settings: Settings, entries: int, cards: int) -> Sequence[str]:
    """Store a log of half of the entries, and the rest in logs of equal length; return the executions' ids."""
    texts = _texts(entries)
    database = Database(settings.url)
    try:
        database.write(lambda connection: add_project(connection, settings.data))
        return [
            _write_log(database, texts, entries // 2 if number == 0 else entries // 2 // (cards - 1))
            for number in range(cards)
        ]
    finally:
        database.close()


def _write_log(database: Database, texts: Iterator[str], entries: int) -> str:
    def begin(connection: Connection) -> tuple[int, str]:
        return add_execution(connection, add_card(connection).id, status=Status.SUCCESS, head=entries)

    key, public_id = database.write(begin)
    now = utc_now()
    for first in range(1, entries + 1, _GROUP):
        group = [
            LogEntry(sequence, now, EntryType.INFO, EntryKind.MESSAGE, next(texts))
            for sequence in range(first, min(entries, first + _GROUP - 1) + 1)
        ]
        database.write(partial(logs.append, execution_id=key, entries=group))
    return public_id


def _texts(entries: int) -> Iterator[str]:
    """Yield texts of about 200 bytes, as an agent reads them: lines of the library's source, some with a hash."""
    chance = random.Random(_SEED)
    source = _source(chance)
    for number in range(entries):
        content = "\n".join(next(source) for _ in range(chance.randint(1, 8)))
        if number % 5 == 0:
            content += f" {chance.getrandbits(64):016x}"
        # The two are near each other, and in one entry seldom.
        marks = {0: _RARE, 1: _FIRST, 2: _SECOND, 3: f"{_FIRST} {_SECOND}"}
        yield f"{content} {marks.get(number % (entries // 30), '')}"


def _source(chance: random.Random) -> Iterator[str]:
    files = [file for file in Path(sysconfig.get_path("stdlib")).glob("*/*.py") if "test" not in file.parent.name]
    files.sort()
    chance.shuffle(files)
    while True:
        for file in files:
            yield from file.read_text("utf-8", "replace").splitlines()
