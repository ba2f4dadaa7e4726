"""The feed: whoever reads after a cursor, whenever woken, gets every stored entry once and in order."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import closing

import orjson
import pytest

from retoma.executions.model import Execution
from retoma.live.feed import BATCH, Feed
from retoma.live.hub import ENTRIES, EXECUTION, Hub, Listener, execution_topic
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from support import factories

pytestmark = pytest.mark.anyio
PATIENCE = 40


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    upgrade(sqlite_url)
    with closing(Database(sqlite_url)) as opened:
        yield opened


class Journal:
    """Stores entries as a worker does, and publishes them after the commit."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database, self._feed, self.head = database, feed, 0
        self.execution, self._fence = factories.run(database, factories.create_card(database).id)

    def write(self, count: int) -> None:
        entries = factories.make_entries(self.head + 1, count)
        factories.append(self._database, self.execution, self._fence, entries)
        self.head += count
        self._feed.publish_entries(self.execution.public_id, entries)


async def read_until(feed: Feed, execution: Execution, last: int, cursor: int = 0) -> list[int]:
    """Read as a socket does: listen, then read until nothing comes, then wait to be woken."""
    found: list[int] = []
    listener = feed.hub.listen()
    listener.add(execution_topic(execution.public_id))
    try:
        while True:
            while batch := await feed.after(execution, cursor):
                assert len(batch) <= BATCH
                assert all(orjson.loads(encoded)["sequence"] == sequence for sequence, encoded in batch)
                found += [sequence for sequence, _ in batch]
                cursor = batch[-1][0]
            if cursor >= last:
                return found
            await listener.wait()
    finally:
        listener.close()


@pytest.mark.parametrize("seed", range(4))
async def test_readers_that_come_and_go_amid_writes_miss_nothing_and_see_nothing_twice(
    database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    feed = Feed(database)
    journal = Journal(database, feed)
    sizes = [chance.choice([1, 1, 2, 5, 40, BATCH + 7]) for _ in range(30)]
    total = sum(sizes)

    async def read() -> None:
        cursor = 0
        while cursor < total:
            # Goes away after some entries, with nobody listening for a while, and comes back at its cursor.
            goal = min(total, cursor + chance.randint(1, total))
            found = await read_until(feed, journal.execution, goal, cursor)
            assert found == list(range(cursor + 1, cursor + 1 + len(found)))
            cursor += len(found)
            await asyncio.sleep(chance.random() * 0.002)

    def write() -> None:
        for size in sizes:
            journal.write(size)

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await asyncio.wait_for(asyncio.gather(asyncio.to_thread(write), *readers), PATIENCE)


async def test_entries_written_while_nobody_listened_are_read_by_who_comes(database: Database) -> None:
    feed = Feed(database)
    journal = Journal(database, feed)
    listener = feed.hub.listen()
    listener.add(execution_topic(journal.execution.public_id))
    journal.write(3)
    assert len(await feed.after(journal.execution, 0)) == 3
    listener.close()
    journal.write(2)
    assert [sequence for sequence, _ in await feed.after(journal.execution, 3)] == [4, 5]


async def test_a_reader_who_comes_in_the_middle_of_a_publish_is_woken(database: Database) -> None:
    """It may have read before the ring was dropped, in the moment after nobody was found to listen."""

    class Crowded(Hub):
        """Where somebody comes just after it was seen that nobody is there."""

        arriving: Listener | None = None

        def has_listeners(self, topic: str) -> bool:
            there = super().has_listeners(topic)
            if self.arriving is not None:
                self.arriving.add(topic)
            return there

    feed = Feed(database)
    feed.hub = hub = Crowded()
    journal = Journal(database, feed)
    topic = execution_topic(journal.execution.public_id)
    listener = feed.hub.listen()
    listener.add(topic)
    journal.write(1)
    listener.close()
    late = hub.arriving = hub.listen()
    journal.write(1)
    assert await asyncio.wait_for(late.wait(), PATIENCE) == {topic: {ENTRIES}}
    assert [sequence for sequence, _ in await feed.after(journal.execution, 1)] == [2]
    late.close()


async def test_who_has_seen_a_newer_head_is_not_told_that_there_is_nothing_new(database: Database) -> None:
    """An end can be seen in the database in the moment before its last entries are published."""
    feed = Feed(database)
    journal = Journal(database, feed)
    listener = feed.hub.listen()
    listener.add(execution_topic(journal.execution.public_id))
    journal.write(3)
    assert await feed.after(journal.execution, 3) == []
    factories.append(database, journal.execution, 1, factories.make_entries(4, 2))
    seen = factories.reload(database, journal.execution)
    assert [sequence for sequence, _ in await feed.after(seen, 3)] == [4, 5]
    listener.close()


async def test_of_many_readers_who_need_the_same_entries_one_asks_the_database(
    database: Database, statements: list[str]
) -> None:
    feed = Feed(database)
    journal = Journal(database, feed)
    journal.write(50)
    statements.clear()
    found = await asyncio.gather(*(feed.after(journal.execution, 20) for _ in range(20)))
    assert all([sequence for sequence, _ in entries] == list(range(21, 51)) for entries in found)
    assert sum("FROM execution_logs" in statement for statement in statements) == 1


async def test_the_end_of_an_execution_frees_what_was_kept_and_loses_nothing(database: Database) -> None:
    feed = Feed(database)
    journal = Journal(database, feed)
    listener = feed.hub.listen()
    listener.add(execution_topic(journal.execution.public_id))
    journal.write(4)
    feed.forget(journal.execution.public_id)
    feed.publish_execution(journal.execution.public_id)
    changed = await asyncio.wait_for(listener.wait(), PATIENCE)
    assert changed == {execution_topic(journal.execution.public_id): {ENTRIES, EXECUTION}}
    assert [sequence for sequence, _ in await feed.after(journal.execution, 0)] == [1, 2, 3, 4]
    listener.close()
