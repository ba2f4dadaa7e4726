"""What Claude Code says: one line of its output → entries, signals and the next state.

Checked with 2.1.330. Events of a known type that carry nothing for a reader are left out on purpose, each with its
reason; an unknown one is kept whole as a raw entry.
"""

import json
from collections.abc import Callable, Mapping

import orjson

from retoma.agents.adapter import (
    AdapterState,
    Parsed,
    QuestionOpened,
    SessionStarted,
    Stream,
    UsageReported,
)
from retoma.agents.claude_code_content import propose_plan, read_assistant, read_user, tool_line
from retoma.agents.claude_code_state import Reading, book_usage, close_question, open_turn, to_usage
from retoma.agents.json_fields import mapping, number, objects, strings, text
from retoma.agents.raw import decode, raw_entry
from retoma.core.entries import EntryKind, EntryType
from retoma.core.json import JsonObject, JsonValue

_STDERR_KEPT = 2_000  # characters of stderr's end that may explain an end without a result


def read_stderr(line: bytes, state: AdapterState) -> Parsed:
    """Keep a line of stderr, and remember its end: it is the only explanation of a refused start."""
    if not line.strip():
        return Parsed((), (), state)
    entry = raw_entry(Stream.STDERR, line)
    kept = f"{text(state, 'stderr')}\n{entry.content}".strip()[-_STDERR_KEPT:]
    return Parsed((entry,), (), {**state, "stderr": kept})


def read_stdout(line: bytes, state: AdapterState) -> Parsed:
    """Read one event."""
    if not line.strip():
        return Parsed((), (), state)
    event, exact = _load(line)
    if event is None:
        return Parsed((raw_entry(Stream.STDOUT, line),), (), state)
    reading = Reading(state)
    name = text(event, "type")
    if name == "system":
        name = f"system.{text(event, 'subtype')}"
    handle = _HANDLERS.get(name)
    if handle is not None:
        handle(event, reading)
    elif name not in _SILENT:
        raw = raw_entry(Stream.STDOUT, line)
        reading.add(EntryType.SYSTEM, EntryKind.RAW, raw.content, {**(raw.data or {}), "event": name})
    if not exact:
        marked = [{**(entry.data or {}), "invalidUtf8": True} for entry in reading.entries]
        reading.entries = [e._replace(data=data) for e, data in zip(reading.entries, marked, strict=True)]
    return reading.parsed()


def _load(line: bytes) -> tuple[JsonObject | None, bool]:
    """Return the JSON object in `line` or None, and whether it is exact: broken UTF-8 and lone surrogates are replaced.

    A tool's output that was cut in the middle of a character must not hide the event that carries it.
    """
    exact = True
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        exact = False
        if not line.lstrip().startswith(b"{"):
            return None, exact
        try:
            lenient = json.dumps(json.loads(decode(line)[0]), ensure_ascii=False)
            event = orjson.loads(lenient.encode("utf-8", errors="replace"))
        except (ValueError, RecursionError):
            return None, exact
    return (event if isinstance(event, dict) else None), exact


# ---- turns ---------------------------------------------------------------------------------------------------------


def _lifecycle(event: JsonObject, reading: Reading) -> None:
    """Follow a prompt through the program. It never sends this twice for a prompt that it was given twice."""
    key = text(event, "command_uuid")
    pending = [other for other in strings(reading.state.get("pending")) if other != key]
    if event.get("state") == "started":
        open_turn(reading)
    if event.get("state") in ("queued", "started"):
        pending.append(key)
    reading.change(pending=pending)


def _init(event: JsonObject, reading: Reading) -> None:
    """Each turn begins with one; only the first says something new."""
    open_turn(reading)
    session = text(event, "session_id")
    if session == reading.state.get("session"):
        return
    version, model, mode = (text(event, key) for key in ("claude_code_version", "model", "permissionMode"))
    reading.change(session=session, folder=text(event, "cwd"))
    reading.signals.append(SessionStarted(session=session, version=version or None))
    data = {"session": session, "version": version, "model": model, "permissionMode": mode}
    reading.add(EntryType.SYSTEM, EntryKind.SYSTEM, f"Claude Code {version} with {model}", data)


def _result(event: JsonObject, reading: Reading) -> None:
    """The end of a turn. `subtype` alone lies: it is `success` when the model server failed."""
    failed = event.get("is_error") is True or event.get("subtype") != "success"
    aborted = text(event, "terminal_reason").startswith("aborted")
    errors = "\n".join(strings(event.get("errors")))
    content = text(event, "result") or ("The turn was interrupted." if aborted else errors)
    denials = objects(event.get("permission_denials"))
    denied = dict.fromkeys([*strings(reading.state.get("denied")), *(text(d, "tool_use_id") for d in denials)])
    turn_usage, usage = book_usage(event, reading.state)
    outcome: dict[str, JsonValue] = {
        "failed": failed,
        "aborted": aborted,
        "text": content,
        "subtype": event.get("subtype"),
        "terminalReason": event.get("terminal_reason"),
        "apiErrorStatus": event.get("api_error_status"),
        "numTurns": event.get("num_turns"),
    }
    told = {key: value for key, value in outcome.items() if key not in ("failed", "aborted", "text")}
    data: dict[str, JsonValue] = {"final": True, **told, "durationMs": event.get("duration_ms")}
    data |= {"usage": turn_usage, "costUsd": turn_usage.get("costUsd"), "permissionDenials": denials}
    reading.add(EntryType.ERROR if failed else EntryType.SUCCESS, EntryKind.RESULT, content, data)
    for key in mapping(reading.state.get("questions")):
        close_question(key, reading)
    done = {text(event, "user_message_uuid"), *strings(event.get("user_message_uuids"))}
    pending = [key for key in strings(reading.state.get("pending")) if key not in done]
    reading.change(turn="ended", outcome=outcome, denied=list(denied), usage=usage, pending=pending)
    reading.signals.append(UsageReported(usage=to_usage(usage)))


# ---- questions -----------------------------------------------------------------------------------------------------


def _control_request(event: JsonObject, reading: Reading) -> None:
    request = mapping(event.get("request"))
    key, tool, tool_input = text(event, "request_id"), text(request, "tool_name"), mapping(request.get("input"))
    if request.get("subtype") != "can_use_tool":
        content = orjson.dumps(event).decode()
        data: JsonObject = {"stream": Stream.STDOUT.value, "event": f"control_request.{request.get('subtype')}"}
        reading.add(EntryType.SYSTEM, EntryKind.RAW, content, data)
        return
    # Whatever another tool's input has in it, it asks for leave.
    questions = objects(tool_input.get("questions")) if tool == "AskUserQuestion" else ()
    asked = [text(each, "question") for each in questions]
    question = "\n".join(asked) or f"Allow {tool_line(tool, tool_input, text(reading.state, 'folder'))}"
    data = {"key": key, "tool": tool, "input": tool_input, "toolUseId": text(request, "tool_use_id")}
    for reason in ("decision_reason", "blocked_path"):
        if request.get(reason):
            data = {**data, "reason": request[reason]}
    reading.add(EntryType.WARNING, EntryKind.REQUEST, question, data)
    reading.signals.append(QuestionOpened(key=key, text=question, tool=tool or None, input=tool_input))
    propose_plan(tool, tool_input, reading)
    known = mapping(reading.state.get("questions"))
    reading.change(questions={**known, key: text(request, "tool_use_id")})


def _control_cancel(event: JsonObject, reading: Reading) -> None:
    key = text(event, "request_id")
    reading.add(EntryType.SYSTEM, EntryKind.REQUEST, "The agent withdrew its question.", {"key": key})
    close_question(key, reading)


def _control_response(event: JsonObject, reading: Reading) -> None:
    """Either the echo of our answer to a question, or the program's answer to our interrupt."""
    response = mapping(event.get("response"))
    close_question(text(response, "request_id"), reading)
    if response.get("subtype") == "error":
        reading.add(EntryType.WARNING, EntryKind.SYSTEM, f"Claude Code refused: {text(response, 'error')}")


# ---- what the program says about itself ----------------------------------------------------------------------------


def _api_retry(event: JsonObject, reading: Reading) -> None:
    status = event.get("error_status") or "no answer"
    content = (
        f"The model server failed ({status}, {text(event, 'error') or 'unknown'}): attempt "
        f"{int(number(event, 'attempt'))} of {int(number(event, 'max_retries'))}, "
        f"again in {number(event, 'retry_delay_ms') / 1000:.1f} s"
    )
    data = {"attempt": event.get("attempt"), "maxRetries": event.get("max_retries"), "status": status}
    reading.add(EntryType.WARNING, EntryKind.SYSTEM, content, data)


def _permission_denied(event: JsonObject, reading: Reading) -> None:
    tool = text(event, "tool_name")
    data = {"tool": tool, "toolUseId": text(event, "tool_use_id")}
    content = text(event, "message") or f"{tool} was denied."
    reading.add(EntryType.WARNING, EntryKind.SYSTEM, content, data)


def _status(event: JsonObject, reading: Reading) -> None:
    """`requesting` and its end come with each model request: noise. Anything else explains a pause (`compacting`)."""
    status = text(event, "status")
    if status not in ("", "requesting"):
        reading.add(EntryType.SYSTEM, EntryKind.SYSTEM, f"Status: {status}")


def _informational(event: JsonObject, reading: Reading) -> None:
    reading.add(EntryType.INFO, EntryKind.SYSTEM, text(event, "content") or text(event, "message"))


def _compact_boundary(_: JsonObject, reading: Reading) -> None:
    reading.add(EntryType.SYSTEM, EntryKind.SYSTEM, "The conversation was compacted.")


def _background_tasks(event: JsonObject, reading: Reading) -> None:
    reading.change(tasks=[text(task, "task_id") for task in objects(event.get("tasks"))])


def _task_notification(event: JsonObject, reading: Reading) -> None:
    """The end of a background task. That of a subagent which was waited for is the tool's result already."""
    if text(event, "task_id") in strings(reading.state.get("tasks")):
        reading.add(EntryType.SYSTEM, EntryKind.SYSTEM, text(event, "summary"))


_HANDLERS: Mapping[str, Callable[[JsonObject, Reading], None]] = {
    "assistant": read_assistant,
    "user": read_user,
    "result": _result,
    "command_lifecycle": _lifecycle,
    "control_request": _control_request,
    "control_response": _control_response,
    "control_cancel_request": _control_cancel,
    "system.init": _init,
    "system.status": _status,
    "system.api_retry": _api_retry,
    "system.permission_denied": _permission_denied,
    "system.informational": _informational,
    "system.compact_boundary": _compact_boundary,
    "system.background_tasks_changed": _background_tasks,
    "system.task_notification": _task_notification,
}

_SILENT = frozenset(
    {
        "keep_alive",  # only says that the program is there
        "stream_event",  # parts of a message that comes whole; we do not ask for them, a user's own settings might
        "system.thinking_tokens",  # an estimate, several times a second
        "system.task_started",  # the tool call that started it is an entry
        "system.task_progress",  # what a subagent does
        "system.task_updated",  # its end comes as task_notification or as the tool's result
    }
)
