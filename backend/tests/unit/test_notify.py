"""Wake-ups between processes: heard once by the others, and found by a look where they are lost."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing
from queue import Queue

import psycopg
import pytest

from retoma.cards import service as card_service
from retoma.cards.model import Column
from retoma.core.clock import utc_now
from retoma.core.status import Status
from retoma.executions import store
from retoma.live.hub import ENTRIES, EXECUTION, RUNS, Hub, Listener, board_topic, execution_topic
from retoma.live.look import SlowLook
from retoma.live.notify import Relay
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from retoma.storage.notify import Notifications
from support import factories

_PATIENCE = 20


@pytest.fixture
def heard(postgres_url: str) -> Iterator[Queue[str]]:
    """Give the words that another process hears on the channel `c`."""
    words: Queue[str] = Queue()
    with closing(Notifications(postgres_url, {"c": lambda word, _: words.put(word)})):
        _await_listeners(postgres_url, 1)
        yield words


def _await_listeners(url: str, count: int) -> None:
    """Wait until so many connections listen: only then are words heard. (The server tells nobody, so it is asked.)"""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        while connection.execute(asked).fetchone() != (count,):
            pass


def test_what_is_said_is_heard_by_the_others_and_not_by_oneself(heard: "Queue[str]", postgres_url: str) -> None:
    own: Queue[str] = Queue()
    with closing(Notifications(postgres_url, {"c": lambda word, _: own.put(word)})) as notifications:
        _await_listeners(postgres_url, 2)
        notifications.say("c", "one word")
        assert heard.get(timeout=_PATIENCE) == "one word"
        with closing(Notifications(postgres_url, {})) as other:
            other.say("c", "another")
            assert own.get(timeout=_PATIENCE) == "another"
    assert own.empty()


def test_what_is_said_often_before_it_is_sent_is_heard_once(heard: "Queue[str]", postgres_url: str) -> None:
    with closing(Notifications(postgres_url, {})) as notifications:
        for _ in range(1000):
            notifications.say("c", "again")
        notifications.close()
        notifications.say("c", "unheard")
    with closing(Notifications(postgres_url, {})) as notifications:
        notifications.say("c", "last")
    words: list[str] = []
    while not words or words[-1] != "last":
        words.append(heard.get(timeout=_PATIENCE))
    assert set(words) == {"again", "last"}
    assert len(words) < 100


def test_a_connection_that_breaks_is_made_anew(heard: "Queue[str]", postgres_url: str) -> None:
    with (
        closing(Notifications(postgres_url, {})) as notifications,
        psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection,
    ):
        notifications.say("c", "before")
        assert heard.get(timeout=_PATIENCE) == "before"
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        _await_listeners(postgres_url, 1)
        words = set()
        # The first may be lost with the connection; who says it again gets through.
        while "after" not in words:
            notifications.say("c", "after")
            while not heard.empty():
                words.add(heard.get())


async def _changes(listener: Listener) -> Mapping[str, frozenset[str]]:
    return await asyncio.wait_for(listener.wait(), _PATIENCE)


@pytest.mark.anyio
async def test_a_wake_up_in_one_process_reaches_the_readers_of_another(postgres_url: str) -> None:
    here, there = Hub(), Hub()
    listener = there.listen()
    listener.add(execution_topic("x"))
    with (
        closing(Relay(postgres_url, hub=there, poke=None)),
        closing(Relay(postgres_url, hub=here, poke=None)) as relay,
    ):
        await asyncio.to_thread(_await_listeners, postgres_url, 2)
        here.pass_on_to(relay.wake)
        here.wake(execution_topic("x"), ENTRIES)
        assert await _changes(listener) == {execution_topic("x"): frozenset({ENTRIES})}


@pytest.mark.anyio
async def test_what_no_wake_up_told_is_found_by_a_look(sqlite_url: str) -> None:
    await asyncio.to_thread(upgrade, sqlite_url)
    with closing(Database(sqlite_url)) as database:
        project = factories.create_project(database)
        card = factories.create_card(database, project)
        other = factories.create_card(database, project)
        execution, fence = factories.run(database, card.id)
        hub = Hub()
        listener = hub.listen()
        topic, board = execution_topic(execution.public_id), board_topic(card.project_id)
        heads: dict[str, int] = {}
        look = SlowLook(database, hub, heads.__setitem__)
        look.close()  # from here on it looks when it is told to
        listener.add(topic)
        listener.add(board)
        look.look()
        assert await _changes(listener) == {
            topic: frozenset({ENTRIES, EXECUTION}),
            board: frozenset({card.id, other.id}),
        }
        look.look()
        hub.wake_here(topic, "nothing else")
        assert await _changes(listener) == {topic: frozenset({"nothing else"})}
        factories.append(database, execution, fence, factories.make_entries(1, 3))
        look.look()
        assert await _changes(listener) == {topic: frozenset({ENTRIES}), board: frozenset({card.id})}
        assert heads == {execution.public_id: 3}
        factories.finish(database, execution)
        database.write(lambda c: card_service.move_card(c, other.id, Column.DONE, None, utc_now()))
        look.look()
        changes = await _changes(listener)
        assert EXECUTION in changes[topic]
        assert changes[board] == {card.id, other.id}
        listener.close()


@pytest.mark.anyio
async def test_a_look_finds_which_runs_began_moved_or_ended(database_url: str) -> None:
    await asyncio.to_thread(upgrade, database_url)
    with closing(Database(database_url)) as database:
        card, other = (factories.create_card(database) for _ in range(2))
        execution, _ = factories.run(database, card.id)
        hub = Hub()
        listener = hub.listen()
        look = SlowLook(database, hub, lambda _id, _head: None)
        look.close()  # from here on it looks when it is told to
        listener.add(RUNS)
        look.look()
        assert await _changes(listener) == {RUNS: frozenset({execution.public_id})}
        queued = factories.start(database, other.id)
        look.look()
        assert await _changes(listener) == {RUNS: frozenset({queued.public_id})}
        factories.finish(database, execution)
        factories.claim(database, queued)
        assert database.write(lambda connection: store.move(connection, queued.id, Status.RUNNING))
        look.look()
        assert await _changes(listener) == {RUNS: frozenset({execution.public_id, queued.public_id})}
        listener.close()
