"""Connections: snapshots for readers, the one writer for everything that changes."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from retoma.core.errors import StorageError, UnavailableError
from retoma.storage.changes import Observer, observe
from retoma.storage.faults import is_fatal, reason, summary, told
from retoma.storage.soundness import mark_unsound
from retoma.storage.writer import Writer

T = TypeVar("T")

_READERS = 16
INCREMENTAL = 2  # the auto_vacuum that lets a file shrink step by step
_PROBE_SECONDS = 2.0
# A write that changes nothing, but that the disk must take like any other.
PROBE = text("UPDATE alembic_version SET version_num = version_num")
_REVISION = text("SELECT version_num FROM alembic_version")
_NO_SCHEMA = "The database has no tables: they were taken away. Start Retoma again."
# By this name PostgreSQL knows our connections (`retoma db downgrade` asks who is there).
APPLICATION = "retoma"
_NAMED = {"application_name": APPLICATION}
# A process that is stopped in the middle of a write holds what it has locked: PostgreSQL ends that after so long.
_IDLE_SECONDS = 10


class Database:
    """One database, open. Reads come from a pool and see one snapshot each; writes go through the one writer."""

    def __init__(self, url: str) -> None:
        self._read_engine = _sqlite_engine(url, writes=False) if is_sqlite(url) else _postgres_engine(url, writes=False)
        self._write_engine = _sqlite_engine(url, writes=True) if is_sqlite(url) else _postgres_engine(url, writes=True)
        file = sqlite_file(url)
        self.is_shared = not is_sqlite(url)  # other processes may write, too
        self._writer = Writer(self._write_engine, lambda why: None if file is None else mark_unsound(file, why))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection on which all statements see one and the same snapshot. It can't write.

        StorageError where the database does not answer.
        """
        try:
            with self._read_engine.connect() as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            outcome = told(error)
            if outcome is error:
                raise
            raise outcome from error

    def write(self, write: Callable[[Connection], T]) -> T:
        """Run `write` in a transaction and return its value once it is committed; raises what it raised.

        StorageError where the database is at fault: then it may have been committed all the same.
        """
        return self._writer.submit(write).result()

    def submit(self, write: Callable[[Connection], T], *, entries: int = 1) -> "Future[T]":
        """As `write`, without waiting: the future resolves, in the writer's thread, after the commit.

        `entries` is how many rows it is about to write; it bounds how much is committed in one group.
        """
        return self._writer.submit(write, entries=entries)

    def observe_alone(self, observer: Observer) -> bool:
        """Tell `observer` of all that changes executions, before the first write. False: other processes may, too."""
        if self.is_shared:
            return False
        observe(self._write_engine, observer)
        self._writer.on_settled = observer.settled
        return True

    def ailments(self) -> Sequence[str]:
        """Try a write, for at most 2 s; return a sentence for what is wrong, fit for strangers."""
        fault = self._writer.fault
        if fault is not None and is_fatal(fault):
            return [summary(fault)]
        try:
            # At rest an empty one will do, which costs the disk nothing.
            probe = self.submit(_probe, entries=1) if fault is not None else self.submit(_lacks_schema, entries=0)
        except UnavailableError:
            return ["The database is closed."]
        return _outcome(probe)

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
    return UnavailableError(f"The database can't be used: {reason(error)}.")


def is_sqlite(url: str) -> bool:
    """Whether `url` names a SQLite database."""
    return url.startswith("sqlite:")


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite database, None for another one."""
    name = make_url(url).database
    return Path(name) if is_sqlite(url) and name else None


def _probe(connection: Connection) -> bool:
    connection.execute(PROBE)
    return _lacks_schema(connection)


def _outcome(probe: "Future[bool]") -> Sequence[str]:
    try:
        return [_NO_SCHEMA] if probe.result(_PROBE_SECONDS) else []
    except FutureTimeoutError:
        probe.cancel()
        return [f"The database has not taken a write for {_PROBE_SECONDS:.0f} s."]
    except StorageError as error:
        return [summary(error.__cause__ if isinstance(error.__cause__, Exception) else error)]
    except DBAPIError:
        # The statement was refused, not the write: no table is there.
        return [_NO_SCHEMA]


def _lacks_schema(connection: Connection) -> bool:
    return connection.execute(_REVISION).first() is None


def _sqlite_engine(url: str, *, writes: bool) -> Engine:
    pool = {"poolclass": NullPool} if writes else {"pool_size": _READERS, "max_overflow": 0}
    engine = create_engine(url, connect_args={"isolation_level": None, "check_same_thread": False}, **pool)

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("PRAGMA foreign_keys=ON")
        if writes:
            # Takes effect only before the first table is there: sweeps can then give space back (step by step).
            if connection.execute("PRAGMA auto_vacuum").fetchone()[0] != INCREMENTAL:
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
        engine = create_engine(url, connect_args=_NAMED, poolclass=NullPool)

        @event.listens_for(engine, "connect")
        def _limit_idleness(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
            connection.cursor().execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
            connection.commit()

        return engine
    return create_engine(
        url,
        connect_args=_NAMED,
        pool_size=_READERS,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )


def migration_engine(url: str) -> Engine:
    """Return an engine for migrations: nothing else may have the database open for writing."""
    if is_sqlite(url):
        return _sqlite_engine(url, writes=True)
    return create_engine(url, connect_args=_NAMED, poolclass=NullPool)
