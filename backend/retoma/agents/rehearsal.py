"""The adapter of the rehearsal agent: Retoma's own program that plays a script (docs/rehearsal.md has its lines)."""

import signal
from collections.abc import Mapping, Sequence

import orjson

from retoma.agents.adapter import (
    Acknowledged,
    AdapterState,
    AgentInput,
    Answer,
    Capabilities,
    Interrupt,
    Launch,
    Parsed,
    PlanProposed,
    Prompt,
    QuestionClosed,
    QuestionOpened,
    SessionStarted,
    Stream,
)
from retoma.agents.adapter import Signal as AgentSignal
from retoma.agents.json_fields import mapping, number, strings, text
from retoma.agents.raw import raw_entry
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.core.json import JsonObject, JsonValue
from retoma.core.status import AgentExit, Ending, Status

_WELCOME = "Rehearsal: a scripted demonstration, no model is used."
_LABEL_LIMIT = 300  # characters of the line that names a tool call; its data has the whole input
_START_STATE: AdapterState = {}


class RehearsalAdapter:
    """The rehearsal agent. It exits by itself at the end of its turn."""

    name = "rehearsal"
    title = "Rehearsal"
    capabilities = Capabilities(resume=True, messages=True, approvals=True, cost=False, thinking=True)
    environment_prefixes: Sequence[str] = ()
    environment: Mapping[str, str] = {}

    def build_argv(self, launch: Launch) -> Sequence[str]:
        """Return the argv. The card's text goes in by stdin."""
        argv = (*launch.program, "--session", launch.session)
        return (*argv, "--resume") if launch.resume else argv

    def encode(self, message: AgentInput) -> bytes:
        """Return the line for the agent's stdin."""
        match message:
            case Prompt():
                return _line(
                    {
                        "type": "prompt",
                        "key": message.key,
                        "command": message.command.value,
                        "text": message.text,
                        "description": message.description,
                    }
                )
            case Answer():
                decision, words = message.decision.value, message.message or ""
                return _line({"type": "answer", "key": message.key, "decision": decision, "message": words})
            case Interrupt():
                return _line({"type": "interrupt", "key": message.key})

    def start_state(self) -> AdapterState:
        """Return the state before the first line."""
        return _START_STATE

    def parse(self, stream: Stream, line: bytes, state: AdapterState) -> Parsed:
        """Read one line. Never raises."""
        if stream is Stream.STDERR:
            return Parsed((raw_entry(stream, line),), (), state)
        try:
            loaded = orjson.loads(line)
        except ValueError:
            loaded = None
        event: JsonObject = loaded if isinstance(loaded, dict) else {}
        if event.get("type") == "line":  # first and alone: a script may print millions of them
            return Parsed((EntryDraft(EntryType.INFO, EntryKind.MESSAGE, text(event, "text")),), (), state)
        for read in (_words, _tools, _questions, _turn):
            if parsed := read(event, state):
                return parsed
        return Parsed((raw_entry(stream, line),), (), state)

    def is_idle(self, state: AdapterState) -> bool:
        """Whether the script has been played to its end."""
        return text(state, "outcome") != ""

    def classify_end(self, state: AdapterState, exit: AgentExit | None, *, closed_by_us: bool) -> Ending:
        """Judge the end: by the turn's outcome where one was told and the process did not contradict it."""
        evidence = _evidence(state, exit, closed_by_us=closed_by_us)
        outcome, said = text(state, "outcome"), text(state, "result")
        clean = exit is None or exit.exit_code == 0 or (exit.signal is not None and closed_by_us)
        status, error = Status.ERROR, "The rehearsal ended without a result."
        if exit is not None and exit.start_error is not None:
            error = exit.start_error
        elif outcome == "success" and clean:
            return Ending(status=Status.SUCCESS, result=said, evidence=evidence)
        elif outcome == "refused":
            error = said
        elif outcome == "interrupted":
            status, error = Status.INTERRUPTED, "The rehearsal was interrupted before its script had ended."
        elif exit is not None and exit.signal is not None:
            status, error = Status.INTERRUPTED, f"The rehearsal was ended by {_signal_name(exit.signal)}."
        elif exit is not None and exit.exit_code:
            error = f"The rehearsal exited with code {exit.exit_code}."
        elif exit is None and not outcome:
            status, error = Status.INTERRUPTED, "The rehearsal was gone before its script had ended; nobody saw how."
        elif exit is None:
            error = "The rehearsal's script ended with an error."
        return Ending(status=status, error=error, evidence=evidence)


def _line(value: JsonObject) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


# ---- lines → entries. Each returns None for a type that is not its own. ---------------------------------------------


def _words(event: JsonObject, state: AdapterState) -> Parsed | None:
    """Read what the agent says."""
    said = text(event, "text")
    match event.get("type"):
        case "say":
            return _parsed(state, EntryDraft(EntryType.INFO, EntryKind.MESSAGE, said))
        case "think":
            return _parsed(state, EntryDraft(EntryType.INFO, EntryKind.THINKING, said))
        case "plan":
            return _parsed(state, EntryDraft(EntryType.INFO, EntryKind.MESSAGE, said), PlanProposed(text=said))
        case "note":
            return _parsed(state, EntryDraft(EntryType.WARNING, EntryKind.SYSTEM, said))
        case _:
            return None


def _tools(event: JsonObject, state: AdapterState) -> Parsed | None:
    """Read what the agent does."""
    match event.get("type"):
        case "tool":
            tool, given = text(event, "tool"), mapping(event.get("input"))
            data: JsonObject = {"toolUseId": text(event, "id"), "tool": tool, "input": given}
            return _parsed(state, EntryDraft(EntryType.COMMAND, EntryKind.TOOL, _label(tool, given), data))
        case "result":
            failed = event.get("error") is True
            about: dict[str, JsonValue] = {"toolUseId": text(event, "id"), "isError": failed}
            about |= {key: event[key] for key in ("exitCode", "filePath") if key in event}
            entry_type = EntryType.ERROR if failed else EntryType.INFO
            return _parsed(state, EntryDraft(entry_type, EntryKind.RESULT, text(event, "output"), about))
        case _:
            return None


def _turn(event: JsonObject, state: AdapterState) -> Parsed | None:
    """Read what is said about the run itself: its begin, its end, what it has taken in."""
    match event.get("type"):
        case "start":
            session = text(event, "session")
            content = _WELCOME + (" It goes on where it was." if event.get("resumed") is True else "")
            draft = EntryDraft(EntryType.SYSTEM, EntryKind.SYSTEM, content, {"session": session})
            return _parsed(state, draft, SessionStarted(session=session, version=text(event, "version") or None))
        case "ack":
            return Parsed((), (Acknowledged(key=text(event, "key")),), state)
        case "end":
            return _end(event, text(event, "text"), state)
        case _:
            return None


def _questions(event: JsonObject, state: AdapterState) -> Parsed | None:
    """Read a question, or that its answer has come."""
    key, said = text(event, "key"), text(event, "text")
    match event.get("type"):
        case "ask":
            draft = EntryDraft(EntryType.WARNING, EntryKind.REQUEST, said, {"key": key})
            choices: list[JsonValue] = [{"label": label} for label in strings(event.get("choices"))]
            # As Claude Code gives them, so that the page knows one shape.
            given: JsonObject = {"questions": [{"question": said, "options": choices}]} if choices else {}
            return _parsed(state, draft, QuestionOpened(key=key, text=said, tool=None, input=given))
        case "answered":
            why = text(event, "message")
            allowed = text(event, "decision") == "allow"
            if allowed:
                told = EntryDraft(EntryType.INFO, EntryKind.SYSTEM, f"Answered: {why}")
            else:
                told = EntryDraft(EntryType.WARNING, EntryKind.SYSTEM, f"Denied: {why}" if why else "Denied.")
            drafts = () if allowed and not why else (told,)
            return Parsed(drafts, (QuestionClosed(key=key),), state)
        case _:
            return None


def _end(event: JsonObject, said: str, state: AdapterState) -> Parsed:
    outcome = text(event, "outcome")
    counts: JsonObject = {"failed": int(number(event, "failed")), "denied": int(number(event, "denied"))}
    types = {"success": EntryType.SUCCESS, "interrupted": EntryType.WARNING}
    draft = EntryDraft(
        types.get(outcome, EntryType.ERROR), EntryKind.RESULT, said, {"final": True, "outcome": outcome, **counts}
    )
    return _parsed({**state, "outcome": outcome, "result": said, **counts}, draft)


def _parsed(state: AdapterState, draft: EntryDraft, *signals: AgentSignal) -> Parsed:
    return Parsed((draft,), signals, state)


def _label(tool: str, given: JsonObject) -> str:
    """Return one readable line for a tool call: `Bash: ls`, `Write notes.md`."""
    command, path = text(given, "command"), text(given, "file_path")
    whole = f"{tool}: {command}" if command else f"{tool} {path}".strip()
    return whole if len(whole) <= _LABEL_LIMIT else f"{whole[:_LABEL_LIMIT]}…"


# ---- the end --------------------------------------------------------------------------------------------------------


def _signal_name(signal_number: int) -> str:
    try:
        return signal.Signals(signal_number).name
    except ValueError:
        return f"signal {signal_number}"


def _evidence(state: AdapterState, exit: AgentExit | None, *, closed_by_us: bool) -> JsonObject:
    outcome = text(state, "outcome")
    evidence: dict[str, JsonValue] = {
        "exitCode": exit.exit_code if exit else None,
        "signal": exit.signal if exit else None,
        "orphans": exit.orphans if exit else None,
        "closedByUs": closed_by_us,
        "finalEvent": f"end/{outcome}" if outcome else None,
    }
    if failed := int(number(state, "failed")):
        evidence["failedSteps"] = failed
    if denied := int(number(state, "denied")):
        evidence["denied"] = denied
        evidence["warning"] = f"{denied} {'question was' if denied == 1 else 'questions were'} denied."
    return evidence
