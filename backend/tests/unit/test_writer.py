"""The one writer: groups, order, errors that stay with whom they belong to, and ends."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from retoma.core.errors import StorageError, StorageFullError, UnavailableError
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from retoma.storage.writer import Writer

PATIENCE = 30


def insert(connection: Connection, value: int) -> int:
    connection.execute(text("INSERT INTO numbers (value) VALUES (:value)"), {"value": value})
    return value


def stored(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(text("SELECT value FROM numbers ORDER BY place")).scalars())


def create_numbers(connection: Connection) -> None:
    key = "INTEGER PRIMARY KEY" if connection.dialect.name == "sqlite" else "BIGSERIAL PRIMARY KEY"
    connection.execute(text(f"CREATE TABLE numbers (place {key}, value INTEGER UNIQUE)"))


class Gate:
    """A write that holds the writer up until it is opened, so that what is queued meanwhile is one group."""

    def __init__(self, database: Database) -> None:
        self._entered, self._open = threading.Event(), threading.Event()
        self._future = database.submit(self._hold)
        assert self._entered.wait(PATIENCE)

    def _hold(self, _: Connection) -> bool:
        self._entered.set()
        return self._open.wait(PATIENCE)

    def release(self) -> None:
        self._open.set()

    def open(self) -> None:
        self.release()
        assert self._future.result(PATIENCE)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as opened:
        opened.write(create_numbers)
        yield opened


def submit(database: Database, value: int) -> "Future[int]":
    return database.submit(lambda connection: insert(connection, value))


def test_what_is_queued_is_written_in_order_and_is_visible_when_its_future_resolves(database: Database) -> None:
    seen: list[tuple[int, int]] = []
    gate = Gate(database)
    futures = [submit(database, value) for value in range(100)]
    for value, future in enumerate(futures):
        future.add_done_callback(lambda _, value=value: seen.append((value, len(stored(database)))))  # type: ignore[misc]
    gate.open()
    assert [future.result(PATIENCE) for future in futures] == list(range(100))
    database.write(lambda _: None)
    assert stored(database) == list(range(100))
    assert [value for value, _ in seen] == list(range(100))
    assert all(visible > value for value, visible in seen)
    assert seen[0][1] == 100  # one group, so one commit, carried them all


def test_a_refused_write_undoes_itself_and_nobody_else(database: Database) -> None:
    class RefusedError(Exception):
        pass

    def refuse(connection: Connection) -> int:
        insert(connection, 77)
        raise RefusedError

    gate = Gate(database)
    before, refused = submit(database, 1), database.submit(refuse)
    violation, after = submit(database, 1), submit(database, 2)
    gate.open()
    assert (before.result(PATIENCE), after.result(PATIENCE)) == (1, 2)
    with pytest.raises(RefusedError):
        refused.result(PATIENCE)
    with pytest.raises(DBAPIError):
        violation.result(PATIENCE)
    assert stored(database) == [1, 2]


def test_a_group_is_bounded_by_its_entries(database: Database) -> None:
    visible: list[int] = []
    gate = Gate(database)
    futures = []
    for value in range(3):
        future = database.submit(lambda connection, value=value: insert(connection, value), entries=1500)  # type: ignore[misc]
        future.add_done_callback(lambda _: visible.append(len(stored(database))))
        futures.append(future)
    gate.open()
    for future in futures:
        future.result(PATIENCE)
    database.write(lambda _: None)
    assert visible == [2, 2, 3]


def test_close_finishes_what_was_handed_in_and_refuses_what_comes_later(database_url: str) -> None:
    database = Database(database_url)
    database.write(create_numbers)
    gate = Gate(database)
    futures = [submit(database, value) for value in range(50)]
    closer = threading.Thread(target=database.close)
    closer.start()
    gate.open()
    closer.join(PATIENCE)
    assert not closer.is_alive()
    assert [future.result(0) for future in futures] == list(range(50))
    with pytest.raises(UnavailableError, match="closed"):
        submit(database, 51)
    with closing(Database(database_url)) as reopened:
        assert stored(reopened) == list(range(50))


def test_a_close_amid_writes_leaves_no_future_without_an_end(database_url: str) -> None:
    database = Database(database_url)
    database.write(create_numbers)
    acknowledged: list[int] = []
    begun = threading.Event()

    def hand_in(first: int) -> None:
        value = first
        with contextlib.suppress(UnavailableError):
            while True:
                acknowledged.append(submit(database, value).result(PATIENCE))
                begun.set()
                value += 8

    threads = [threading.Thread(target=hand_in, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    assert begun.wait(PATIENCE)
    database.close()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)
    with closing(Database(database_url)) as reopened:
        assert sorted(stored(reopened)) == sorted(acknowledged)


def test_a_write_that_its_caller_gave_up_is_left_out_and_the_writer_goes_on(database: Database) -> None:
    gate = Gate(database)
    given_up, kept = submit(database, 1), submit(database, 2)
    assert given_up.cancel()
    gate.open()
    assert kept.result(PATIENCE) == 2
    assert submit(database, 3).result(PATIENCE) == 3
    assert stored(database) == [2, 3]


def test_a_write_under_way_can_not_be_given_up(database: Database) -> None:
    entered, may_end = threading.Event(), threading.Event()

    def write(connection: Connection) -> int:
        entered.set()
        may_end.wait(PATIENCE)
        return insert(connection, 1)

    future = database.submit(write)
    assert entered.wait(PATIENCE)
    assert not future.cancel()
    may_end.set()
    assert future.result(PATIENCE) == 1
    assert stored(database) == [1]


def test_a_callback_that_fails_does_not_end_the_writer(database: Database) -> None:
    future = submit(database, 1)
    future.add_done_callback(lambda _: 1 / 0)
    assert submit(database, 2).result(PATIENCE) == 2


def test_a_database_that_can_not_be_opened_fails_the_write_and_works_when_it_can(tmp_path: Path) -> None:
    file = tmp_path / "retoma.db"
    file.mkdir()
    with closing(Database(f"sqlite:///{file}")) as database:
        with pytest.raises(StorageError, match="can't be written"):
            submit(database, 1).result(PATIENCE)
        assert database.ailments() == ["The database can't be written."]
        file.rmdir()
        database.write(create_numbers)
        assert submit(database, 1).result(PATIENCE) == 1
        assert stored(database) == [1]


def test_a_full_disk_acknowledges_nothing_that_is_not_stored(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        database.write(create_numbers)
        database.write(lambda connection: connection.execute(text("CREATE TABLE texts (value TEXT)")).rowcount)
        database.write(lambda connection: connection.execute(text("PRAGMA max_page_count=40")).scalar_one())
        big = text("INSERT INTO texts VALUES (:value)")
        gate = Gate(database)
        before = submit(database, 1)
        full = database.submit(lambda connection: connection.execute(big, {"value": "x" * 500_000}).rowcount)
        after = submit(database, 2)
        gate.release()
        with pytest.raises(StorageFullError, match="disk that holds the database is full"):
            full.result(PATIENCE)
        acknowledged = [future.result(PATIENCE) for future in (before, after) if future.exception(PATIENCE) is None]
        assert stored(database) == acknowledged
        assert submit(database, 3).result(PATIENCE) == 3


def test_the_mark_of_a_failed_disk_is_written_before_anybody_can_see_the_fault(sqlite_url: str) -> None:
    """Who sees the fault may end the process; without the mark the next start would check nothing."""
    seen_by_the_mark: list[Exception | None] = []

    def fail(_: Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise OperationalError("INSERT", None, error)

    with closing(create_engine(sqlite_url).connect()) as connection:
        writer = Writer(connection.engine, lambda _: seen_by_the_mark.append(writer.fault))
        with closing(writer):
            with pytest.raises(StorageError, match="started again"):
                writer.submit(fail).result(PATIENCE)
            assert seen_by_the_mark == [None]
            assert writer.fault is not None


def test_a_database_that_another_program_locks_is_named_and_takes_writes_when_it_is_free(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        database.write(create_numbers)
        database.write(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=50").scalar())
        file = sqlite_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="keeps the database locked"):
                submit(database, 1).result(PATIENCE)
            other.execute("ROLLBACK")
        assert submit(database, 2).result(PATIENCE) == 2
        assert stored(database) == [2]


def test_a_connection_that_dies_between_writes_or_in_one_fails_them_and_later_writes_work(postgres_url: str) -> None:
    backend = text("SELECT pg_backend_pid()")
    end = text("SELECT pg_terminate_backend(:pid, 10000)")
    with closing(Database(postgres_url)) as database, closing(Database(postgres_url)) as executioner:
        database.write(create_numbers)

        def kill() -> bool:
            pid = database.write(lambda connection: connection.execute(backend).scalar_one())
            return executioner.write(lambda connection: connection.execute(end, {"pid": pid}).scalar_one() is True)

        assert kill()
        with pytest.raises(StorageError):
            submit(database, 1).result(PATIENCE)
        assert submit(database, 2).result(PATIENCE) == 2

        def write_and_lose_the_connection(connection: Connection) -> int:
            insert(connection, 4)
            pid = connection.execute(backend).scalar_one()
            executioner.write(lambda other: other.execute(end, {"pid": pid}).scalar_one())
            return 4

        gate = Gate(database)
        futures = [submit(database, 3), database.submit(write_and_lose_the_connection), submit(database, 5)]
        gate.release()
        for future in futures:
            with pytest.raises(StorageError):
                future.result(PATIENCE)
        assert submit(database, 6).result(PATIENCE) == 6
        assert stored(database) == [2, 6]


def test_opening_and_closing_leaves_no_file_open(tmp_path: Path) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    with closing(Database(f"sqlite:///{tmp_path / 'first.db'}")) as database:
        database.write(create_numbers)
        stored(database)
    before = open_files()
    for index in range(5):
        with closing(Database(f"sqlite:///{tmp_path / f'{index}.db'}")) as database:
            database.write(create_numbers)
            stored(database)
    assert open_files() == before
