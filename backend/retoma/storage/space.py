"""Giving back to the disk what is free inside a SQLite file; on PostgreSQL that is autovacuum's business."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from retoma.storage.database import INCREMENTAL, PROBE, Database, sqlite_file

# One step: 1 MiB, some milliseconds, in which live commits wait.
_STEP_PAGES = 256
_CHECKPOINT_PAGES = 1000  # SQLite's own default


def give_back(database: Database, url: str, goes_on: Callable[[], bool] = lambda: True) -> Iterator[int]:
    """Shrink the file of a SQLite database, step by step, while it `goes_on`; yield the bytes that each step freed.

    Does nothing where the file can't shrink (see `can_shrink`) or is PostgreSQL's.
    """
    if sqlite_file(url) is None:
        return
    freed = 0
    while goes_on() and (step := database.submit(_vacuum, entries=_STEP_PAGES).result()):
        freed += step
        yield step
    if freed:
        # Until a checkpoint the pages are gone in the log only. The writer makes it: no other connection ever may.
        try:
            database.write(_checkpoint_now)
        finally:
            database.write(_checkpoint_as_usual)


def can_shrink(url: str) -> bool:
    """Whether the database's file gets smaller when entries are deleted. Not one made without auto_vacuum."""
    file = sqlite_file(url)
    if file is None or not file.exists():
        return True
    with closing(sqlite3.connect(f"{Path(file).resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return _number(connection, "PRAGMA auto_vacuum") == INCREMENTAL


def _vacuum(connection: Connection) -> int:
    """Free one step's pages; return how many bytes that was."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - only called on SQLite
    free = _number(driver, "PRAGMA freelist_count")
    if not free or _number(driver, "PRAGMA auto_vacuum") != INCREMENTAL:
        return 0
    # Python's sqlite3 steps a statement without columns once only, and this one frees a page with each step.
    for _ in range(min(free, _STEP_PAGES)):
        driver.execute("PRAGMA incremental_vacuum(1)")
    return (free - _number(driver, "PRAGMA freelist_count")) * _number(driver, "PRAGMA page_size")


def _number(driver: sqlite3.Connection, pragma: str) -> int:
    return int(driver.execute(pragma).fetchone()[0])


def _checkpoint_now(connection: Connection) -> None:
    connection.execute(PROBE)  # without a change there is no checkpoint
    connection.exec_driver_sql("PRAGMA wal_autocheckpoint=1")


def _checkpoint_as_usual(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
