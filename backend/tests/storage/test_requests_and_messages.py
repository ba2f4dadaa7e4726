"""Questions are answered once; messages are sent until they are acknowledged."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from retoma.core.clock import utc_now
from retoma.core.errors import ConflictError, NotFoundError
from retoma.executions import message_store, request_store, service
from retoma.executions.model import Execution, Request, RequestState, next_actions
from retoma.storage.database import Database
from support import factories


def answer(
    database: Database, execution: Execution, n: int, decision: str = "allow", message: str = "Go on."
) -> Request:
    return database.write(
        lambda connection: service.answer(
            connection, execution.public_id, n, decision=decision, message=message, now=utc_now()
        )
    )


@pytest.fixture
def execution(database: Database) -> Execution:
    return factories.run(database, factories.create_card(database).id)[0]


def test_a_question_is_open_until_it_is_answered(database: Database, execution: Execution) -> None:
    asked = factories.ask(database, execution)
    with database.read() as connection:
        assert request_store.list_open_requests(connection) == [asked]
        assert request_store.list_requests(connection, [execution.id], open_only=True) == [asked]
    answered = answer(database, execution, 1)
    assert (answered.state, answered.decision, answered.message) == (RequestState.ANSWERED, "allow", "Go on.")
    assert answered.answered_at is not None
    with database.read() as connection:
        assert request_store.list_open_requests(connection) == []
        assert request_store.list_requests(connection, [execution.id], open_only=False) == [answered]


def test_of_many_simultaneous_answers_one_counts(database: Database, execution: Execution) -> None:
    factories.ask(database, execution)
    together = threading.Barrier(12)

    def try_answer(index: int) -> str | None:
        together.wait()
        try:
            return answer(database, execution, 1, message=f"I am {index}.").message
        except ConflictError:
            return None

    with ThreadPoolExecutor(12) as pool:
        heard = [message for message in pool.map(try_answer, range(12)) if message is not None]
    assert len(heard) == 1
    with database.read() as connection:
        stored = request_store.get_request(connection, execution.id, 1)
    assert stored is not None
    assert stored.message == heard[0]


def test_a_second_answer_and_an_answer_to_nothing_are_refused(database: Database, execution: Execution) -> None:
    factories.ask(database, execution)
    answer(database, execution, 1)
    with pytest.raises(ConflictError, match="answered already"):
        answer(database, execution, 1)
    with pytest.raises(NotFoundError, match="no request 2"):
        answer(database, execution, 2)


def test_a_question_of_an_execution_that_is_over_can_not_be_answered(database: Database, execution: Execution) -> None:
    asked = factories.ask(database, execution)
    factories.finish(database, execution)
    with pytest.raises(ConflictError, match="not asked any more"):
        answer(database, execution, 1)
    with database.read() as connection:
        assert request_store.get_request(connection, execution.id, 1) == asked


def test_a_withdrawn_question_is_closed_without_an_answer(database: Database, execution: Execution) -> None:
    first, _, third = (factories.ask(database, execution, n) for n in (1, 2, 3))
    answer(database, execution, 2)
    assert database.write(lambda connection: request_store.withdraw(connection, execution.id, first.key)) == 1
    assert database.write(lambda connection: request_store.withdraw(connection, execution.id, first.key)) == 0
    with database.read() as connection:
        assert request_store.list_open_requests(connection) == [third]
    assert database.write(lambda connection: request_store.withdraw(connection, execution.id)) == 1
    with database.read() as connection:
        states = [r.state for r in request_store.list_requests(connection, [execution.id], open_only=False)]
    assert states == [RequestState.WITHDRAWN, RequestState.ANSWERED, RequestState.WITHDRAWN]
    with pytest.raises(ConflictError, match="not asked any more"):
        answer(database, execution, 1)


def test_the_delivery_of_an_answer_is_noted(database: Database, execution: Execution) -> None:
    asked = factories.ask(database, execution)
    answer(database, execution, 1)
    now = utc_now()
    database.write(lambda connection: request_store.mark_answer_delivered(connection, asked, now))
    with database.read() as connection:
        stored = request_store.get_request(connection, execution.id, 1)
    assert stored is not None
    assert stored.delivered_at == now


def test_messages_are_sent_in_order_until_the_agent_has_acknowledged_them(
    database: Database, execution: Execution
) -> None:
    with database.read() as connection:
        assert message_store.last_number(connection, execution.id) == 0
    second, first = factories.send(database, execution, 2), factories.send(database, execution, 1)
    with database.read() as connection:
        assert message_store.list_undelivered(connection, execution.id) == [first, second]
    for key in (first.key, "unknown", first.key):
        database.write(lambda connection, key=key: message_store.acknowledge(connection, execution.id, key, utc_now()))  # type: ignore[misc]
    with database.read() as connection:
        assert message_store.list_undelivered(connection, execution.id) == [second]
        assert message_store.last_number(connection, execution.id) == 2


def test_an_acknowledgement_counts_for_its_own_execution_only(database: Database, execution: Execution) -> None:
    other, _ = factories.run(database, factories.create_card(database).id)
    message = factories.send(database, execution)
    database.write(lambda connection: message_store.acknowledge(connection, other.id, message.key, utc_now()))
    with database.read() as connection:
        assert message_store.list_undelivered(connection, execution.id) == [message]


def test_the_next_actions_are_those_that_are_possible(database: Database, execution: Execution) -> None:
    assert next_actions(execution, []) == ["cancel"]
    asked = factories.ask(database, execution)
    assert next_actions(execution, [asked]) == ["answer", "cancel"]
    wished = database.write(lambda connection: service.cancel(connection, execution.public_id, utc_now()))
    assert next_actions(wished, [asked]) == ["answer"]
    factories.finish(database, execution)
    assert next_actions(factories.reload(database, execution), []) == ["run-again", "clear"]
    database.write(lambda connection: service.clear(connection, execution.card_id))
    assert next_actions(factories.reload(database, execution), []) == ["run-again"]
