"""What the loopback model says: scenarios named by markers in the prompt.

A marker `[[s:NAME]]` or `[[s:NAME:ARGUMENT:…]]` in the newest user text that holds one names the scenario; the number
of assistant turns after it is the step. Nothing is remembered between requests, so neither a resumed agent nor a
restarted model server can confuse it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from retoma.core.json import JsonObject, JsonValue

MARKER = re.compile(r"\[\[s:([a-z0-9]+)((?::[^\]:]*)*)\]\]")
_REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>", re.DOTALL)

# Claude Code says where it works in its system prompt or in a reminder; its file tools need absolute names.
_FOLDER = re.compile(r"[Ww]orking directory:\s*(/[^\n\"<]*)")

# Claude Code puts this between a tool call that a kill cut off and the next prompt; no model ever said it.
_PLACEHOLDER = "No response requested."

PLAN = """# Plan

1. Read `store.py` and its test.
2. Make the failing test pass.
3. Run the **whole** test suite.

| Step | Risk |
|------|------|
| 2    | low  |
"""


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the model; `seconds` is how long its deltas take in all."""

    text: str
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning of the model."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool that the model wants used."""

    name: str
    input: JsonObject


Block = Text | Thinking | ToolUse


@dataclass(frozen=True, slots=True)
class Failure:
    """An HTTP error instead of an answer."""

    status: int
    type: str
    message: str


Turn = Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a script a request stands. `folder` is the agent's work folder, as far as the request tells it."""

    scenario: str
    arguments: Sequence[str] = field(default=())
    step: int = 0
    folder: str = ""

    def argument(self, index: int, default: str) -> str:
        """Return the argument at `index` of the marker, or `default` where it is absent or empty."""
        return self.arguments[index] if index < len(self.arguments) and self.arguments[index] else default

    def path(self, name: str) -> str:
        """Return the absolute name of the file `name` in the work folder."""
        return f"{self.folder}/{name}" if self.folder else name


def _bash(command: str, **more: JsonValue) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "Run a command", **more})


def _default(place: Place) -> Sequence[Turn]:
    notes = place.path("notes.txt")
    return (
        (Text("I look around first."), _bash("ls -a")),
        (Text("I write the notes."), ToolUse("Write", {"file_path": notes, "content": "one\ntwo\n"})),
        (
            Text("I correct them."),
            ToolUse("Edit", {"file_path": notes, "old_string": "two", "new_string": "second"}),
        ),
        (Text("All done: `notes.txt` is written."),),
    )


def _hi(_: Place) -> Sequence[Turn]:
    return ((Text("Hi from the loopback model."),),)


def _think(_: Place) -> Sequence[Turn]:
    return ((Thinking("The user wants thought, so I think."), Text("I thought about it.")),)


def _steps(count: int, pause: str) -> Sequence[Turn]:
    """`count` shell commands that take `pause` seconds each, every one announced by a text, then a last text."""
    steps: list[Turn] = [
        (Text(f"Working on step {n} of {count}."), _bash(f"sleep {pause}; echo step {n}")) for n in range(1, count + 1)
    ]
    return (*steps, (Text(f"Finished {count} steps."),))


def _plan(_: Place) -> Sequence[Turn]:
    return ((Text("I read the code."), _bash("ls")), (Text(PLAN),))


def _perm(place: Place) -> Sequence[Turn]:
    command = place.argument(0, "dd if=/dev/null of=asked.txt")
    return ((Text("This needs your permission."), _bash(command)), (Text("I went on after your answer."),))


def _sub(_: Place) -> Sequence[Turn]:
    errand: JsonObject = {
        "description": "Say hi",
        "prompt": "[[s:hi]] Greet.",
        "subagent_type": "general-purpose",
        "run_in_background": False,
    }
    return ((Text("I ask a subagent."), ToolUse("Agent", errand)), (Text("The subagent is back."),))


def _background(place: Place) -> Sequence[Turn]:
    command = f"sleep {place.argument(0, '2')}; echo late"
    return ((_bash(command, run_in_background=True),), (Text("It runs in the background."),))


def _question(_: Place) -> Sequence[Turn]:
    options = [{"label": "Blue", "description": "Like the sky"}, {"label": "Red", "description": "Like fire"}]
    question: JsonObject = {"question": "Which colour?", "header": "Colour", "options": options, "multiSelect": False}
    return ((ToolUse("AskUserQuestion", {"questions": [question]}),), (Text("Thank you."),))


def _big(place: Place) -> Sequence[Turn]:
    content = "".join(f"{n:06d} {'x' * 32}\n" for n in range(10_000))  # 400,000 bytes
    return (
        (Text("A lot of output."), _bash("seq 1 300000")),
        (Text("A big file."), ToolUse("Write", {"file_path": place.path("big.txt"), "content": content})),
        (Text("That was big."),),
    )


def _outside(place: Place) -> Sequence[Turn]:
    """A file outside the work folder, for which the agent has to ask."""
    written: JsonObject = {"file_path": place.path("../outside.txt"), "content": "y" * int(place.argument(0, "10"))}
    return ((Text("This goes outside."), ToolUse("Write", written)), (Text("I went on after your answer."),))


def _longtext(place: Place) -> Sequence[Turn]:
    words = " ".join(f"word{n}" for n in range(400))
    return ((Text(words, seconds=float(place.argument(0, "3"))),),)


_SCENARIOS: Mapping[str, Callable[[Place], Sequence[Turn]]] = {
    "default": _default,
    "hi": _hi,
    "think": _think,
    "slow3": lambda place: _steps(3, place.argument(0, "1")),
    "slow": lambda place: _steps(8, place.argument(0, "1")),
    "slow20": lambda place: _steps(20, place.argument(0, "1")),
    "steps": lambda place: _steps(int(place.argument(0, "5")), place.argument(1, "0.2")),
    "plan": _plan,
    "perm": _perm,
    "sub": _sub,
    "background": _background,
    "question": _question,
    "big": _big,
    "outside": _outside,
    "longtext": _longtext,
}

_FAILURES: Mapping[str, Failure] = {
    "err": Failure(529, "overloaded_error", "Overloaded"),
    "err401": Failure(401, "authentication_error", "invalid x-api-key"),
}

SCENARIOS = frozenset(_SCENARIOS) | frozenset(_FAILURES)


def reply(place: Place) -> Turn | Failure:
    """Return what the model says at `place`; past the end of a script, and for an unknown name, a short text."""
    if place.scenario in _FAILURES:
        return _FAILURES[place.scenario]
    if place.scenario not in _SCENARIOS:
        return (Text(f"There is no scenario {place.scenario!r}."),)
    turns = _SCENARIOS[place.scenario](place)
    return turns[place.step] if place.step < len(turns) else (Text("There is nothing left to do."),)


# ---- where a request stands --------------------------------------------------------------------------------------


def find_place(request: JsonObject) -> Place:
    """Read out of a Messages API request which scenario it plays, and at which step."""
    if not request.get("tools"):
        return Place(scenario="auxiliary")
    folder = _FOLDER.search("\n".join(_strings(request.get("system"))) + "\n" + texts_of(request))
    step = 0
    for message in reversed(_objects(request.get("messages"))):
        if message.get("role") == "assistant" and _strings(message.get("content")) != [_PLACEHOLDER]:
            step += 1
        if message.get("role") != "user":
            continue
        marker = MARKER.search(_REMINDER.sub("", "\n".join(_strings(message.get("content")))))
        if marker:
            return Place(
                scenario=marker[1],
                arguments=tuple(marker[2].split(":")[1:]),
                step=step,
                folder=folder[1].strip() if folder else "",
            )
    return Place(scenario="hi", step=step)


def texts_of(request: JsonObject) -> str:
    """Return all texts of the conversation, one after the other."""
    found = [text for message in _objects(request.get("messages")) for text in _strings(message.get("content"))]
    return "\n".join(found)


def _objects(value: JsonValue) -> Sequence[JsonObject]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _strings(content: JsonValue) -> Sequence[str]:
    """Return the texts of a message's content: of text blocks only, never of a tool's result."""
    if isinstance(content, str):
        return [content]
    texts = [block.get("text") for block in _objects(content) if block.get("type") == "text"]
    return [text for text in texts if isinstance(text, str)]
