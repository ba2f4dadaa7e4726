"""The database's file shrinks on the disk when logs are removed, and live commits do not wait for it."""

import shutil
import sqlite3
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.storage.space import can_shrink, give_back
from support import factories
from support.past import NEVER, NOW, Past


@pytest.fixture
def past(migrated_file: Path, tmp_path: Path) -> Iterator[Past]:
    """Give a board on SQLite."""
    shutil.copy(migrated_file, tmp_path / "retoma.db")
    settings = Settings(data=tmp_path, seal_after=NEVER)
    with closing(Database(settings.url)) as database:
        yield Past(database, settings)


def _size(past: Past) -> int:
    return sum(file.stat().st_size for file in past.settings.data.glob("retoma.db*"))


def test_the_file_is_as_small_as_what_is_kept_needs(past: Past, tmp_path: Path) -> None:
    for _ in range(8):
        past.run(factories.create_card(past.database), days=40, entries=4000)
    past.recent(9)
    before = past.settings.data.joinpath("retoma.db").stat().st_size
    report = past.sweeper.sweep(NOW)
    assert report is not None
    after = past.settings.data.joinpath("retoma.db").stat().st_size
    assert report.freed_bytes >= before - after > before / 2
    with closing(sqlite3.connect(past.settings.data / "retoma.db")) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        connection.execute("VACUUM INTO ?", [str(tmp_path / "vacuumed.db")])
    assert after <= 1.2 * (tmp_path / "vacuumed.db").stat().st_size


def test_space_is_given_back_in_steps_of_a_mebibyte_at_most(past: Past) -> None:
    past.run(factories.create_card(past.database), days=40, entries=20_000)
    past.database.write(lambda connection: connection.exec_driver_sql("DELETE FROM execution_logs").rowcount)
    steps = list(give_back(past.database, past.settings.url))
    assert len(steps) > 1
    assert max(steps) <= 1024 * 1024
    assert list(give_back(past.database, past.settings.url)) == []


def test_a_database_whose_file_can_not_shrink_is_told_by_its_look_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE filling (words TEXT)")
        connection.executemany("INSERT INTO filling VALUES (?)", [("x" * 1000,)] * 2000)
    url = f"sqlite:///{file}"
    assert not can_shrink(url)
    with closing(Database(url)) as database:
        database.write(lambda connection: connection.exec_driver_sql("DELETE FROM filling").rowcount)
        assert list(give_back(database, url)) == []


def test_live_commits_hardly_wait_for_a_sweep(past: Past) -> None:
    """Half of them take no longer than a few times what they take at rest, while 60,000 entries are removed."""
    for _ in range(15):
        past.run(factories.create_card(past.database), days=40, entries=4000)
    past.recent(16)
    live, fence = factories.run(past.database, factories.create_card(past.database).id)
    head = 0

    def commit() -> float:
        nonlocal head
        began = time.perf_counter()
        factories.append(past.database, live, fence, factories.make_entries(head + 1, 5))
        head += 5
        return time.perf_counter() - began

    at_rest = [commit() for _ in range(50)]
    sweeping = threading.Thread(target=past.sweeper.sweep, args=[NOW])
    sweeping.start()
    beside = []
    while sweeping.is_alive():
        beside.append(commit())
    sweeping.join()
    assert len(beside) > 20, "they went on"
    assert statistics.median(beside) < 20 * statistics.median(at_rest)
