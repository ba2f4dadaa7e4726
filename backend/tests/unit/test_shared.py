"""Entries shared through Redis: whatever that does, a reader gets each stored entry once, in order, as it is stored."""

import asyncio
import logging
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from redis.client import Pipeline
from sqlalchemy import text

from retoma.executions.model import Execution
from retoma.live.feed import BATCH, Feed
from retoma.live.frames import encode_entry
from retoma.live.hub import Listener, execution_topic
from retoma.live.pages import Piece
from retoma.live.recent import Encoded
from retoma.live.shared import Shared
from retoma.logs import store as log_store
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from support import factories
from support.redis import RedisServer, redis_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    upgrade(postgres_url)
    with closing(Database(postgres_url)) as opened:
        yield opened


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


class Counting(Shared):
    """Counts how often Redis was of use."""

    hits = 0

    def fetch(self, public_id: str, token: str, cursor: int) -> Sequence[Encoded]:
        found = super().fetch(public_id, token, cursor)
        self.hits += bool(found)
        return found


class Side:
    """One process: a feed with its own connection to Redis."""

    def __init__(self, database: Database, redis: RedisServer) -> None:
        self.shared = Counting(redis.url, again_seconds=0.05)
        self.feed = Feed(database, self.shared)

    def close(self) -> None:
        self.shared.close()


class Scene:
    """A worker and a server on one database, and a reader of the server with its cursor."""

    def __init__(self, database: Database, redis: RedisServer) -> None:
        self.database, self.redis = database, redis
        self.execution, self._fence = factories.run(database, factories.create_card(database).id)
        self.server, self.read = Side(database, redis), list[Encoded]()
        self.listener: Listener | None = None
        self.hears = True
        self.begin_worker()
        self.follow()

    def close(self) -> None:
        assert self.listener is not None
        self.listener.close()
        self.worker.close()
        self.server.close()

    def begin_worker(self) -> None:
        self.worker = Side(self.database, self.redis)
        self.worker.feed.hub.pass_on_to(self._pass_on)

    def follow(self) -> None:
        self.listener = self.server.feed.hub.listen()
        self.listener.add(execution_topic(self.execution.public_id))

    def _pass_on(self, topic: str, name: str, detail: str) -> None:
        if self.hears:
            self.server.feed.hub.hear(topic, name, detail)

    @property
    def stored(self) -> Execution:
        return factories.reload(self.database, self.execution)

    def write(self, count: int, word: str = "line") -> None:
        head = self.stored.head_sequence
        entries = [
            entry._replace(content=f"{word} ü\0 {entry.sequence}") for entry in factories.make_entries(head + 1, count)
        ]
        factories.append(self.database, self.execution, self._fence, entries)
        self.worker.feed.publish_entries(self.execution.public_id, entries)

    def log(self) -> Sequence[Encoded]:
        with self.database.read() as connection:
            return [(entry.sequence, encode_entry(entry)) for entry in log_store.scan(connection, self.stored.id)]

    def is_in_redis(self, *, seconds: float = 20) -> bool:
        """Wait until the worker has put there what it has stored."""
        return self.redis.has(self.stored.head_sequence, seconds=seconds)

    async def read_on(self) -> None:
        """Read as a socket does, until there is nothing more; all of it is what is stored."""
        if not self.hears:
            self.server.feed.saw(self.execution.public_id, self.stored.head_sequence)  # the slow look
        while batch := await self.server.feed.after(self.execution, len(self.read)):
            assert len(batch) <= BATCH
            self.read += batch
        assert self.read == self.log()

    def assert_pages(self, chance: random.Random) -> None:
        """Pages that are answered without reading the log from the database are what the database has."""
        log = self.log()
        head = len(log)
        for piece in (Piece(tail=chance.randint(1, 30), limit=BATCH), Piece(after=max(0, head - 7), limit=5)):
            page = self.server.feed.page(self.execution.public_id, piece)
            if page is not None:
                first, last = piece.span(head)
                assert (page[0].head, page[0].first, page[0].status) == (head, min(1, head), self.stored.status)
                assert list(page[1]) == log[first - 1 : last]

    # ---- fate -----------------------------------------------------------------------------------------------------

    def restore_a_backup(self, head: int) -> None:
        """The database is what it was a while ago; worker, server and reader begin anew, Redis knows of nothing."""

        def go_back(connection) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - SQLAlchemy's connection
            connection.execute(text(f"DELETE FROM execution_logs WHERE sequence > {head}"))
            connection.execute(text(f"UPDATE executions SET head_sequence = {head}"))

        self.database.write(go_back)
        self.worker.close()
        self.begin_worker()
        self.server.feed.hub.lose_track()  # its connection to the database broke, too
        del self.read[head:]

    def spoil(self, chance: random.Random) -> None:
        """Put rubbish where entries are: other bytes, other places, holes, something else altogether."""
        for key in self.redis.logs():
            pieces = self.redis.pieces(key)
            with self.redis.client.pipeline() as client:  # at once: the worker may be adding its next piece
                client.delete(key)
                _spoil(client, key, pieces, chance)
                client.execute()


def _spoil(client: Pipeline, key: bytes, pieces: Sequence[tuple[int, bytes]], chance: random.Random) -> None:
    kind = chance.randrange(5)
    if kind == 0:
        client.set(key, b"rubbish")
        return
    for last, body in pieces:
        if kind == 1:
            client.xadd(key, {b"e": body}, f"{last + 3}-0")  # somewhere else
        elif kind == 2 and chance.random() < 0.5:
            client.xadd(key, {b"e": body}, f"{last}-0")  # as it was, with holes
        elif kind == 3:
            client.xadd(key, {b"e": body[: chance.randrange(len(body) + 1)] or b"x"}, f"{last}-0")
        elif kind == 4:
            client.xadd(key, {b"e": body.replace(b"line", b"lime"), b"f": b""}, f"{last}-0")


async def test_what_one_process_stores_is_read_by_another_without_reading_the_log_from_the_database(
    database: Database, redis: RedisServer
) -> None:
    with closing(Scene(database, redis)) as scene:
        scene.write(3)
        assert scene.is_in_redis()
        await scene.read_on()
        scene.server.feed._load = None  # type: ignore[method-assign,assignment] # whoever asks the database fails
        for count in (1, 40, 600, 2):
            scene.write(count)
            assert scene.is_in_redis()
            await asyncio.sleep(0)
            while len(scene.read) < scene.stored.head_sequence:
                scene.read += await scene.server.feed.after(scene.execution, len(scene.read))
            assert await scene.server.feed.after(scene.execution, len(scene.read)) == []
        assert scene.read == scene.log()
        assert scene.server.feed.page(scene.execution.public_id, Piece(tail=100, limit=BATCH)) is not None


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_redis_does_a_reader_gets_what_is_stored(
    database: Database, redis: RedisServer, seed: int
) -> None:
    chance = random.Random(seed)
    with closing(Scene(database, redis)) as scene:
        fates: dict[str, Callable[[], object]] = {
            "flush": redis.client.flushall,
            "spoil": lambda: scene.spoil(chance),
            "spoil again": lambda: scene.spoil(chance),
            "backup": lambda: scene.restore_a_backup(chance.randint(0, len(scene.read))),
            "kill": redis.kill,
            "stop": lambda: redis.send(signal.SIGSTOP),
            "words are lost": lambda: setattr(scene, "hears", not scene.hears),
        }
        for step in range(30):
            scene.write(chance.choice([1, 1, 3, 20, 300]), word=f"line {seed} {step}")
            if chance.random() < 0.7:
                scene.is_in_redis(seconds=0.05)
            if chance.random() < 0.4:
                fate = chance.choice(list(fates))
                fates[fate]()
                if fate in ("kill", "stop"):
                    scene.write(2, word="line alone")
                    await scene.read_on()
                    redis.revive()
            await scene.read_on()
            scene.assert_pages(chance)
        # And when all is well again, it is of use again.
        scene.hears, scene.server.shared.hits = True, 0
        limit = time.monotonic() + 20
        while not scene.server.shared.hits:
            assert time.monotonic() < limit
            scene.write(1)
            scene.is_in_redis(seconds=0.2)
            await scene.read_on()


async def test_after_a_backup_was_restored_what_redis_has_of_later_is_shown_to_nobody(
    database: Database, redis: RedisServer
) -> None:
    """Its entries have the same sequences of the same execution, and other content."""
    with closing(Scene(database, redis)) as scene:
        scene.write(10, word="before")
        assert scene.is_in_redis()
        await scene.read_on()
        scene.restore_a_backup(5)
        await scene.read_on()
        scene.worker.shared.push = lambda *_: None  # type: ignore[method-assign] # it does not reach Redis now
        scene.write(2, word="after")
        await scene.read_on()
        scene.assert_pages(random.Random(0))


async def test_a_hole_ends_what_is_read_from_redis(redis: RedisServer) -> None:
    with closing(Shared(redis.url)) as shared:
        token = "t" * 32
        for first in (1, 4, 7, 10):
            shared.push("run", token, factories.make_entries(first, 3))
            assert redis.has(first + 2)
        [key] = redis.logs()
        redis.client.xdel(key, "6-0")

        def fetch(cursor: int) -> list[int]:
            return [sequence for sequence, _ in shared.fetch("run", token, cursor)]

        assert fetch(0) == [1, 2, 3]
        assert fetch(2) == [3]
        assert fetch(3) == fetch(5) == []
        assert fetch(6) == [7, 8, 9, 10, 11, 12]
        assert fetch(8) == [9, 10, 11, 12]
        assert fetch(12) == []
        assert shared.fetch("run", "u" * 32, 6) == []


async def test_of_a_dead_redis_nobody_notices_but_by_one_line_and_its_password_is_not_in_it(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with redis_server(tmp_path, password="very-secret") as redis, closing(Scene(database, redis)) as scene:
        scene.write(1)
        assert scene.is_in_redis()
        redis.kill()
        for _ in range(5):
            scene.write(3)
            await scene.read_on()
        _said(caplog, "Redis does not answer", 2)  # the worker and the server
        redis.start()
        _said(caplog, "Redis answers again", 2)
        scene.write(3)
        assert scene.is_in_redis()
        await scene.read_on()
    assert "very-secret" not in caplog.text
    assert sum("Redis" in record.message for record in caplog.records) == 4


def _said(caplog: pytest.LogCaptureFixture, words: str, times: int) -> None:
    limit = time.monotonic() + 20
    while sum(words in record.message for record in caplog.records) < times:
        assert time.monotonic() < limit, caplog.text
        time.sleep(0.01)


async def test_a_stopped_redis_holds_up_no_publish(database: Database, redis: RedisServer) -> None:
    """Who commits hands the entries over and goes on, though Redis takes nothing; what is waiting is bounded."""
    with closing(Scene(database, redis)) as scene:
        scene.write(1)
        assert scene.is_in_redis()
        redis.send(signal.SIGSTOP)
        entries = [entry._replace(content="x" * 100_000) for entry in factories.make_entries(2, 200)]
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(20):
            scene.worker.shared.push("run", "t" * 32, entries)
        took = loop.time() - began
        waiting = sum(len(entry.content) for pushed in scene.worker.shared._waiting for entry in pushed.entries)
        assert waiting <= 8 * 1024 * 1024
        assert took < 0.25, "not even one timeout of Redis"
        redis.send(signal.SIGCONT)


async def test_redis_keeps_the_newest_of_a_log_and_nothing_for_long(database: Database, redis: RedisServer) -> None:
    with closing(Scene(database, redis)) as scene:
        for _ in range(40):
            scene.write(250, word="x" * 400)
            assert scene.is_in_redis()
        [key] = redis.logs()
        size = sum(len(body) for _, body in redis.pieces(key))
        assert 0.8 * 1024 * 1024 < size <= 1024 * 1024
        assert 0 < redis.client.ttl(key) <= 600
        await scene.read_on()
