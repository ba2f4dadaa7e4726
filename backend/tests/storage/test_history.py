"""Reading many executions: filters, cursors, and a number of statements that does not grow with the board."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import product

from sqlalchemy import event

from retoma.cards import store as card_store
from retoma.core.clock import utc_now
from retoma.core.status import Command, Status
from retoma.executions import history_store, request_store, store
from retoma.executions.model import Execution, Place, Selection
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from support import factories, many_runs


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


def test_a_cards_executions_are_listed_by_any_field_the_newest_first(database: Database) -> None:
    history = make_history(database)
    card_id = history[0].card_id
    with database.read() as connection:
        assert store.list_executions(connection, {}, limit=100) == history
        found = store.list_executions(connection, {"card_id": card_id, "status": "error"}, limit=100)
        assert found == [e for e in history if e.card_id == card_id and e.status is Status.ERROR]


def test_pages_of_a_list_by_key_are_the_whole_list(database: Database) -> None:
    history = make_history(database)
    found: list[Execution] = []
    with database.read() as connection:
        while page := store.list_executions(connection, {}, before=found[-1].id if found else None, limit=5):
            found += page
    assert found == history


def test_history_is_filtered_by_each_field_and_by_any_of_them_together(database: Database) -> None:
    history = make_history(database)
    with database.read() as connection:
        project_of = {card.id: card.project_id for card in card_store.list_cards(connection)}
    middle = history[5]
    parts: Sequence[Mapping[str, object]] = [
        {"statuses": frozenset({Status.CANCELLED})},
        {"statuses": frozenset({Status.CANCELLED, Status.QUEUED})},
        {"command": Command.PLAN},
        {"agent": "rehearsal"},
        {"agent": "nobody"},
        {"card_id": middle.card_id},
        {"project_id": project_of[middle.card_id]},
        {"start": history[8].created_at},
        {"end": history[3].created_at},
    ]
    wanted = [Selection(**{**one, **other}) for one, other in product([{}, *parts], [{}, *parts])]  # type: ignore[arg-type]
    assert Selection() in wanted
    with database.read() as connection:
        for selection in wanted:
            expected = [execution for execution in history if many_runs.holds(execution, selection, project_of)]
            assert history_store.list_history(connection, selection, behind=None, limit=100) == expected


def test_pages_of_history_neither_shift_nor_repeat_nor_hide_anything_while_runs_come_and_cards_go(
    database: Database,
) -> None:
    history = make_history(database)
    gone = [history[3].card_id, history[8].card_id]  # of the run by which the third page is asked for; of later ones
    pages: list[Sequence[Execution]] = []
    behind: Place | None = None
    while True:
        with database.read() as connection:
            pages.append(history_store.list_history(connection, Selection(), behind=behind, limit=2))
        if not pages[-1]:
            break
        last = pages[-1][-1]
        behind = Place(created_at=last.created_at, id=last.id)
        # New ones, of the newest one's very moment too.
        for moment in (history[0].created_at, utc_now()):
            factories.start(database, factories.create_card(database).id, now=moment)
        if len(pages) == 2:
            for card_id in gone:
                assert database.write(partial(card_store.delete_card, card_id=card_id))
    found = [execution for page in pages for execution in page]
    assert found == history[:8]


def test_runs_of_one_moment_keep_their_order_over_pages(database: Database) -> None:
    made = [factories.start(database, factories.create_card(database).id, now=factories.START) for _ in range(6)]
    for execution in made[::2]:
        factories.finish(database, execution, Status.CANCELLED)
    made = [factories.reload(database, execution) for execution in made]
    # All, and by two statuses that take turns: read off one index, and off two places of another.
    for selection in (Selection(), Selection(statuses=frozenset({Status.QUEUED, Status.CANCELLED}))):
        found: list[Execution] = []
        with database.read() as connection:
            for _ in range(6):
                behind = Place(created_at=found[-1].created_at, id=found[-1].id) if found else None
                found += history_store.list_history(connection, selection, behind=behind, limit=1)
        assert found == made[::-1]


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
