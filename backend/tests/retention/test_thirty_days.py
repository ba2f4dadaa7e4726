"""A month in the life of a board: runs come each day, cool, and go; what is left takes what it needs and no more.

`RETOMA_TEST_LONG=1` makes it a large board; PostgreSQL's is small in either case.
"""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from retoma.core.status import Status
from retoma.executions.model import Execution
from retoma.settings import Settings
from retoma.storage.database import Database
from support import factories
from support.past import NOW, Past

_LONG = bool(os.environ.get("RETOMA_TEST_LONG"))
_DAYS = 30
_KEPT_DAYS = 7
_ENDS = [Status.SUCCESS, Status.SUCCESS, Status.SUCCESS, Status.ERROR, Status.CANCELLED, Status.INTERRUPTED]


def _live(past: Past, *, runs_a_day: int, entries: int) -> tuple[list[Execution], list[Execution]]:
    """Let thirty days pass, with a sweep each night; return what must be kept, and what must be gone."""
    chance = random.Random(20260601)
    project = factories.create_project(past.database)
    cards = [factories.create_card(past.database, project) for _ in range(12)]
    past.pin(cards[0])
    made: list[tuple[Execution, float, bool]] = []
    for day in range(_DAYS):
        for _ in range(runs_a_day):
            index = chance.randrange(len(cards))
            age = _DAYS - 1 - day + chance.random() / 2 + 0.1
            count = int(chance.expovariate(1 / entries)) + 1
            run = past.run(cards[index], days=age, entries=count, status=chance.choice(_ENDS))
            made.append((run, age, index == 0))
        report = past.new_sweeper().sweep(NOW - timedelta(days=_DAYS - 1 - day))
        assert report is None or report.waiting is None
    kept = [run for run, age, pinned in made if pinned or age <= _KEPT_DAYS]
    return kept, [run for run, age, pinned in made if not pinned and age > _KEPT_DAYS]


def test_after_a_month_the_files_are_as_small_as_what_is_kept_needs(migrated_file: Path, tmp_path: Path) -> None:
    shutil.copy(migrated_file, tmp_path / "retoma.db")
    settings = Settings(data=tmp_path, retention_days=_KEPT_DAYS)
    with closing(Database(settings.url)) as database:
        past = Past(database, settings)
        kept, gone = _live(past, runs_a_day=100 if _LONG else 6, entries=400 if _LONG else 150)
        assert all(past.is_whole(run) for run in kept)
        assert all(past.is_removed(run) for run in gone)
        assert len(gone) > len(kept)
        assert len(list(settings.runs.iterdir())) == len(kept)
    needed = tmp_path / "needed.db"
    with closing(sqlite3.connect(tmp_path / "retoma.db")) as connection:
        connection.execute("VACUUM INTO ?", [str(needed)])
    assert sum(file.stat().st_size for file in tmp_path.glob("retoma.db*")) <= 1.2 * needed.stat().st_size


def test_the_same_month_in_any_database_leaves_just_what_is_kept(past: Past) -> None:
    past.settings = past.settings.model_copy(update={"retention_days": _KEPT_DAYS, "seal_after": 3600.0})
    kept, gone = _live(past, runs_a_day=3, entries=20)
    assert all(past.is_whole(run) for run in kept)
    assert all(past.is_removed(run) for run in gone)
    if not past.settings.uses_sqlite:
        with past.database.read() as connection:
            left = connection.exec_driver_sql(
                "SELECT count(*) FROM (SELECT execution_id FROM execution_logs UNION SELECT execution_id "
                "FROM execution_log_chunks) AS logs"
            ).scalar_one()
        assert left == len(kept)
