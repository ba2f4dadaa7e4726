"""A card has many executions; deleting it deletes all that hangs on it, and so does deleting a project."""

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select

from retoma.cards import store as card_store
from retoma.core.status import Command
from retoma.executions import store
from retoma.logs import service
from retoma.projects import store as project_store
from retoma.search.indexer import catch_up
from retoma.storage.base import Base
from retoma.storage.database import Database
from support import factories

# What belongs to a start of Retoma, and to no project.
OF_NO_PROJECT = {"recoveries", "workers", "sweeps"}
SEALED = 4


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a log be half sealed: it has a chunk and a row."""
    monkeypatch.setattr(service, "CHUNK_ENTRIES", SEALED)


def fill(database: Database, card_id: str) -> None:
    for command in Command:
        execution, fence = factories.run(database, card_id, command)
        factories.append(database, execution, fence, factories.make_entries(1, SEALED + 1))
        factories.ask(database, execution)
        factories.send(database, execution)
        factories.finish(database, execution)
        assert service.seal_next(database, execution.id) == SEALED
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
