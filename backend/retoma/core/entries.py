"""One entry of an execution's log."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from retoma.core.json import JsonObject


class EntryType(StrEnum):
    """How an entry is to be read; the six words of the specification."""

    INFO = "info"
    ERROR = "error"
    WARNING = "warning"
    SUCCESS = "success"
    COMMAND = "command"  # the agent uses a tool
    SYSTEM = "system"  # said by Retoma or by the agent program about itself


class EntryKind(StrEnum):
    """What an entry is."""

    MESSAGE = "message"  # the agent's words
    THINKING = "thinking"  # the agent's reasoning
    TOOL = "tool"  # a tool call: data has toolUseId, tool, input
    RESULT = "result"  # a tool's result (data has toolUseId) or the turn's (data has final: true)
    REQUEST = "request"  # a question of the agent, or its answer: data has request (its number)
    SYSTEM = "system"  # a note about the run itself
    RAW = "raw"  # output that could not be understood, kept as it came; data has stream


# The two below are tuples, because millions of them are made: a frozen dataclass takes three times as long to make.


class EntryDraft(NamedTuple):
    """An entry as an adapter reads it out of the journal: it has no place and no time yet."""

    type: EntryType
    kind: EntryKind
    content: str
    data: JsonObject | None = None


class LogEntry(NamedTuple):
    """A stored entry. `sequence` runs 1, 2, 3 … within its execution, without a gap; `timestamp` is UTC."""

    sequence: int
    timestamp: datetime
    type: EntryType
    kind: EntryKind
    content: str
    data: JsonObject | None = None
