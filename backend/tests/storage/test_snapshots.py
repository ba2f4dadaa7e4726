"""A reader sees one moment of the database; it changes nothing and waits for nobody."""

import threading

import pytest
from sqlalchemy.exc import DBAPIError

from retoma.core.errors import StorageError
from retoma.core.status import Status
from retoma.executions import store
from retoma.logs import store as logs
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from support import factories


def test_all_reads_of_one_connection_see_the_same_moment(database: Database) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    factories.append(database, execution, fence, factories.make_entries(1, 2))
    with database.read() as connection:
        before = store.get_execution(connection, execution.public_id)
        factories.append(database, execution, fence, factories.make_entries(3, 2))
        assert store.get_execution(connection, execution.public_id) == before
        assert len(logs.read_after(connection, execution.id, 0)) == 2
    with database.read() as connection:
        assert len(logs.read_after(connection, execution.id, 0)) == 4


def test_a_reader_can_not_write(database: Database) -> None:
    execution = factories.start(database, factories.create_card(database).id)
    with pytest.raises((DBAPIError, StorageError), match=r"read-only|can't be written"), database.read() as connection:
        store.move(connection, execution.id, Status.ERROR)
    assert factories.reload(database, execution) == execution


def test_a_reader_does_not_wait_for_a_write_that_takes_long(database: Database) -> None:
    execution = factories.start(database, factories.create_card(database).id)
    written, may_end = threading.Event(), threading.Event()

    def write(connection: Connection) -> bool:
        moved = store.move(connection, execution.id, Status.RUNNING)
        written.set()
        return may_end.wait(20) and moved

    future = database.submit(write)
    try:
        assert written.wait(20)
        assert factories.reload(database, execution).status is Status.QUEUED
    finally:
        may_end.set()
    assert future.result()
    assert factories.reload(database, execution).status is Status.RUNNING
