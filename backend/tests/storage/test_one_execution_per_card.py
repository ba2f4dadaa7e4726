"""At most one execution of a card is active, and at most one is not over: the database itself refuses a second."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from retoma.core.clock import utc_now
from retoma.core.errors import ConflictError
from retoma.core.ids import new_id
from retoma.core.status import Command, Status
from retoma.executions import service, store
from retoma.executions.model import Execution
from retoma.storage.database import Database
from support import factories

STARTERS = 50


def raw_execution(card_id: str, *, status: Status, is_active: bool) -> Mapping[str, object]:
    return {
        "public_id": new_id(),
        "card_id": card_id,
        "command": Command.PLAN,
        "agent": "rehearsal",
        "status": status,
        "is_active": is_active,
        "agent_session": "session",
        "created_at": utc_now(),
        "head_sequence": 0,
        "journal_offset": 0,
        "stderr_offset": 0,
        "fence": 0,
    }


def test_the_database_refuses_a_second_active_execution(database: Database) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    factories.finish(database, execution)
    second = raw_execution(execution.card_id, status=Status.ERROR, is_active=True)
    with pytest.raises(IntegrityError, match=r"executions\.card_id|ux_executions_card_id_active"):
        database.write(lambda connection: store.insert_execution(connection, second))


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING, Status.WAITING])
def test_the_database_refuses_a_second_execution_that_is_not_over(database: Database, status: Status) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    second = raw_execution(execution.card_id, status=status, is_active=False)
    with pytest.raises(IntegrityError, match=r"executions\.card_id|ux_executions_card_id_unfinished"):
        database.write(lambda connection: store.insert_execution(connection, second))


def test_executions_that_are_over_and_inactive_may_be_many(database: Database) -> None:
    card = factories.create_card(database)
    for status in (Status.SUCCESS, Status.ERROR, Status.CANCELLED, Status.INTERRUPTED):
        row = raw_execution(card.id, status=status, is_active=False)
        database.write(lambda connection, row=row: store.insert_execution(connection, row))  # type: ignore[misc]
    factories.start(database, card.id)


def test_of_fifty_simultaneous_starts_one_wins_and_the_others_are_told_which(database: Database) -> None:
    card = factories.create_card(database)
    together = threading.Barrier(STARTERS)

    def start(_: int) -> Execution | ConflictError:
        together.wait()
        try:
            return factories.start(database, card.id)
        except ConflictError as error:
            return error

    with ThreadPoolExecutor(STARTERS) as pool:
        outcomes = list(pool.map(start, range(STARTERS)))
    won = [outcome for outcome in outcomes if isinstance(outcome, Execution)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, ConflictError)]
    assert (len(won), len(lost)) == (1, STARTERS - 1)
    assert {refusal.extra["executionId"] for refusal in lost} == {won[0].public_id}
    assert all(won[0].public_id in refusal.detail for refusal in lost)
    with database.read() as connection:
        assert len(store.list_executions(connection, {"card_id": card.id}, limit=10)) == 1


def test_two_servers_that_start_one_card_at_once_store_one_execution(database: Database, url: str) -> None:
    card = factories.create_card(database)
    second = Database(url)
    together = threading.Barrier(8)

    def start(index: int) -> bool:
        together.wait()
        try:
            factories.start(database if index % 2 else second, card.id)
        except ConflictError:
            return False
        return True

    try:
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(start, range(8))) == 1
    finally:
        second.close()
    with database.read() as connection:
        assert len(store.list_executions(connection, {"card_id": card.id}, limit=10)) == 1


def test_the_same_idempotency_key_gives_the_first_execution_again(database: Database) -> None:
    card, other = factories.create_card(database), factories.create_card(database)
    first, new = database.write(lambda connection: factories.start_in(connection, card.id, key="k"))
    assert new
    assert database.write(lambda connection: factories.start_in(connection, card.id, key="k")) == (first, False)
    elsewhere, new_there = database.write(lambda connection: factories.start_in(connection, other.id, key="k"))
    assert new_there
    assert elsewhere.id != first.id
    database.write(lambda connection: store.move(connection, first.id, Status.CANCELLED))
    again, new_again = database.write(lambda connection: factories.start_in(connection, card.id, key="k"))
    assert (again.id, new_again, again.status) == (first.id, False, Status.CANCELLED)


def test_a_refused_start_leaves_the_active_execution_as_it_was(database: Database) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    with pytest.raises(ConflictError, match=execution.public_id):
        factories.start(database, execution.card_id, Command.TEST)
    assert factories.reload(database, execution) == execution


def test_clear_makes_the_card_idle_only_when_nothing_is_going_on(database: Database) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    with pytest.raises(ConflictError, match="running"):
        database.write(lambda connection: service.clear(connection, execution.card_id))
    factories.finish(database, execution)
    database.write(lambda connection: service.clear(connection, execution.card_id))
    database.write(lambda connection: service.clear(connection, execution.card_id))
    with database.read() as connection:
        assert store.get_active(connection, execution.card_id) is None
        assert len(store.list_executions(connection, {"card_id": execution.card_id}, limit=10)) == 1
