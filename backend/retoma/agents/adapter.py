"""What Retoma needs from the adapter of an agent, and the values that pass between the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

from retoma.core.entries import EntryDraft
from retoma.core.json import JsonObject
from retoma.core.status import AgentExit, Command, Ending, Usage


class Stream(StrEnum):
    """Which of the agent's outputs a line comes from."""

    STDOUT = "stdout"
    STDERR = "stderr"


class Decision(StrEnum):
    """The answer to an agent's question."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an agent can do, as the page shows it."""

    resume: bool
    messages: bool
    approvals: bool
    cost: bool
    thinking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What is known when an agent is to be started.

    `session` is the agent session's id, chosen and stored by us before the launch; `resume` says that it exists
    already. `program` is the argv prefix that starts the agent (settings, else what was found on the machine).
    """

    program: Sequence[str]
    workspace: Path
    session: str
    resume: bool
    command: Command


# ---- what goes in -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The text that starts a turn. `key` identifies it for ever: the agent must not act twice on one key.

    `description` is the card's own text, in which the rehearsal agent finds its script; other agents use `text` only.
    """

    key: str
    text: str
    command: Command
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The user's decision on the question that the agent calls `key`; `input` is the tool input it asked about."""

    key: str
    decision: Decision
    message: str | None
    input: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt:
    """Ask the agent, in its own protocol, to stop what it does. `key` as in Prompt."""

    key: str


AgentInput: TypeAlias = Prompt | Answer | Interrupt


# ---- what comes out -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """The agent says which session it runs, and its own version."""

    session: str
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionOpened:
    """The agent asks for an approval and waits. `text` is the question for people, `input` the tool's input."""

    key: str
    text: str
    tool: str | None
    input: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionClosed:
    """The agent withdrew the question `key`, or went on after its answer."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The agent has taken in the prompt `key`: it need not be sent again."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReported:
    """The usage of this execution so far, in all: each report replaces the one before."""

    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProposed:
    """The plan (Markdown) that a /plan yields; the last one counts."""

    text: str


Signal: TypeAlias = SessionStarted | QuestionOpened | QuestionClosed | Acknowledged | UsageReported | PlanProposed

# Small JSON object that an adapter keeps between lines; stored beside the journal's offset, in one transaction.
AdapterState: TypeAlias = JsonObject


class Parsed(NamedTuple):  # not a dataclass, because one is made for each line
    """What one line means. `state` is the very same object where the line did not change it."""

    entries: Sequence[EntryDraft]
    signals: Sequence[Signal]
    state: AdapterState


class Adapter(Protocol):
    """One agent. All methods are pure; the same arguments give the same result."""

    @property
    def name(self) -> str:
        """The name on the wire, for example `claude-code`."""

    @property
    def title(self) -> str:
        """The name for people, for example `Claude Code`."""

    @property
    def capabilities(self) -> Capabilities:
        """What the agent can do."""

    @property
    def environment_prefixes(self) -> Sequence[str]:
        """Prefixes of the environment variables that this agent, and no other, may see."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that this agent is given where the user has not set them."""

    def build_argv(self, launch: Launch) -> Sequence[str]:
        """Return the argv that starts the agent. No text of a user stands in it."""

    def encode(self, message: AgentInput) -> bytes:
        """Return whole lines for the agent's stdin; `b""` where the agent has no words for it."""

    def start_state(self) -> AdapterState:
        """Return the state before the first line."""

    def parse(self, stream: Stream, line: bytes, state: AdapterState) -> Parsed:
        """Read one line (without its newline). Never raises: what is not understood becomes a raw entry."""

    def is_idle(self, state: AdapterState) -> bool:
        """Whether the agent has ended its last turn and nothing is pending: it may be closed."""

    def classify_end(self, state: AdapterState, exit: AgentExit | None, *, closed_by_us: bool) -> Ending:
        """Judge the end, the journal having been read to its end.

        `exit` is None where the recorder died before it could tell. `closed_by_us`: we ended an idle agent. A cancel
        is not judged here: the user's recorded wish wins over whatever the agent says.
        """
