"""A status moves only along `executions/model.MOVES`, and only for who holds the claim."""

import itertools

import pytest

from retoma.core.clock import utc_now
from retoma.core.errors import ConflictError
from retoma.core.status import UNFINISHED, Status, Usage
from retoma.executions import claim_store, service, store
from retoma.executions.model import MOVES, Execution
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from support import factories

WAYS = {
    Status.QUEUED: (),
    Status.RUNNING: (Status.RUNNING,),
    Status.WAITING: (Status.RUNNING, Status.WAITING),
    Status.SUCCESS: (Status.RUNNING, Status.SUCCESS),
    Status.ERROR: (Status.ERROR,),
    Status.CANCELLED: (Status.CANCELLED,),
    Status.INTERRUPTED: (Status.RUNNING, Status.INTERRUPTED),
}


def bring_to(database: Database, status: Status) -> Execution:
    execution = factories.start(database, factories.create_card(database).id)
    for step in WAYS[status]:
        assert database.write(lambda connection, step=step: store.move(connection, execution.id, step))  # type: ignore[misc]
    return factories.reload(database, execution)


def test_every_pair_of_states_moves_just_where_the_table_of_moves_allows_it(database: Database) -> None:
    for source, to in itertools.product(Status, Status):
        execution = bring_to(database, source)
        assert execution.status is source
        allowed = to in MOVES and source in MOVES[to]
        if to is Status.QUEUED:
            assert to not in MOVES  # there is no way back into the queue
            continue
        values = {"error": "why"}
        moved = database.write(
            lambda connection, execution=execution, to=to, values=values: store.move(  # type: ignore[misc]
                connection, execution.id, to, values
            )
        )
        assert moved is allowed, (source, to)
        after = factories.reload(database, execution)
        assert (after.status, after.error) == ((to, "why") if allowed else (source, None)), (source, to)


def test_an_end_is_final() -> None:
    ends = set(Status) - UNFINISHED
    assert all(not (sources & ends) for sources in MOVES.values())


def test_only_the_newest_fence_moves_an_execution(database: Database) -> None:
    execution, old = factories.run(database, factories.create_card(database).id)
    new = factories.claim(database, execution)
    assert new == old + 1

    def end(connection: Connection, fence: int) -> bool:
        return store.move(connection, execution.id, Status.SUCCESS, {"result": "done"}, fence=fence)

    assert not database.write(lambda connection: end(connection, old))
    assert factories.reload(database, execution).status is Status.RUNNING
    assert database.write(lambda connection: end(connection, new))


def test_what_is_over_can_not_be_claimed(database: Database) -> None:
    execution = bring_to(database, Status.SUCCESS)
    now = utc_now()
    assert database.write(lambda c: claim_store.claim(c, execution.id, owner="late", lease_until=now)) is None
    assert factories.reload(database, execution).owner is None


@pytest.mark.parametrize("stale", ["fence", "head"])
def test_progress_with_an_old_fence_or_a_wrong_head_is_refused(database: Database, stale: str) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    factories.append(database, execution, fence, factories.make_entries(1, 3))
    before = factories.reload(database, execution)
    its_fence, head = (fence - 1, 3) if stale == "fence" else (fence, 2)

    def advance(connection: Connection) -> bool:
        return store.advance(
            connection, execution.id, fence=its_fence, old_head=head, progress=factories.progress_to(9)
        )

    assert not database.write(advance)
    assert factories.reload(database, execution) == before


@pytest.mark.parametrize("end", sorted(set(Status) - UNFINISHED))
def test_no_progress_is_stored_after_the_end(database: Database, end: Status) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    factories.finish(database, execution, end)
    progress = factories.progress_to(1)
    assert not database.write(lambda c: store.advance(c, execution.id, fence=fence, old_head=0, progress=progress))


def test_usage_and_evidence_come_back_as_they_were_stored(database: Database) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    usage = Usage(input_tokens=12, output_tokens=3, cost_usd=0.0125)
    fields: dict[str, object] = {"usage": usage, "evidence": {"exitCode": 0, "finalEvent": "résultat ✓"}}
    assert database.write(lambda c: store.move(c, execution.id, Status.SUCCESS, fields, fence=fence))
    after = factories.reload(database, execution)
    assert (after.usage, after.evidence) == (usage, fields["evidence"])


def test_a_cancel_of_a_queued_execution_ends_it_at_once(database: Database) -> None:
    execution = bring_to(database, Status.QUEUED)
    cancelled = database.write(lambda connection: service.cancel(connection, execution.public_id, utc_now()))
    assert (cancelled.status, cancelled.duration) == (Status.CANCELLED, 0.0)
    assert cancelled.completed_at is not None
    with pytest.raises(ConflictError, match="cancelled"):
        database.write(lambda connection: service.cancel(connection, execution.public_id, utc_now()))


def test_a_cancel_of_a_running_execution_is_a_wish_that_keeps_its_first_time(database: Database) -> None:
    execution, _ = factories.run(database, factories.create_card(database).id)
    first = database.write(lambda connection: service.cancel(connection, execution.public_id, utc_now()))
    second = database.write(lambda connection: service.cancel(connection, execution.public_id, utc_now()))
    assert first.status is Status.RUNNING
    assert first.cancel_requested_at is not None
    assert second.cancel_requested_at == first.cancel_requested_at


def test_leases_are_renewed_for_the_owner_s_unfinished_executions_only(database: Database) -> None:
    running, _ = factories.run(database, factories.create_card(database).id)
    over, _ = factories.run(database, factories.create_card(database).id)
    factories.finish(database, over)
    until = factories.START
    assert database.write(lambda connection: claim_store.renew_leases(connection, factories.WORKER, until)) == 1
    assert database.write(lambda connection: claim_store.renew_leases(connection, "somebody", until)) == 0
    assert factories.reload(database, running).lease_until == until
