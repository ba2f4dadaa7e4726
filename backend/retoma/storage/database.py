"""Connections: snapshots for readers, the one writer for everything that changes."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from retoma.core.errors import UnavailableError
from retoma.storage.writer import Writer

T = TypeVar("T")

_READERS = 16


class Database:
    """One database, open. Reads come from a pool and see one snapshot each; writes go through the one writer."""

    def __init__(self, url: str) -> None:
        self._read_engine = _sqlite_engine(url, writes=False) if is_sqlite(url) else _postgres_engine(url, writes=False)
        self._write_engine = _sqlite_engine(url, writes=True) if is_sqlite(url) else _postgres_engine(url, writes=True)
        self._writer = Writer(self._write_engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection on which all statements see one and the same snapshot. It can't write."""
        with self._read_engine.connect() as connection, connection.begin():
            yield connection

    def write(self, write: Callable[[Connection], T]) -> T:
        """Run `write` in a transaction and return its value once it is committed; raises what it raised."""
        return self._writer.submit(write).result()

    def submit(self, write: Callable[[Connection], T], *, entries: int = 1) -> "Future[T]":
        """As `write`, without waiting: the future resolves, in the writer's thread, after the commit.

        `entries` is how many rows it is about to write; it bounds how much is committed in one group.
        """
        return self._writer.submit(write, entries=entries)

    def close(self) -> None:
        """Finish the writes that were handed in, then close all connections."""
        self._writer.close()
        self._read_engine.dispose()
        self._write_engine.dispose()


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """Yield one snapshot of a database on a connection of its own, which can write nothing, not even a checkpoint.

    A server may have the database open, or none. UnavailableError where there is none to read.
    """
    engine = _sqlite_reader(url) if is_sqlite(url) else _postgres_engine(url, writes=False)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise unusable(error) from error
    finally:
        engine.dispose()


def unusable(error: DBAPIError) -> UnavailableError:
    """Return the error for people of a database that can't be used."""
    # (psycopg's reasons come in lines, and end with a full stop or a question mark of their own)
    reason = " ".join(str(error.orig).split()).rstrip(".?")
    return UnavailableError(f"The database can't be used: {reason}.")


def is_sqlite(url: str) -> bool:
    """Whether `url` names a SQLite database."""
    return url.startswith("sqlite:")


def _sqlite_engine(url: str, *, writes: bool) -> Engine:
    pool = {"poolclass": NullPool} if writes else {"pool_size": _READERS, "max_overflow": 0}
    engine = create_engine(url, connect_args={"isolation_level": None, "check_same_thread": False}, **pool)

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("PRAGMA foreign_keys=ON")
        if writes:
            # Takes effect only before the first table is there: sweeps can then give space back (step by step).
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            connection.execute("PRAGMA journal_mode=WAL")
            # A power cut with NORMAL lost every acknowledged commit since the last checkpoint.
            connection.execute("PRAGMA synchronous=FULL")
        else:
            # Two connections that both checkpoint can corrupt the file (SQLite < 3.51.3): readers never do.
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA wal_autocheckpoint=0")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Python's sqlite3 opens no transaction for a SELECT by itself; without one there is no snapshot.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _sqlite_reader(url: str) -> Engine:
    def connect() -> sqlite3.Connection:
        file = quote(make_url(url).database or "")
        return sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None, timeout=10)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    # As above: without a transaction there is no snapshot.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _postgres_engine(url: str, *, writes: bool) -> Engine:
    if writes:
        return create_engine(url, poolclass=NullPool)
    return create_engine(
        url,
        pool_size=_READERS,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )


def migration_engine(url: str) -> Engine:
    """Return an engine for migrations: nothing else may have the database open for writing."""
    return _sqlite_engine(url, writes=True) if is_sqlite(url) else _postgres_engine(url, writes=True)
