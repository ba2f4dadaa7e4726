"""A commit that takes place while its answer is lost, one time in ten: nothing is doubled, on both databases."""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import PoolProxiedConnection

from retoma.core.errors import ConflictError, StorageError
from retoma.core.status import Command
from retoma.executions import service, store
from retoma.executions.model import Execution
from retoma.live.hub import ENTRIES, EXECUTION, execution_topic
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from support import factories
from support.following import Following, WrittenRun, assert_whole
from support.trials import IS_LONG, trials

SEED = 17
LINES = trials(200, 10_000)

pytestmark = pytest.mark.timeout(1800 if IS_LONG else 60)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    upgrade(database_url)
    with closing(Database(database_url)) as opened:
        yield opened


@contextmanager
def losing_answers(database: Database, one_in: int) -> Iterator[list[int]]:
    """Let one commit in so many raise after it took place; yields the count of those."""
    dialect = database._write_engine.dialect
    chance, lost, commit = random.Random(SEED), [0], dialect.do_commit

    def commit_and_maybe_lose(dbapi_connection: PoolProxiedConnection) -> None:
        commit(dbapi_connection)
        if chance.randrange(one_in) == 0:
            lost[0] += 1
            raise dialect.loaded_dbapi.OperationalError("the answer was lost")

    dialect.do_commit = commit_and_maybe_lose  # type: ignore[method-assign]
    try:
        yield lost
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]


def test_no_entry_is_stored_twice_when_the_answer_to_one_commit_in_ten_is_lost(
    database: Database, tmp_path: Path
) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    run = WrittenRun(tmp_path / "run")
    following = Following(database, execution, run)
    with losing_answers(database, 10) as lost:
        for line in range(1, LINES + 1):
            run.write(line, 1)
            following.until_stored(line)
        run.end()
        following.until_over()
    assert lost[0] > LINES / 20
    assert_whole(database, execution, LINES)


@pytest.mark.anyio
async def test_an_end_whose_answer_is_lost_is_told_to_whoever_listens(database: Database, tmp_path: Path) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    run = WrittenRun(tmp_path / "run")
    following = Following(database, execution, run)
    with closing(following.feed.hub.listen()) as listener:
        listener.add(execution_topic(execution.public_id))
        run.write(1, 1)
        await asyncio.to_thread(following.until_stored, 1)
        assert len(await following.feed.after(execution, 0)) == 1
        await listener.wait()
        with losing_answers(database, 1) as lost:
            run.end()
            await asyncio.to_thread(following.until_over)
        assert lost[0] >= 2  # the last word's, and the end's
        assert await listener.wait() == {execution_topic(execution.public_id): {ENTRIES, EXECUTION}}
        assert [sequence for sequence, _ in await following.feed.after(execution, 1)] == [2]
    assert_whole(database, execution, 1)


def test_a_start_that_is_repeated_with_its_key_after_a_lost_answer_is_one_run(database: Database) -> None:
    cards = [factories.create_card(database) for _ in range(20)]
    with losing_answers(database, 2) as lost:
        started = [_start_until_told(database, card.id) for card in cards]
    assert lost[0] > 5
    for card, execution in zip(cards, started, strict=True):
        with database.read() as connection:
            stored = store.list_executions(connection, {"card_id": card.id}, limit=10)
        assert [one.public_id for one in stored] == [execution.public_id]


def _start_until_told(database: Database, card: str) -> Execution:
    while True:
        with contextlib.suppress(StorageError):
            return _start(database, card)


def _start(database: Database, card: str) -> Execution:
    return database.write(
        lambda connection: factories.start_in(connection, card, Command.IMPLEMENT, key="the-users-click")
    )[0]


def test_an_answer_that_is_repeated_after_a_lost_answer_of_ours_is_refused_and_the_first_one_stands(
    database: Database,
) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    factories.ask(database, execution)

    def answer(decision: str) -> None:
        database.write(
            lambda connection: service.answer(
                connection, execution.public_id, 1, decision=decision, message=None, now=factories.START
            )
        )

    with losing_answers(database, 1), pytest.raises(StorageError, match="look before you try again"):
        answer("allow")
    with pytest.raises(ConflictError, match="answered already"):
        answer("deny")
