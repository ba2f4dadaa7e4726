"""What the adapter of Claude Code remembers between two lines, and the moves that several events share."""

from collections.abc import Mapping

from retoma.agents.adapter import AdapterState, Parsed, QuestionClosed, Signal
from retoma.agents.json_fields import mapping, number
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.core.json import JsonObject, JsonValue
from retoma.core.status import Usage

START_STATE: AdapterState = {
    "session": None,
    "folder": None,
    "turn": "none",  # none | open | ended
    "pending": [],  # prompts that the program has queued or begun, and not yet ended
    "questions": {},  # question → tool call it is about
    "tasks": [],  # what runs in the background
    "steps": [],  # that the agent set itself, each with its number, words and state
    "denied": [],  # tool calls that were refused
    "usage": None,
    "outcome": None,  # of the last turn, until the next one begins
    "stderr": "",
}


class Reading:
    """The entries, signals and state changes that one line brings."""

    def __init__(self, state: AdapterState) -> None:
        self.state = state
        self.entries: list[EntryDraft] = []
        self.signals: list[Signal] = []

    def add(self, type: EntryType, kind: EntryKind, content: str, data: JsonObject | None = None) -> None:
        """Add an entry."""
        self.entries.append(EntryDraft(type, kind, content, data or None))

    def change(self, **changes: JsonValue) -> None:
        """Change the state; where nothing differs it stays the same object."""
        if any(self.state.get(key) != value for key, value in changes.items()):
            self.state = {**self.state, **changes}

    def parsed(self) -> Parsed:
        """Return what the line means."""
        return Parsed(tuple(self.entries), tuple(self.signals), self.state)


def open_turn(reading: Reading) -> None:
    """Note that a turn has begun; what the one before it came to is void."""
    reading.change(turn="open", outcome=None)


def close_question(key: str, reading: Reading) -> None:
    """Close the question `key`, if it is open."""
    questions = mapping(reading.state.get("questions"))
    if key in questions:
        reading.change(questions={other: about for other, about in questions.items() if other != key})
        reading.signals.append(QuestionClosed(key=key))


_COUNTED = {
    "inputTokens": "inputTokens",
    "outputTokens": "outputTokens",
    "cacheReadInputTokens": "cacheReadTokens",
    "cacheCreationInputTokens": "cacheWriteTokens",
    "costUSD": "costUsd",
}


def book_usage(event: JsonObject, state: AdapterState) -> tuple[JsonObject, JsonObject]:
    """Return the usage of this turn, and of the execution so far.

    Every other figure of the event is cumulative, also over the processes of a resumed session.
    """
    turn = dict.fromkeys(_COUNTED.values(), 0.0)
    for model in mapping(event.get("model_usage_since_last_result")).values():
        for theirs, ours in _COUNTED.items():
            turn[ours] += number(mapping(model), theirs)
    before = mapping(state.get("usage"))
    total = {key: number(before, key) + count for key, count in turn.items()}
    return _as_counts(turn), _as_counts(total)


def _as_counts(figures: Mapping[str, float]) -> JsonObject:
    return {key: round(value, 9) if key == "costUsd" else int(value) for key, value in figures.items()}


def to_usage(figures: JsonObject) -> Usage:
    """Return booked figures as the value that the other layers know."""
    return Usage(
        input_tokens=int(number(figures, "inputTokens")),
        output_tokens=int(number(figures, "outputTokens")),
        cache_read_tokens=int(number(figures, "cacheReadTokens")),
        cache_write_tokens=int(number(figures, "cacheWriteTokens")),
        cost_usd=number(figures, "costUsd"),
    )
