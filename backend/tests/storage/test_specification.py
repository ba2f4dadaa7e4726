"""The unit tests that section 4 of the specification lists, one each, by their names there."""

from retoma.core.status import Command, Status
from retoma.executions import store
from retoma.logs import store as logs
from retoma.storage.database import Database
from support import factories


def test_creation_of_an_execution_in_the_database(database: Database) -> None:
    card = factories.create_card(database)
    created = factories.start(database, card.id, Command.PLAN)
    with database.read() as connection:
        stored = store.get_execution(connection, created.public_id)
    assert stored == created
    assert (created.card_id, created.command, created.status) == (card.id, Command.PLAN, Status.QUEUED)
    assert created.is_active
    assert (created.head_sequence, created.fence, created.started_at, created.completed_at) == (0, 0, None, None)


def test_creation_of_an_execution_log_entry_with_the_right_sequence(database: Database) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    for first, number in ((1, 1), (2, 3), (5, 2)):
        factories.append(database, execution, fence, factories.make_entries(first, number))
    with database.read() as connection:
        sequences = [entry.sequence for entry in logs.read_after(connection, execution.id, 0)]
    assert sequences == [1, 2, 3, 4, 5, 6]
    assert factories.reload(database, execution).head_sequence == 6


def test_deactivation_of_earlier_executions(database: Database) -> None:
    card, other = factories.create_card(database), factories.create_card(database)
    elsewhere = factories.start(database, other.id)
    started = []
    for command in (Command.PLAN, Command.IMPLEMENT, Command.TEST):
        execution, _ = factories.run(database, card.id, command)
        factories.finish(database, execution)
        started.append(execution)
    assert [factories.reload(database, execution).is_active for execution in started] == [False, False, True]
    assert factories.reload(database, elsewhere).is_active


def test_finding_the_active_execution(database: Database) -> None:
    card = factories.create_card(database)
    with database.read() as connection:
        assert store.get_active(connection, card.id) is None
    first, _ = factories.run(database, card.id)
    factories.finish(database, first)
    second = factories.start(database, card.id, Command.IMPLEMENT)
    with database.read() as connection:
        found = store.get_active(connection, card.id)
        assert found == second
        active = store.list_active(connection)
    assert {card_id: one.public_id for card_id, one in active.items()} == {card.id: second.public_id}


def test_entries_are_ordered_by_sequence(database: Database) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    entries = factories.make_entries(1, 30)
    # Stored in another order, and with times that run backwards: only the sequence counts.
    database.write(lambda connection: logs.append(connection, execution.id, entries[20:]))
    database.write(lambda connection: logs.append(connection, execution.id, entries[:20][::-1]))
    with database.read() as connection:
        assert logs.read_after(connection, execution.id, 0) == entries
        assert logs.read_before(connection, execution.id, 31) == entries
