"""Who has an execution: taken once, claimed by its owner only, taken over whole or not at all."""

import threading
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Connection

from retoma.core.clock import utc_now
from retoma.core.status import Status
from retoma.executions import claim_store, service, store, worker_store
from retoma.executions.model import Execution
from retoma.executions.worker_store import WorkerProcess
from retoma.storage.database import Database
from support import factories

_UNTIL = utc_now() + timedelta(seconds=30)


def _take(database: Database, owner: str, room: int) -> list[str]:
    return list(database.write(lambda c: claim_store.take(c, owner=owner, room=room, lease_until=_UNTIL)))


def _queue(database: Database, count: int) -> list[str]:
    return [factories.start(database, factories.create_card(database).id).public_id for _ in range(count)]


def test_a_worker_takes_the_oldest_while_it_has_room(database: Database) -> None:
    queued = _queue(database, 3)
    assert _take(database, "a", 2) == queued[:2]
    assert _take(database, "a", 2) == []
    assert _take(database, "b", 2) == queued[2:]


def test_each_execution_goes_to_one_of_those_who_ask_at_once(database: Database, url: str) -> None:
    queued = _queue(database, 12)
    taken: list[str] = []
    together = threading.Barrier(4)

    def ask(name: str) -> None:
        with closing(Database(url)) as own:
            together.wait()
            for room in range(1, 4):
                taken.extend(_take(own, name, room))

    threads = [threading.Thread(target=ask, args=[name]) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(queued)


def test_what_another_worker_has_can_not_be_claimed(database: Database) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    assert database.write(lambda c: claim_store.claim(c, execution.id, owner="other", lease_until=_UNTIL)) is None
    assert factories.reload(database, execution).fence == fence


def test_a_takeover_moves_all_fences_and_marks_what_had_begun(database: Database) -> None:
    begun, fence = factories.run(database, factories.create_card(database).id)
    queued = factories.start(database, factories.create_card(database).id)
    factories.claim(database, queued)
    over, _ = factories.run(database, factories.create_card(database).id)
    factories.finish(database, over)
    taken = database.write(lambda c: claim_store.take_over(c, factories.WORKER, by="b", lease_until=_UNTIL))
    assert taken is not None
    assert sorted(taken) == sorted([begun.public_id, queued.public_id])
    after = factories.reload(database, begun)
    assert (after.owner, after.lost_worker, after.status) == ("b", factories.WORKER, Status.RUNNING)
    assert factories.reload(database, queued).lost_worker is None
    assert factories.reload(database, over).owner == factories.WORKER

    def write_late(connection: Connection) -> bool:
        progress = factories.progress_to(1)
        return store.advance(connection, begun.id, fence=fence, old_head=0, progress=progress)

    assert not database.write(write_late)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_resume_waits_for_the_worker_that_has_the_session_if_it_is_there(
    database: Database, *, is_there: bool
) -> None:
    card = factories.create_card(database)
    execution, _ = factories.run(database, card.id)
    database.write(lambda c: claim_store.take_over(c, factories.WORKER, by="b", lease_until=_UNTIL))
    factories.finish(database, execution, Status.INTERRUPTED)
    earlier = factories.reload(database, execution)
    assert earlier.carried_out_by == factories.WORKER, "b only settled it"
    if is_there:
        process = WorkerProcess(name=factories.WORKER, host="h", pid=1, started_at=utc_now())
        database.write(lambda c: worker_store.register(c, process))

    def resume(connection: Connection) -> Execution:
        return service.start(
            connection,
            card_id=card.id,
            command=earlier.command,
            agent=earlier.agent,
            prompt=None,
            idempotency_key=None,
            now=utc_now(),
            resumes=earlier,
        )[0]

    resumed = database.write(resume)
    assert resumed.owner == (factories.WORKER if is_there else None)
    assert _take(database, "b", 5) == ([] if is_there else [resumed.public_id])


def test_what_was_not_begun_is_given_back(database: Database) -> None:
    begun, _ = factories.run(database, factories.create_card(database).id)
    queued = factories.start(database, factories.create_card(database).id)
    factories.claim(database, queued)
    assert database.write(lambda c: claim_store.release_queued(c, factories.WORKER)) == 1
    assert factories.reload(database, queued).owner is None
    assert factories.reload(database, begun).owner == factories.WORKER


def test_the_newest_process_under_a_name_is_the_worker(database: Database) -> None:
    older = WorkerProcess(name="w", host="h", pid=1, started_at=utc_now() - timedelta(hours=1))
    newer = WorkerProcess(name="w", host="h", pid=2, started_at=utc_now())
    for process in (older, newer):
        database.write(lambda c, process=process: worker_store.register(c, process))  # type: ignore[misc]
    assert not database.write(lambda c: worker_store.renew(c, older, utc_now()))
    assert not database.write(lambda c: worker_store.remove(c, older))
    assert database.write(lambda c: worker_store.renew(c, newer, utc_now()))


def test_a_worker_that_says_something_is_not_taken_away_as_lost(database: Database) -> None:
    process = WorkerProcess(name="w", host="h", pid=1, started_at=utc_now())
    database.write(lambda c: worker_store.register(c, process))
    with database.read() as connection:
        seen = worker_store.list_heartbeats(connection)["w"]
    database.write(lambda c: worker_store.renew(c, process, seen + timedelta(seconds=2)))
    assert not database.write(lambda c: worker_store.remove_lost(c, "w", seen))
    assert not database.write(lambda c: worker_store.remove_lost(c, "w", None))
    assert database.write(lambda c: worker_store.remove_lost(c, "w", seen + timedelta(seconds=2)))
    assert database.write(lambda c: worker_store.remove_lost(c, "gone", None))


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_write_that_a_stopped_worker_left_open_keeps_nobody_waiting_and_is_ended(
    database: Database, url: str
) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    row = f"SELECT 1 FROM executions WHERE id = {execution.id} FOR UPDATE"
    with psycopg.connect(url.replace("+psycopg", "")) as stopped:
        stopped.execute(row)

        def take_over(connection: Connection) -> object:
            return claim_store.take_over(connection, factories.WORKER, by="b", lease_until=_UNTIL)

        assert database.write(take_over) is None
        stopped.rollback()
        assert database.write(take_over) == [execution.public_id]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_the_database_ends_a_write_that_its_writer_left_open(database: Database) -> None:
    def limit(connection: Connection) -> object:
        return connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one()

    assert database.write(limit) == "10s"
