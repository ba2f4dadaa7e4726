"""Going on with a run: a message to an agent that lives, a new execution in the session of one that is over."""

import uuid
from datetime import datetime

from retoma.agents.adapter import Prompt
from retoma.agents.inputs import encode_within
from retoma.agents.registry import get_adapter
from retoma.cards import service as cards
from retoma.core.errors import ConflictError, InvalidError
from retoma.core.status import Status
from retoma.executions import message_store, store
from retoma.executions import service as executions
from retoma.executions.model import Execution, Message
from retoma.pipeline.launch import store_in_column
from retoma.storage.connection import Connection


def resume_execution(
    connection: Connection, public_id: str, *, prompt: str | None, idempotency_key: str | None, now: datetime
) -> tuple[Execution, bool]:
    """Store a queued execution that goes on in the agent session of an execution that is over.

    `prompt`: the user's words to go on with. Returns the execution and whether it is new. ConflictError where the
    execution is not over, its agent never began a session, or its card has another one going on.
    """
    earlier = executions.get_execution(connection, public_id)
    if not earlier.status.over:
        sentence = f"This execution goes on ({earlier.status}); send it a message, or cancel it first."
        raise ConflictError(sentence, extra={"executionId": public_id})
    if not get_adapter(earlier.agent).capabilities.resume:
        raise InvalidError(f"The agent {earlier.agent} can't go on in an earlier session; run {earlier.command} again.")
    if not any(one.has_session for one in store.list_of_session(connection, earlier.card_id, earlier.agent_session)):
        sentence = f"The agent of this execution never began a session to go on with; run {earlier.command} again."
        raise ConflictError(sentence)
    return store_in_column(
        connection,
        cards.get_card(connection, earlier.card_id),
        command=earlier.command,
        agent=earlier.agent,
        prompt=prompt,
        idempotency_key=idempotency_key,
        now=now,
        resumes=earlier,
    )


def send_message(
    connection: Connection, public_id: str, *, text: str, idempotency_key: str | None, now: datetime
) -> Message:
    """Store a message of the user for an agent that is at work; the worker delivers it, over any restart.

    The same `idempotency_key` on the same execution gives the first message again. ConflictError where no agent is
    there to hear it.
    """
    execution = executions.get_execution(connection, public_id)
    if idempotency_key is not None:
        known = message_store.find_by_idempotency_key(connection, execution.id, idempotency_key)
        if known is not None:
            if known.text != text:
                raise InvalidError("This Idempotency-Key was used for another message before; take another key.")
            return known
    # From here on the worker decides nothing about this execution: neither its end nor that its agent may be closed.
    _refuse_deaf(store.lock_execution(connection, execution.id) or execution)
    adapter = get_adapter(execution.agent)
    if not adapter.capabilities.messages:
        raise InvalidError(f"The agent {execution.agent} hears nobody while it works; wait for its end.")
    key = str(uuid.uuid4())
    prompt = Prompt(key=key, text=text, command=execution.command)
    way_out = "Shorten it, or put the text into a file of the worktree."
    wire = encode_within(adapter, prompt, what="The message", way_out=way_out)
    return executions.add_message(
        connection, execution.id, key=key, text=text, wire=wire, idempotency_key=idempotency_key, now=now
    )


def _refuse_deaf(execution: Execution) -> None:
    if execution.status.over or execution.is_closing:
        over = f"is over ({execution.status})" if execution.status.over else "is at its end"
        sentence = f"This execution {over}: nobody hears a message. Resume it to go on in the same session."
        raise ConflictError(sentence)
    if execution.cancel_requested_at is not None:
        raise ConflictError("This execution is being cancelled: nobody hears a message any more.")
    if execution.status is Status.QUEUED:
        raise ConflictError("This execution has not begun yet; send the message once it runs.")
