"""100,000 runs on 2,000 cards: a page of the history, and the statistics, as with a few of them."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, event

from retoma.core.status import Command, Status
from retoma.executions import store
from retoma.executions.model import Selection
from retoma.executions.statistics import Grouping
from retoma.executions.statistics_store import read_statistics
from retoma.storage.database import Database
from retoma.web.history import list_history
from support import many_runs

FEW, MANY = 20_000, 100_000
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)
ERRORS = frozenset({Status.ERROR, Status.INTERRUPTED})

# What the page of history asks for, and the worst that can be asked by one filter: what is rare, and long ago.
SELECTIONS: Mapping[str, Selection] = {
    "all": Selection(),
    "one status": Selection(statuses=frozenset({Status.ERROR})),
    "two statuses": Selection(statuses=ERRORS),
    "a status that none has": Selection(statuses=frozenset({Status.WAITING})),
    "a command": Selection(command=Command.TEST),
    "an agent": Selection(agent="claude-code"),
    "an agent of long ago": Selection(agent="rare"),
    "an agent that none has": Selection(agent="nobody"),
    "a card": Selection(card_id="card-9"),
    "a project": Selection(project_id="project-3"),
    "a project with one run": Selection(project_id="project-rare"),
    "a day of long ago": Selection(start=FIRST_DAY, end=FIRST_DAY + timedelta(days=1)),
    "before a day": Selection(end=FIRST_DAY + timedelta(days=4)),
}
# One in 300: what one of the filters' indexes names is looked through until the page is full.
MUCH_TOGETHER = Selection(
    statuses=ERRORS, command=Command.TEST, agent="rehearsal", project_id="project-3", start=FIRST_DAY
)


@contextmanager
def counted() -> Iterator[list[tuple[str, object]]]:
    """Yield the statements that any connection runs, with their parameters."""
    seen: list[tuple[str, object]] = []

    def note(*arguments: object) -> None:
        seen.append((str(arguments[2]), arguments[3]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def seconds(read: Callable[[], object], times: int = 3) -> float:
    """Return what the quickest of several readings took."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        read()
        taken.append(time.perf_counter() - began)
    return min(taken)


def effort(database: Database, read: Callable[[], object]) -> int:
    """Return what the database does for a reading, whatever else the machine does: steps of SQLite, or pages read."""
    with counted() as seen:
        read()
    with database.read() as connection:
        queries = [query for query in seen if query[0].lstrip().startswith(("SELECT", "WITH"))]
        assert queries
        count = steps_of if connection.dialect.name == "sqlite" else blocks_of
        return sum(count(connection, statement, parameters) for statement, parameters in queries)


def steps_of(connection: Connection, statement: str, parameters: object) -> int:
    """Return how many steps SQLite's machine does for a query, in tens."""
    ticks = count()
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.set_progress_handler(lambda: next(ticks) < 0, 10)
    connection.exec_driver_sql(statement, parameters).all()  # type: ignore[arg-type]
    driver.set_progress_handler(None, 0)
    return next(ticks) + 1


def blocks_of(connection: Connection, statement: str, parameters: object) -> int:
    """Return how many blocks PostgreSQL looks at for a query."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
    plan = connection.exec_driver_sql(explain, parameters).scalar_one()[0]["Plan"]  # type: ignore[arg-type]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def page(database: Database, selection: Selection, cursor: str | None = None) -> tuple[list[str], str | None]:
    found = list_history(database, selection, cursor=cursor, limit=50)
    return [item["id"] for item in found["items"]], found["nextCursor"]


def figures(database: Database, by: Grouping | None) -> object:
    with database.read() as connection:
        return read_statistics(connection, Selection(), by, None)


@pytest.mark.timeout(120)
def test_pages_and_statistics_take_as_many_statements_and_a_page_as_much_work_with_100_000_runs_as_with_a_few(
    database: Database,
) -> None:
    many_runs.make_board(database)
    many_runs.add_runs(database, 1, 10)
    statements = statements_of(database)
    many_runs.add_runs(database, 11, FEW)
    few = {name: effort(database, partial(page, database, chosen)) for name, chosen in SELECTIONS.items()}
    many_runs.add_runs(database, FEW + 1, MANY)
    many = {name: effort(database, partial(page, database, chosen)) for name, chosen in SELECTIONS.items()}

    assert statements_of(database) == statements
    # What reads every run does five times the work. (A card has less than a page in the small history, and each
    # of the 50 of a page may lie in a block of its own.)
    bound = {name: 2 * max(few[name], few["all"]) + 50 for name in few}
    more = {name: (many[name], bound[name]) for name in few if many[name] > bound[name]}
    assert more == {}
    deep = page_before_the_last(database)
    assert effort(database, lambda: page(database, Selection(), deep)) < bound["all"]

    # The naive way reads every run.
    with database.read() as connection:
        naive = 10 * seconds(lambda: store.list_executions(connection, {}, limit=MANY // 10), times=2)
    assert seconds(lambda: page(database, MUCH_TOGETHER)) < naive / 20
    for by in (None, Grouping.DAY):
        assert seconds(partial(figures, database, by), times=3) < naive / 2, by


def statements_of(database: Database) -> Mapping[str, int]:
    """Return how many statements each page, and each kind of statistics, takes."""
    found = {}
    for name, selection in SELECTIONS.items():
        with counted() as seen:
            page(database, selection)
        found[name] = len(seen)
    for by in (None, *Grouping):
        with counted() as seen, database.read() as connection:
            read_statistics(connection, Selection(), by, ZoneInfo("America/Sao_Paulo"))
        found[f"by {by}"] = len(seen)
    return found


def page_before_the_last(database: Database) -> str | None:
    """Return the cursor of the end of the history."""
    _, cursor = page(database, Selection(end=FIRST_DAY + timedelta(minutes=10 * 101)))
    assert cursor is not None
    return cursor
