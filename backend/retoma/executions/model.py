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
    sealed_at: datetime | None = None  # when all entries of the log had been moved into chunks
    indexed_at: datetime | None = None  # when the search index had all of the log of an execution that is over
    log_removed_at: datetime | None = None  # when retention removed the log; the record stays

    @property
    def has_session(self) -> bool:
        """Whether the agent has begun the session: it can be gone on with."""
        return (self.adapter_state or {}).get("sessionStarted") is True

    @property
    def is_closing(self) -> bool:
        """Whether we have decided to end an agent that had nothing more to do: it hears nobody any more."""
        return (self.adapter_state or {}).get("closedByUs") is True

    @property
    def proposed_plan(self) -> str | None:
        """The last plan (Markdown) that its agent proposed as such."""
        plan = (self.adapter_state or {}).get("plan")
        return plan if isinstance(plan, str) else None

    @property
    def lost_worker(self) -> str | None:
        """The worker that had this execution until it said no more that it is there; None where there is none."""
        lost = (self.evidence or {}).get("lostWorker")
        return lost if isinstance(lost, str) else None

    @property
    def carried_out_by(self) -> str | None:
        """The worker that has begun it, where its run directory, its worktree and its agent session are."""
        return self.lost_worker or self.owner

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
class Stand:
    """What of an execution differs when there is something new for who follows it: see Execution for the fields."""

    public_id: str
    status: Status
    is_active: bool
    head_sequence: int
    cancel_requested_at: datetime | None
    log_removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """How far the log of an execution goes, and what else a page of it tells: see Execution for the fields."""

    id: int
    status: Status
    head_sequence: int
    log_removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one batch of entries moves, in the same transaction as the entries themselves."""

    head_sequence: int
    journal_offset: int
    stderr_offset: int
    adapter_state: JsonObject
    last_line: str | None
    usage: Usage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which executions are asked for: those of which everything holds that is given."""

    statuses: frozenset[Status] = frozenset()  # one of these; none given = any
    command: Command | None = None
    agent: str | None = None
    project_id: str | None = None
    card_id: str | None = None
    start: datetime | None = None  # created then or later
    end: datetime | None = None  # created before then


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the history of all executions, the newest first: that of one that is, or was, there."""

    created_at: datetime
    id: int


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

    QUEUED = "queued"  # stored
    SENDING = "sending"  # written to the agent at least once; written again after a crash, until it acknowledges
    DELIVERED = "delivered"  # the agent has acknowledged it
    UNDELIVERED = "undelivered"  # the run ended before the agent had taken it in


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Words for an agent: the prompt that starts it (`n` 1), then follow-ups of the user.

    `wire` is the exact bytes, so that a repeat is the same.
    """

    execution_id: int
    n: int
    key: str
    text: str
    wire: str
    state: MessageState
    created_at: datetime
    delivered_at: datetime | None
    idempotency_key: str | None = None


class RecoveryOutcome(StrEnum):
    """What became of an unfinished execution when a worker came back."""

    CONTINUED = "continued"  # its recorder lives: it is followed again
    SETTLED = "settled"  # it had ended meanwhile, and its end was known
    INTERRUPTED = "interrupted"  # it was gone, and nobody had seen its end


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredRun:
    """One execution that a worker found unfinished when it started."""

    execution: str  # public id
    card_id: str
    command: Command
    outcome: RecoveryOutcome
    caught_up: int  # entries taken in that were written while nobody read
    reason: str | None  # why it was interrupted


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What one start of a worker found. `completed_at` is None while it still catches up."""

    worker: str
    started_at: datetime
    completed_at: datetime | None
    runs: Sequence[RecoveredRun]

    def count(self, outcome: RecoveryOutcome) -> int:
        """Return how many runs came to `outcome`."""
        return sum(run.outcome is outcome for run in self.runs)

    @property
    def caught_up(self) -> int:
        """How many entries were caught up, over all runs."""
        return sum(run.caught_up for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A sweep that waits for a person: it would remove `due` of the `kept` logs, more than half of them."""

    due: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What one sweep over the logs of the past did so far. `completed_at` None: it goes on, or was cut off."""

    worker: str
    started_at: datetime
    completed_at: datetime | None = None
    sealed_executions: int = 0
    sealed_entries: int = 0
    removed_executions: int = 0
    removed_entries: int = 0
    removed_worktrees: int = 0
    freed_bytes: int = 0  # of files on this machine: database, run directories
    waiting: Waiting | None = None

    @property
    def did_something(self) -> bool:
        """Whether anything was sealed, removed or freed."""
        done = (self.sealed_executions, self.removed_executions, self.removed_entries, self.removed_worktrees)
        return any(done) or self.freed_bytes > 0


def next_actions(execution: Execution, open_requests: Sequence[Request]) -> Sequence[str]:
    """Return what a person can do now about `execution`, the most useful first."""
    if not execution.status.over:
        cancel = [] if execution.cancel_requested_at else ["cancel"]
        return [*(["answer"] if open_requests else []), *cancel]
    again = ["run-again", "resume"] if execution.status in _DONE else ["resume", "run-again"]
    if not execution.has_session:
        again.remove("resume")
    return [*again, *(["clear"] if execution.is_active else [])]


_DONE = frozenset({Status.SUCCESS, Status.ERROR})
