"""A database that is made whole or not at all: nobody sees it before everything is in it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, func, make_url, select
from sqlalchemy.exc import DBAPIError

from retoma.core.errors import ConflictError
from retoma.storage.database import migration_engine, sqlite_file, unusable
from retoma.storage.dump import end_load, holds_tables
from retoma.storage.migrate import LOCK, upgrade_within


@contextmanager
def filling(url: str, revision: str, before_commit: Callable[[], None]) -> Iterator[Connection]:
    """Yield an empty database at `revision` to be filled, in one transaction; it is there when the block has ended.

    A SQLite database is made beside its place and moved there. `before_commit` is called when only that is left to do.
    ConflictError where the database holds anything already.
    """
    file = sqlite_file(url)
    draft = None if file is None else draft_of(file)
    if holds_anything(url):
        raise ConflictError("The database is not empty; a backup is restored into an empty one only.")
    if draft is not None:
        remove_sqlite(draft)
        draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        url = make_url(url).set(database=str(draft)).render_as_string(hide_password=False)
    engine = migration_engine(url)
    try:
        with engine.connect() as connection, connection.begin():
            if draft is None:
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            upgrade_within(connection, revision)
            yield connection
            end_load(connection)
            if draft is None:
                before_commit()
    except DBAPIError as error:
        raise unusable(error) from error
    finally:
        engine.dispose()
    if draft is not None and file is not None:
        before_commit()
        draft.rename(file)


def holds_anything(url: str) -> bool:
    """Whether there is anything in the database; a SQLite database that is there counts, whatever it holds."""
    file = sqlite_file(url)
    if file is not None:
        return file.exists()
    engine = migration_engine(url)
    try:
        with engine.connect() as connection, connection.begin():
            return holds_tables(connection)
    except DBAPIError as error:
        raise unusable(error) from error
    finally:
        engine.dispose()


def draft_of(file: Path) -> Path:
    """Return where a SQLite database is while it is made."""
    return file.with_name(f"{file.name}.restoring")


def remove_sqlite(file: Path) -> None:
    """Remove a SQLite database with what lies beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database as it stands at one moment, whoever writes into it meanwhile."""
    remove_sqlite(target)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True, timeout=10)) as theirs,
        closing(sqlite3.connect(target)) as ours,
    ):
        theirs.backup(ours)
