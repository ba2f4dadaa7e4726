"""Reading many executions: filters, cursors, and a number of statements that does not grow with the board."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import event

from retoma.cards import store as card_store
from retoma.core.status import Command, Status
from retoma.executions import request_store, store
from retoma.executions.model import Execution
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from support import factories


def make_history(database: Database) -> list[Execution]:
    """Three cards with four executions each, an hour between one and the next; the newest first."""
    made: list[Execution] = []
    for card in [factories.create_card(database) for _ in range(3)]:
        for command in Command:
            moment = factories.START + timedelta(hours=len(made))
            execution = factories.start(database, card.id, command, now=moment)
            if command is not Command.REVIEW:
                end = Status.CANCELLED if command is Command.TEST else Status.ERROR
                factories.finish(database, execution, end)
            made.append(execution)
    return [factories.reload(database, execution) for execution in made[::-1]]


def test_history_is_filtered_by_each_field_and_by_all_together(database: Database) -> None:
    history = make_history(database)
    card_id = history[0].card_id
    with database.read() as connection:
        assert store.list_executions(connection, {}, limit=100) == history
        for filters in (
            {"card_id": card_id},
            {"status": "cancelled"},
            {"command": "/plan"},
            {"agent": "rehearsal"},
            {"agent": "nobody"},
            {"card_id": card_id, "status": "error", "command": "/implement"},
        ):
            expected = [e for e in history if all(getattr(e, name) == value for name, value in filters.items())]
            assert store.list_executions(connection, filters, limit=100) == expected
        two_cards = sorted({e.card_id for e in history})[:2]
        found = store.list_executions(connection, {}, card_ids=two_cards, limit=100)
        assert found == [e for e in history if e.card_id in two_cards]
        assert store.list_executions(connection, {}, card_ids=[], limit=100) == []


def test_pages_of_history_by_cursor_are_the_whole_history(database: Database) -> None:
    history = make_history(database)
    found: list[Execution] = []
    with database.read() as connection:
        while page := store.list_executions(connection, {}, before=found[-1].id if found else None, limit=5):
            found += page
    assert found == history


def test_history_is_bounded_by_time_from_inclusive_to_exclusive(database: Database) -> None:
    history = make_history(database)
    start, end = history[8].created_at, history[3].created_at
    with database.read() as connection:
        assert store.list_executions(connection, {}, created=(start, end), limit=100) == history[4:9]
        assert store.list_executions(connection, {}, created=(None, start), limit=100) == history[9:]
        assert store.list_executions(connection, {}, created=(end, None), limit=100) == history[:4]


def test_unfinished_executions_are_listed_the_oldest_first(database: Database) -> None:
    history = make_history(database)
    with database.read() as connection:
        assert store.list_unfinished(connection) == [e for e in history[::-1] if e.status is Status.QUEUED]


def count_statements(database: Database, read: Callable[[Connection], object]) -> int:
    statements: list[str] = []
    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement))
        read(connection)
    return len(statements)


def read_board(connection: Connection) -> int:
    cards = card_store.list_cards(connection)
    active = store.list_active(connection)
    unfinished = [execution.id for execution in store.list_unfinished(connection)]
    return len(cards) + len(active) + len(request_store.list_requests(connection, unfinished, open_only=True))


def test_cards_with_their_active_executions_take_the_same_statements_whatever_their_number(database: Database) -> None:
    project = factories.create_project(database)
    counts = []
    for _ in range(2):
        for _ in range(8):
            execution, _ = factories.run(database, factories.create_card(database, project).id)
            factories.ask(database, execution)
        counts.append(count_statements(database, read_board))
    assert counts == [4, 4]
