"""The states of an execution, and how it ended."""

from dataclasses import dataclass
from enum import StrEnum

from retoma.core.json import JsonObject


class Status(StrEnum):
    """The state of an execution. A card without an active execution is `idle` on the wire."""

    QUEUED = "queued"  # stored, waits for its turn
    RUNNING = "running"  # an agent is at work
    WAITING = "waiting"  # an agent is at work and has asked something
    SUCCESS = "success"  # the agent finished without an error
    ERROR = "error"  # the agent, or the start of it, said no
    CANCELLED = "cancelled"  # the user stopped it, and its whole process tree is gone
    INTERRUPTED = "interrupted"  # the agent or its machine was gone before an end was seen: resumable

    @property
    def over(self) -> bool:
        """Whether this state is final."""
        return self not in UNFINISHED


UNFINISHED = frozenset({Status.QUEUED, Status.RUNNING, Status.WAITING})


class Command(StrEnum):
    """What an execution is asked to do."""

    PLAN = "/plan"
    IMPLEMENT = "/implement"
    TEST = "/test"
    REVIEW = "/review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens (counts) and cost (US dollars) that an agent reported; None where it reports none."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentExit:
    """How the agent's process ended, as the recorder saw it (`exit.json`).

    `exit_code` and `signal` exclude each other; both are None where the agent could not be started, and `start_error`
    says why. `orphans` counts the processes it left behind, which the recorder ended.
    """

    exit_code: int | None
    signal: int | None
    orphans: int = 0
    start_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The one true end of an execution.

    `result` is what came out (Markdown), `error` what went wrong (one sentence or the agent's own words); `evidence`
    is small JSON that proves the end: exitCode, signal, finalEvent, orphans, …
    """

    status: Status
    result: str | None = None
    error: str | None = None
    evidence: JsonObject
