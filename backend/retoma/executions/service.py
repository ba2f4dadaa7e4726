"""What users do to executions: start, cancel, clear, answer. Each function runs inside one write transaction."""

import uuid
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from retoma.agents.adapter import Answer, Decision
from retoma.agents.inputs import encode_within
from retoma.agents.registry import get_adapter
from retoma.core.errors import ConflictError, InvalidError, NotFoundError
from retoma.core.ids import new_id
from retoma.core.status import Command, Status
from retoma.executions import message_store, request_store, store, worker_store
from retoma.executions.model import Execution, Message, MessageState, Request, RequestState


def get_execution(connection: Connection, public_id: str) -> Execution:
    """Return the execution, or raise NotFoundError."""
    execution = store.get_execution(connection, public_id)
    if execution is None:
        sentence = f"There is no execution {public_id!r}."
        raise NotFoundError(sentence)
    return execution


def start(
    connection: Connection,
    *,
    card_id: str,
    command: Command,
    agent: str,
    prompt: str | None,
    idempotency_key: str | None,
    now: datetime,
    resumes: Execution | None = None,
) -> tuple[Execution, bool]:
    """Store a queued execution as the card's active one; the earlier one becomes inactive.

    `resumes`: it goes on in the agent session of that execution. Returns the execution and whether it is new: the same
    `idempotency_key` on the same card gives the first one again. ConflictError, naming the other, where one is not
    over yet.
    """
    if idempotency_key is not None:
        known = store.find_by_idempotency_key(connection, card_id, idempotency_key)
        if known is not None:
            return _same(known, command, prompt), False
    busy = store.get_unfinished(connection, card_id)
    if busy is not None:
        raise _busy(busy.public_id, busy.command)
    store.deactivate(connection, card_id)
    values = {
        "public_id": new_id(),
        "card_id": card_id,
        "command": command,
        "agent": agent,
        "status": Status.QUEUED,
        "is_active": True,
        "attempt_of": None if resumes is None else resumes.public_id,
        "owner": None if resumes is None else _who_can_resume(connection, resumes),
        "agent_session": str(uuid.uuid4()) if resumes is None else resumes.agent_session,
        "prompt": prompt,
        "created_at": now,
        "head_sequence": 0,
        "journal_offset": 0,
        "stderr_offset": 0,
        "fence": 0,
        "idempotency_key": idempotency_key,
    }
    try:
        execution_id = store.insert_execution(connection, values)
    except IntegrityError as error:  # another server was quicker
        raise ConflictError("Another start of this card came first.") from error
    execution = store.get_execution_by_key(connection, execution_id)
    assert execution is not None  # noqa: S101 - stored a line above
    return execution, True


def _same(known: Execution, command: Command, prompt: str | None) -> Execution:
    """Return what an Idempotency-Key has started, or refuse that it stands for something else now."""
    if (known.command, known.prompt) != (command, prompt):
        raise InvalidError(f"This Idempotency-Key was used for another {known.command} before; take another key.")
    return known


def cancel(connection: Connection, public_id: str, now: datetime) -> Execution:
    """Store the wish to cancel; an execution that still waits in the queue is over at once.

    Returns the execution as it then is. ConflictError where it is over already.
    """
    execution = get_execution(connection, public_id)
    if not store.request_cancel(connection, execution.id, now):
        sentence = f"This execution is over already: {execution.status}."
        raise ConflictError(sentence)
    ended = {"completed_at": now, "evidence": {"cancelledBeforeStart": True}, "duration": 0.0}
    store.move(connection, execution.id, Status.CANCELLED, ended, sources=frozenset({Status.QUEUED}))
    return get_execution(connection, public_id)


def clear(connection: Connection, card_id: str) -> None:
    """Let the card show idle; history keeps the execution. ConflictError while it is not over."""
    busy = store.get_unfinished(connection, card_id)
    if busy is not None:
        sentence = f"{busy.command} is still {busy.status}; cancel it first, then clear."
        raise ConflictError(sentence, extra={"executionId": busy.public_id})
    store.deactivate(connection, card_id)


def answer(
    connection: Connection, public_id: str, n: int, *, decision: str, message: str | None, now: datetime
) -> Request:
    """Store the answer to question `n`, once.

    ConflictError where it was answered, or is not asked any more; InvalidError where it is too long for the agent.
    """
    execution = get_execution(connection, public_id)
    request = request_store.get_request(connection, execution.id, n)
    if request is None:
        sentence = f"Execution {public_id!r} has no request {n}."
        raise NotFoundError(sentence)
    if request.state is RequestState.OPEN:
        _refuse_too_long(execution, request, Decision(decision), message)
    if execution.status.over or not request_store.answer(
        connection, request, decision=decision, message=message, now=now
    ):
        words = "was answered already" if request.state is RequestState.ANSWERED else "is not asked any more"
        sentence = f"Request {n} {words}; nothing was changed."
        raise ConflictError(sentence)
    answered = request_store.get_request(connection, execution.id, n)
    assert answered is not None  # noqa: S101 - it was there a line above
    return answered


def add_message(
    connection: Connection,
    execution_id: int,
    *,
    key: str,
    text: str,
    wire: bytes,
    now: datetime,
    idempotency_key: str | None = None,
) -> Message:
    """Store words for an agent, behind those that it has. ConflictError where another server was as quick."""
    message = Message(
        execution_id=execution_id,
        n=message_store.last_number(connection, execution_id) + 1,
        key=key,
        text=text,
        wire=wire.decode(),
        state=MessageState.QUEUED,
        created_at=now,
        delivered_at=None,
        idempotency_key=idempotency_key,
    )
    try:
        message_store.insert_message(connection, message)
    except IntegrityError as error:
        raise ConflictError("Another message came at the same moment; send yours again.") from error
    return message


def _refuse_too_long(execution: Execution, request: Request, decision: Decision, message: str | None) -> None:
    answer = Answer(key=request.key, decision=decision, message=message, input=request.input)
    way_out = "Use fewer words, or put them into a file of the worktree."
    encode_within(get_adapter(execution.agent), answer, what="The answer", way_out=way_out)


def _who_can_resume(connection: Connection, earlier: Execution) -> str | None:
    """Return the worker that has the session of `earlier`, if it is there; None: whoever takes it may try."""
    name = earlier.carried_out_by
    return name if name is not None and worker_store.is_known(connection, name) else None


def _busy(public_id: str, command: Command) -> ConflictError:
    sentence = f"This card already has {command} going on (execution {public_id}); wait for its end or cancel it."
    return ConflictError(sentence, extra={"executionId": public_id})
