"""A card has many executions; deleting it deletes all that hangs on it, and so does deleting a project."""

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection, func, insert, select

from retoma.cards import store as card_store
from retoma.core.clock import utc_now
from retoma.core.status import Command
from retoma.executions import store
from retoma.logs.tables import ExecutionLogChunkRow
from retoma.projects import store as project_store
from retoma.search.indexer import catch_up
from retoma.storage.base import Base, table_of
from retoma.storage.database import Database
from support import factories

# What belongs to a start of Retoma, and to no project.
OF_NO_PROJECT = {"recoveries", "workers", "sweeps"}


def fill(database: Database, card_id: str) -> None:
    for command in Command:
        execution, fence = factories.run(database, card_id, command)
        factories.append(database, execution, fence, factories.make_entries(1, 4))
        factories.ask(database, execution)
        factories.send(database, execution)
        factories.finish(database, execution)
        chunk = {
            "execution_id": execution.id,
            "first_sequence": 1,
            "entries": 4,
            "first_timestamp": utc_now(),
            "last_timestamp": utc_now(),
            "raw_bytes": 0,
            "codec": 1,
            "body": b"",
        }
        database.write(partial(Connection.execute, statement=insert(table_of(ExecutionLogChunkRow)).values(chunk)))
    catch_up(database)  # makes the blocks of the search


def count_rows(database: Database) -> Mapping[str, int]:
    with database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name not in OF_NO_PROJECT
        }


def test_a_card_has_many_executions(database: Database) -> None:
    card = factories.create_card(database)
    fill(database, card.id)
    with database.read() as connection:
        found = store.list_executions(connection, {"card_id": card.id}, limit=10)
    assert [execution.command for execution in found] == list(Command)[::-1]


def test_deleting_a_card_deletes_its_executions_logs_requests_and_messages(database: Database) -> None:
    project = factories.create_project(database)
    kept = factories.create_card(database, project)
    fill(database, kept.id)
    before = count_rows(database)
    card = factories.create_card(database, project)
    fill(database, card.id)
    assert all(count > before[name] for name, count in count_rows(database).items() if name != "projects")
    assert database.write(lambda connection: card_store.delete_card(connection, card.id))
    assert count_rows(database) == before
    assert not database.write(lambda connection: card_store.delete_card(connection, card.id))


def test_deleting_a_project_deletes_everything_in_it(database: Database) -> None:
    before = count_rows(database)
    project = factories.create_project(database)
    for _ in range(2):
        fill(database, factories.create_card(database, project).id)
    assert all(count > before[name] for name, count in count_rows(database).items())
    assert database.write(lambda connection: project_store.delete_project(connection, project.id))
    assert count_rows(database) == before
