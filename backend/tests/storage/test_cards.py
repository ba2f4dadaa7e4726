"""Cards: numbers that are never given twice, and an order that is the one the user made."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retoma.cards import service, store
from retoma.cards.model import Card, Column
from retoma.core.clock import utc_now
from retoma.core.errors import ConflictError, InvalidError, NotFoundError
from retoma.projects import service as projects
from retoma.projects import store as project_store
from retoma.projects.model import Project
from retoma.storage.database import Database
from support import factories

many = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


def order(database: Database, project: Project, column: Column) -> Sequence[str]:
    with database.read() as connection:
        cards = [card for card in store.list_cards(connection, project_id=project.id) if card.column is column]
    positions = [card.position for card in cards]
    assert len(set(positions)) == len(positions), "two cards of a column have one position"
    return [card.id for card in cards]


def move(database: Database, card: Card, column: Column, position: float | None) -> Card:
    return database.write(lambda connection: service.move_card(connection, card.id, column, position, utc_now()))


def position_of(database: Database, card_id: str) -> float:
    with database.read() as connection:
        return service.get_card(connection, card_id).position


@pytest.fixture
def project(database: Database) -> Project:
    return factories.create_project(database)


def test_a_new_card_stands_at_the_end_of_its_column(database: Database, project: Project) -> None:
    made = [factories.create_card(database, project, title=str(index)).id for index in range(4)]
    factories.create_card(database, project, column=Column.DONE)
    assert order(database, project, Column.BACKLOG) == made


def test_a_card_comes_back_as_it_was_made(database: Database, project: Project) -> None:
    card = factories.create_card(database, project, title="Ünïcödé \U0001f680")
    with database.read() as connection:
        assert service.get_card(connection, card.id) == card
        assert store.list_cards(connection, card_ids=[card.id, "nobody"]) == [card]


def test_a_card_moved_to_the_place_of_another_comes_directly_before_it(database: Database, project: Project) -> None:
    one, two, three = (factories.create_card(database, project) for _ in range(3))
    move(database, three, Column.BACKLOG, two.position)
    assert order(database, project, Column.BACKLOG) == [one.id, three.id, two.id]
    move(database, two, Column.BACKLOG, one.position)
    assert order(database, project, Column.BACKLOG) == [two.id, one.id, three.id]


def test_a_card_moved_without_a_place_goes_to_the_end(database: Database, project: Project) -> None:
    one, two = (factories.create_card(database, project) for _ in range(2))
    there = factories.create_card(database, project, column=Column.DONE)
    move(database, one, Column.BACKLOG, None)
    assert order(database, project, Column.BACKLOG) == [two.id, one.id]
    last = position_of(database, one.id)
    move(database, one, Column.BACKLOG, None)
    assert position_of(database, one.id) == last
    move(database, two, Column.DONE, None)
    assert order(database, project, Column.DONE) == [there.id, two.id]


def test_there_is_always_room_before_a_card(database: Database, project: Project) -> None:
    one, two, three = (factories.create_card(database, project) for _ in range(3))
    moving = [two, three]
    # Each move halves the room behind `one`; after some fifty there are no floats left in it.
    for turn in range(60):
        target = moving[(turn + 1) % 2]
        move(database, moving[turn % 2], Column.BACKLOG, position_of(database, target.id))
        assert order(database, project, Column.BACKLOG) == [one.id, moving[turn % 2].id, target.id]


@pytest.mark.parametrize("far", [1e12, -1e12])
def test_the_farthest_positions_of_the_api_keep_the_order(database: Database, project: Project, far: float) -> None:
    first = factories.create_card(database, project)
    move(database, first, Column.BACKLOG, far)
    second, third = (factories.create_card(database, project) for _ in range(2))
    assert order(database, project, Column.BACKLOG) == [first.id, second.id, third.id]
    move(database, third, Column.BACKLOG, position_of(database, first.id))
    assert order(database, project, Column.BACKLOG) == [third.id, first.id, second.id]
    move(database, third, Column.BACKLOG, None)
    assert order(database, project, Column.BACKLOG) == [first.id, second.id, third.id]


@many
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 4)), max_size=12))
def test_any_moves_give_the_order_that_a_list_gives(
    database: Database, moves: Sequence[tuple[int, int | None]]
) -> None:
    project = factories.create_project(database)
    cards = [factories.create_card(database, project) for _ in range(5)]
    expected = [card.id for card in cards]
    for moved, target in moves:
        if target is None:
            move(database, cards[moved], Column.BACKLOG, None)
            expected.remove(cards[moved].id)
            expected.append(cards[moved].id)
        elif target != moved:
            move(database, cards[moved], Column.BACKLOG, position_of(database, cards[target].id))
            expected.remove(cards[moved].id)
            expected.insert(expected.index(cards[target].id), cards[moved].id)
        assert order(database, project, Column.BACKLOG) == expected


def test_twenty_threads_get_twenty_different_card_numbers(database: Database, project: Project) -> None:
    def take(_: int) -> int:
        return database.write(lambda connection: project_store.take_card_number(connection, project.id))

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(take, range(60))) == list(range(1, 61))


def test_the_number_of_a_deleted_card_is_not_given_again(database: Database, project: Project) -> None:
    card = factories.create_card(database, project)
    database.write(lambda connection: store.delete_card(connection, card.id))
    assert factories.create_card(database, project).number == card.number + 1


def test_an_edit_changes_the_named_fields_and_the_time(database: Database, project: Project) -> None:
    card = factories.create_card(database, project)
    later = card.updated_at + timedelta(seconds=5)
    changes = {"title": "New", "labels": ["x"], "pinned": True}
    edited = database.write(lambda connection: service.edit_card(connection, card.id, changes, later))
    assert (edited.title, edited.labels, edited.pinned, edited.updated_at) == ("New", ["x"], True, later)
    assert (edited.description, edited.number, edited.created_at) == (card.description, card.number, card.created_at)


def test_what_is_not_there_is_told(database: Database) -> None:
    for action in (
        lambda connection: service.edit_card(connection, "nobody", {"title": "x"}, utc_now()),
        lambda connection: service.move_card(connection, "nobody", Column.DONE, None, utc_now()),
        lambda connection: projects.get_project(connection, "nobody"),
    ):
        with pytest.raises(NotFoundError, match="nobody"):
            database.write(action)
    with pytest.raises(InvalidError, match="no project yet"):
        database.write(projects.default_project)


def test_a_repository_is_a_project_once(database: Database) -> None:
    first = factories.create_project(database, path="/a/repository")
    with pytest.raises(ConflictError, match="/a/repository") as refused:
        factories.create_project(database, path="/a/repository")
    assert refused.value.extra == {"projectId": first.id}
    factories.create_project(database)
    with database.read() as connection:
        assert projects.default_project(connection) == first
        assert len(project_store.list_projects(connection)) == 2
    assert database.write(lambda connection: project_store.update_project(connection, first.id, {"name": "Other"}))
    assert not database.write(lambda connection: project_store.update_project(connection, "nobody", {"name": "Other"}))
