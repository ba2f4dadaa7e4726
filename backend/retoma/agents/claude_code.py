"""The adapter of Claude Code, over its stream-json mode.

Facts it leans on (checked with 2.1.330): a `result` ends a turn, not the process; a prompt is known by its uuid and
never acted on twice; cost figures are cumulative; neither the exit code nor `subtype` alone says how a run ended.
"""

from collections.abc import Mapping, Sequence

import orjson

from retoma.agents.adapter import (
    AdapterState,
    AgentInput,
    Answer,
    Capabilities,
    Decision,
    Interrupt,
    Launch,
    Parsed,
    Prompt,
    Stream,
)
from retoma.agents.claude_code_events import read_stderr, read_stdout
from retoma.agents.claude_code_state import START_STATE
from retoma.agents.claude_code_steps import ENVIRONMENT
from retoma.agents.json_fields import mapping, objects, strings, text
from retoma.core.json import JsonObject, JsonValue
from retoma.core.status import AgentExit, Ending, Status

_FLAGS = (
    *("-p", "--verbose", "--replay-user-messages"),
    *("--input-format", "stream-json", "--output-format", "stream-json"),
    *("--permission-mode", "acceptEdits", "--permission-prompt-tool", "stdio"),
)

_ECHO_BYTES = 64 * 1024

# The program turns a signal into an exit code by itself: 128 + SIGHUP, SIGINT, SIGKILL, SIGTERM.
_SIGNALLED = frozenset({129, 130, 137, 143})


class ClaudeCodeAdapter:
    """Claude Code. The key of a prompt may be any string: the program repeats it and takes it as the prompt's uuid.

    `Launch.session` must be a UUID.
    """

    name = "claude-code"
    title = "Claude Code"
    capabilities = Capabilities(resume=True, messages=True, approvals=True, cost=True, thinking=True)
    environment_prefixes: Sequence[str] = ("ANTHROPIC_", "CLAUDE_")
    environment: Mapping[str, str] = ENVIRONMENT

    def build_argv(self, launch: Launch) -> Sequence[str]:
        """Return the argv. The prompt goes in by stdin."""
        session = ("--resume" if launch.resume else "--session-id", launch.session)
        return (*launch.program, *_FLAGS, *session)

    def encode(self, message: AgentInput) -> bytes:
        """Return the line for the agent's stdin."""
        match message:
            case Prompt():
                prompt: JsonObject = {"role": "user", "content": message.text}
                return _line({"type": "user", "uuid": message.key, "message": prompt})
            case Answer():
                response: JsonObject = {"subtype": "success", "request_id": message.key, "response": _verdict(message)}
                return _line({"type": "control_response", "response": response})
            case Interrupt():
                return _line(
                    {"type": "control_request", "request_id": message.key, "request": {"subtype": "interrupt"}}
                )

    def start_state(self) -> AdapterState:
        """Return the state before the first line."""
        return START_STATE

    def parse(self, stream: Stream, line: bytes, state: AdapterState) -> Parsed:
        """Read one line. Never raises."""
        return read_stderr(line, state) if stream is Stream.STDERR else read_stdout(line, state)

    def is_idle(self, state: AdapterState) -> bool:
        """Whether the last turn has ended and neither a prompt, a question nor a background task is left."""
        return state.get("turn") == "ended" and not _left_over(state)

    def classify_end(self, state: AdapterState, exit: AgentExit | None, *, closed_by_us: bool) -> Ending:
        """Judge the end: first by the last turn, then by what the process left behind."""
        evidence = _evidence(state, exit, closed_by_us=closed_by_us)
        if exit is not None and exit.start_error is not None:
            return Ending(status=Status.ERROR, error=exit.start_error, evidence=evidence)
        if state.get("turn") != "ended":
            return _without_result(state, exit, evidence)
        outcome = mapping(state.get("outcome"))
        said = text(outcome, "text")
        if outcome.get("aborted") is True:
            return Ending(status=Status.INTERRUPTED, error=said, evidence=evidence)
        if outcome.get("failed") is True:
            return Ending(status=Status.ERROR, error=said or "Claude Code failed without a word.", evidence=evidence)
        if _left_over(state) and not closed_by_us:
            error = "Claude Code ended with work left: a prompt, a question or a background task."
            return Ending(status=Status.INTERRUPTED, error=error, evidence=evidence)
        return Ending(status=Status.SUCCESS, result=said, evidence=evidence)


def _line(value: JsonObject) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _verdict(answer: Answer) -> JsonObject:
    if answer.decision is Decision.DENY:
        return {"behavior": "deny", "message": answer.message or "The user said no."}
    # A question in words (AskUserQuestion) is answered by its input with the answers in it.
    asked = [text(question, "question") for question in objects(answer.input.get("questions"))]
    if asked and answer.message:
        answers: JsonObject = dict.fromkeys(asked, answer.message)
        return {"behavior": "allow", "updatedInput": {**answer.input, "answers": answers}}
    # The program takes its own input where none is given back. Older ones demanded it: it is left out only where the
    # echo of a huge one would not fit into the agent's input.
    if len(orjson.dumps(answer.input)) > _ECHO_BYTES:
        return {"behavior": "allow"}
    return {"behavior": "allow", "updatedInput": answer.input}


def _left_over(state: AdapterState) -> bool:
    return bool(state.get("pending") or state.get("questions") or state.get("tasks"))


def _without_result(state: AdapterState, exit: AgentExit | None, evidence: JsonObject) -> Ending:
    """Judge a process that ended before its turn did."""
    if exit is None:
        error = "Claude Code was gone before its turn ended, and nobody saw how."
        return Ending(status=Status.INTERRUPTED, error=error, evidence=evidence)
    if exit.signal is not None or exit.exit_code in _SIGNALLED:
        number = exit.signal if exit.signal is not None else (exit.exit_code or 0) - 128
        error = f"Claude Code was ended by signal {number} before its turn ended."
        return Ending(status=Status.INTERRUPTED, error=error, evidence=evidence)
    said = text(state, "stderr")
    if said:
        return Ending(status=Status.ERROR, error=said, evidence=evidence)
    error = f"Claude Code ended with exit code {exit.exit_code} without a result."
    cut_off = state.get("turn") == "open" and exit.exit_code == 0
    return Ending(status=Status.INTERRUPTED if cut_off else Status.ERROR, error=error, evidence=evidence)


def _evidence(state: AdapterState, exit: AgentExit | None, *, closed_by_us: bool) -> JsonObject:
    outcome = mapping(state.get("outcome"))
    evidence: dict[str, JsonValue] = {
        "exitCode": exit.exit_code if exit else None,
        "signal": exit.signal if exit else None,
        "orphans": exit.orphans if exit else None,
        "closedByUs": closed_by_us,
        "finalEvent": f"result/{outcome.get('subtype')}" if outcome else None,
        "terminalReason": outcome.get("terminalReason"),
        "apiErrorStatus": outcome.get("apiErrorStatus"),
        "numTurns": outcome.get("numTurns"),
    }
    if denied := strings(state.get("denied")):
        evidence["denied"] = len(denied)
        evidence["warning"] = f"{len(denied)} tool call{'s were' if len(denied) > 1 else ' was'} denied."
    return evidence
