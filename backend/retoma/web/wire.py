"""The shapes of the answers. Times are RFC 3339 UTC with milliseconds; null where a value is not known.

Typed dictionaries: the type checker holds `present.py` to them, the API's description is made from them, and nothing
is validated a second time on the way out.
"""

from collections.abc import Mapping
from typing import Generic, Literal, TypeVar

from typing_extensions import TypedDict

from retoma.cards.model import Column
from retoma.core.status import Command, Status

T = TypeVar("T")

AnyObject = Mapping[str, object]  # JSON whose members depend on the agent

RequestStateName = Literal["open", "answered", "withdrawn"]
MessageStateName = Literal["queued", "sending", "delivered", "undelivered"]
RecoveryOutcomeName = Literal["continued", "settled", "interrupted"]
DecisionName = Literal["allow", "deny"]
NextAction = Literal["cancel", "answer", "run-again", "clear", "resume"]
EntryTypeName = Literal["info", "error", "warning", "success", "command", "system"]
EntryKindName = Literal["message", "thinking", "tool", "result", "request", "system", "raw"]

ProblemType = Literal[
    "urn:retoma:problem:conflict",
    "urn:retoma:problem:disk-full",
    "urn:retoma:problem:failed",
    "urn:retoma:problem:forbidden",
    "urn:retoma:problem:git",
    "urn:retoma:problem:gone",
    "urn:retoma:problem:internal-server-error",
    "urn:retoma:problem:invalid",
    "urn:retoma:problem:method-not-allowed",
    "urn:retoma:problem:misdirected-request",
    "urn:retoma:problem:not-found",
    "urn:retoma:problem:too-large",
    "urn:retoma:problem:unauthorized",
    "urn:retoma:problem:unavailable",
    "urn:retoma:problem:unsupported-media-type",
]


class Page(TypedDict, Generic[T]):
    """One page of a list; `nextCursor` asks for the next, null = there is none."""

    items: list[T]
    nextCursor: str | None


class Project(TypedDict):
    """A git repository on this machine, with its board. `retentionDays`: how long its logs are kept, 0 = for ever.

    Where that is null, the setting RETOMA_RETENTION_DAYS says it.
    """

    id: str
    name: str
    path: str
    defaultBranch: str
    testCommand: str | None
    agent: str
    retentionDays: int | None
    createdAt: str


class Usage(TypedDict):
    """Tokens, and cost in US dollars, as the agent reported them."""

    inputTokens: int | None
    outputTokens: int | None
    cacheReadTokens: int | None
    cacheWriteTokens: int | None
    costUsd: float | None


class ActiveExecution(TypedDict):
    """A card's latest execution until it is cleared. `duration` is in seconds, up to now while it goes on."""

    id: str
    status: Status
    command: Command
    agent: str
    startedAt: str | None
    completedAt: str | None
    duration: float | None
    headSequence: int
    lastLine: str | None
    usage: Usage | None


class Card(TypedDict):
    """A card. `position` is a sort key within the column, smaller first."""

    id: str
    projectId: str
    number: int
    title: str
    description: str
    column: Column
    position: float
    labels: list[str]
    pinned: bool
    agent: str | None
    plan: str | None
    branch: str | None
    createdAt: str
    updatedAt: str
    activeExecution: ActiveExecution | None


class AgentRequest(TypedDict):
    """A question of an agent, answered once."""

    executionId: str
    cardId: str
    n: int
    sequence: int
    question: str
    tool: str | None
    input: AnyObject
    state: RequestStateName
    decision: DecisionName | None
    message: str | None
    createdAt: str
    answeredAt: str | None


class Message(TypedDict):
    """A follow-up of the user to an agent. `sending`: written to it, and not acknowledged yet.

    `idempotencyKey`: the one it was sent with, by which its sender knows it again.
    """

    executionId: str
    n: int
    text: str
    state: MessageStateName
    createdAt: str
    deliveredAt: str | None
    idempotencyKey: str | None


class Execution(TypedDict):
    """One run of one command on one card. `messages`: the user's follow-ups that the agent has not taken in.

    `logRemovedAt`: when its entries and its journal were removed because of their age; the record stays.
    """

    id: str
    cardId: str
    cardNumber: int
    cardTitle: str
    projectId: str
    command: Command
    agent: str
    status: Status
    isActive: bool
    attemptOf: str | None
    agentSession: str
    prompt: str | None
    createdAt: str
    startedAt: str | None
    completedAt: str | None
    duration: float | None
    result: str | None
    error: str | None
    exitCode: int | None
    usage: Usage | None
    headSequence: int
    lastLine: str | None
    evidence: AnyObject | None
    nextActions: list[NextAction]
    openRequests: list[AgentRequest]
    messages: list[Message]
    logRemovedAt: str | None


class Plan(TypedDict):
    """What an execution would do, in Markdown; null where it gave no plan."""

    plan: str | None


class Entry(TypedDict):
    """One entry of a log. A content above 64 KiB is cut: `data.truncatedBytes` is then its full length."""

    sequence: int
    timestamp: str
    type: EntryTypeName
    kind: EntryKindName
    content: str
    data: AnyObject | None


class LogPage(TypedDict):
    """A piece of a log, in order. `nextAfter` is the cursor to read on from, null at the log's present end.

    `firstSequence` and `headSequence` are the first and the last sequence there are (0 = none yet). A log that was
    removed (`logRemovedAt`) begins behind its head, and has no entries.
    """

    executionId: str
    status: Status
    firstSequence: int
    headSequence: int
    logs: list[Entry]
    nextAfter: int | None
    logRemovedAt: str | None


class SpecificationEntry(TypedDict):
    """An entry as the specification has it."""

    timestamp: str
    type: EntryTypeName
    content: str


class CardLog(TypedDict, total=False):
    """A card's log as the specification has it. A card that never ran, or was cleared, has the status `idle` only.

    `logRemovedAt` is there only where the entries were removed because of their age.
    """

    cardId: str
    status: str
    startedAt: str | None
    completedAt: str | None
    duration: float | None
    result: str | None
    logRemovedAt: str
    logs: list[SpecificationEntry]


class Capabilities(TypedDict):
    """What an agent can do."""

    resume: bool
    messages: bool
    approvals: bool
    cost: bool
    thinking: bool


class Agent(TypedDict):
    """An agent that Retoma knows, and whether this machine has it; `hint` says what to do where it has not.

    `signedIn` is null where the agent needs no account, or does not tell.
    """

    name: str
    title: str
    available: bool
    version: str | None
    program: str | None
    signedIn: bool | None
    hint: str | None
    capabilities: Capabilities


class RecoveredRun(TypedDict):
    """What became of one execution that a start found unfinished; `reason` says why it was interrupted."""

    executionId: str
    cardId: str
    command: Command
    outcome: RecoveryOutcomeName
    caughtUp: int
    reason: str | None


class Recovery(TypedDict):
    """The report of the last start. `completedAt` is null while entries are still being caught up.

    Runs that go on, entries that were written while nobody read, runs that had ended, runs whose end nobody saw.
    """

    worker: str
    startedAt: str
    completedAt: str | None
    continued: int
    caughtUp: int
    settled: int
    interrupted: int
    runs: list[RecoveredRun]


class Storage(TypedDict):
    """Where the data are, and how many bytes they take. `isComplete` false: there is more than was counted in time.

    `retentionDays`: after how many days logs are removed where a project does not say it, 0 = never.
    """

    dataFolder: str
    databaseBytes: int
    runsBytes: int
    worktreesBytes: int
    freeBytes: int
    isComplete: bool
    retentionDays: int


class Session(TypedDict):
    """The answer to who has access."""

    version: str


class Link(TypedDict):
    """The address of a one-time link."""

    url: str


class Health(TypedDict):
    """`degraded` names in `problems` what does not work."""

    status: Literal["ok", "degraded"]
    version: str
    problems: list[str]


class FieldError(TypedDict):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(TypedDict):
    """Every error (RFC 9457). A 409 because of a running execution also has its `executionId`."""

    type: ProblemType
    title: str
    status: int
    detail: str
    errors: list[FieldError]
