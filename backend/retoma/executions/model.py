"""What an execution is, and how its status may move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from retoma.core.json import JsonObject
from retoma.core.status import UNFINISHED, Command, Status, Usage

# Every move that there is: to → from. An update names the states it may start from; any other changes nothing.
MOVES: Mapping[Status, frozenset[Status]] = {
    Status.RUNNING: frozenset({Status.QUEUED, Status.WAITING}),
    Status.WAITING: frozenset({Status.RUNNING}),
    Status.SUCCESS: frozenset({Status.RUNNING, Status.WAITING}),
    Status.ERROR: UNFINISHED,
    Status.CANCELLED: UNFINISHED,
    Status.INTERRUPTED: frozenset({Status.RUNNING, Status.WAITING}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One run. `id` is the key of the tables, `public_id` what the wire calls `id`."""

    id: int
    public_id: str
    card_id: str
    command: Command
    agent: str
    status: Status
    is_active: bool  # the card's latest, until cleared
    attempt_of: str | None  # public id of the execution whose agent session this one takes up
    agent_session: str
    prompt: str | None  # the user's own words
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    duration: float | None  # seconds, real
    result: str | None
    error: str | None
    exit_code: int | None
    evidence: JsonObject | None
    usage: Usage | None
    head_sequence: int
    last_line: str | None
    journal_offset: int  # bytes of out.jsonl taken in
    stderr_offset: int  # bytes of err.log taken in
    adapter_state: JsonObject | None
    owner: str | None
    lease_until: datetime | None
    fence: int
    cancel_requested_at: datetime | None
    idempotency_key: str | None

    @property
    def outcome(self) -> str | None:
        """What to show as the result: what came out, else what went wrong."""
        return self.result if self.result is not None else self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveExecution:
    """What a board shows of a card's active execution: see Execution for the fields."""

    public_id: str
    status: Status
    command: Command
    agent: str
    started_at: datetime | None
    completed_at: datetime | None
    duration: float | None
    head_sequence: int
    last_line: str | None
    usage: Usage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one batch of entries moves, in the same transaction as the entries themselves."""

    head_sequence: int
    journal_offset: int
    stderr_offset: int
    adapter_state: JsonObject
    last_line: str | None
    usage: Usage | None


class RequestState(StrEnum):
    """The life of an agent's question."""

    OPEN = "open"  # nobody has answered
    ANSWERED = "answered"  # decided; the agent may still have to be told
    WITHDRAWN = "withdrawn"  # the agent, or its end, made an answer pointless


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question of an agent; `n` counts within its execution from 1, `key` is the agent's own name for it."""

    execution_id: int
    n: int
    key: str
    sequence: int  # of the entry that shows it
    question: str
    tool: str | None
    input: JsonObject
    state: RequestState
    decision: str | None
    message: str | None
    created_at: datetime
    answered_at: datetime | None
    delivered_at: datetime | None  # when the answer was written to the agent


class MessageState(StrEnum):
    """The life of a message to an agent."""

    SENDING = "sending"  # stored; written to the agent at least once as soon as it can take it
    DELIVERED = "delivered"  # the agent has acknowledged it


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Words for an agent: the prompt that starts it. `wire` is the exact bytes, so that a repeat is the same."""

    execution_id: int
    n: int
    key: str
    text: str
    wire: str
    state: MessageState
    created_at: datetime
    delivered_at: datetime | None
    idempotency_key: str | None = None


def next_actions(execution: Execution, open_requests: Sequence[Request]) -> Sequence[str]:
    """Return what a person can do now about `execution`, the most useful first."""
    if not execution.status.over:
        cancel = [] if execution.cancel_requested_at else ["cancel"]
        return [*(["answer"] if open_requests else []), *cancel]
    return ["run-again", *(["clear"] if execution.is_active else [])]
