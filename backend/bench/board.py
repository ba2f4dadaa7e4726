"""P5: the board with 2,000 cards, 100 of them at work."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
from sqlalchemy import Connection, Engine, event

from bench.report import Figure, at_most, median, milliseconds, times
from bench.server import running
from bench.store import add_card, add_execution, add_project, data_folder
from retoma.core.status import Status
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.web.boards import read_board

_CARDS = 2_000  # every fourth has had a run, every twentieth has one that goes on
_ROUNDS = 40

_BARE = """
SELECT c.id, c.project_id, c.number, c.title, c.description, c."column", c.position, c.labels, c.pinned, c.agent,
       c.plan, c.branch, c.created_at, c.updated_at, e.public_id, e.status, e.command, e.agent, e.started_at,
       e.completed_at, e.duration, e.head_sequence, e.last_line, e.input_tokens, e.output_tokens, e.cache_read_tokens,
       e.cache_write_tokens, e.cost_usd
FROM cards c LEFT JOIN executions e ON e.card_id = c.id AND e.is_active ORDER BY c.position, c.number
"""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of P5. The bare SELECT has one advantage more: it needs no HTTP."""
    cards, rounds = (200, 5) if quick else (_CARDS, _ROUNDS)
    few, many = _statements(cards // 10), _statements(cards)
    with data_folder() as settings:
        _fill(settings, cards)
        ours: list[float] = []
        bare: list[float] = []
        with running(settings) as server:
            for _ in range(rounds):
                ours.append(_timed(lambda: server.get("/api/cards")))
                bare.append(_timed(lambda: _bare(settings.data / "retoma.db")))
    ratio = median(ours) / median(bare)
    what = f"GET /api/cards, {cards:,} cards, {cards // 20} running"
    yield Figure(
        "P5", f"{what}: SQL statements ({few} for a tenth of the cards)", str(many), at_most(many, few, f"{few}")
    )
    times_taken = f"{milliseconds(median(ours))} against {milliseconds(median(bare))}"
    yield Figure(
        "P5", f"{what}: against a bare SELECT and its JSON ({times_taken})", times(ratio), at_most(ratio, 3, "3 ×")
    )


def _statements(cards: int) -> int:
    """Return how many SELECTs the board takes."""
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with data_folder() as settings:
        _fill(settings, cards)
        database = Database(settings.url)
        event.listen(Engine, "before_cursor_execute", note)
        try:
            read_board(database, None)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
            database.close()
    return sum(statement.lstrip().startswith("SELECT") for statement in seen)


def _fill(settings: Settings, cards: int) -> None:
    def write(connection: Connection) -> None:
        add_project(connection, settings.data)
        for number in range(cards):
            card = add_card(connection, "What is to be done, in a sentence or two, as people write it. " * 3)
            if number % 4 == 0:
                status = Status.RUNNING if number % 20 == 0 else Status.SUCCESS
                add_execution(connection, card.id, status=status, head=1_000)

    database = Database(settings.url)
    try:
        database.write(write)
    finally:
        database.close()


def _bare(file: Path) -> bytes:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        found = connection.execute(_BARE)
        names = [column[0] for column in found.description]
        return orjson.dumps([dict(zip(names, row, strict=True)) for row in found])
    finally:
        connection.close()


def _timed(read: Callable[[], bytes]) -> float:
    began = time.perf_counter()
    read()
    return time.perf_counter() - began
