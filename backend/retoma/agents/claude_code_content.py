"""What Claude Code and its tools say: messages → entries."""

from pathlib import PurePosixPath

import orjson

from retoma.agents.adapter import Acknowledged, PlanProposed, Stream
from retoma.agents.claude_code_state import Reading, close_question, open_turn
from retoma.agents.claude_code_steps import read_call, read_result
from retoma.agents.json_fields import mapping, objects, text
from retoma.core.entries import EntryKind, EntryType
from retoma.core.json import JsonObject, JsonValue

_SUMMARY_LIMIT = 300  # characters of the line that names a tool call; its data has the whole input

# How tool calls read best: the first of these that the input has.
_TELLING = (
    "command",
    "file_path",
    "notebook_path",
    "pattern",
    "query",
    "url",
    "skill",
    "subject",
    "description",
    "path",
    "prompt",
    "taskId",
)


def read_assistant(event: JsonObject, reading: Reading) -> None:
    """Read a part of the model's answer: words, thoughts, tool calls."""
    if event.get("parent_tool_use_id") is None:  # a subagent in the background may outlast the turn
        open_turn(reading)
    for block in objects(_message(event).get("content")):
        match block.get("type"):
            case "text":
                failed = event.get("is_api_error_message") is True
                entry_type = EntryType.ERROR if failed else EntryType.INFO
                reading.add(entry_type, EntryKind.MESSAGE, text(block, "text"), _origin(event))
            case "thinking":
                if thought := text(block, "thinking"):  # empty where the model keeps it to itself
                    reading.add(EntryType.INFO, EntryKind.THINKING, thought, _origin(event))
            case "redacted_thinking":
                pass  # encrypted: nobody can read it
            case "tool_use" | "server_tool_use":
                _tool_use(event, block, reading)
            case other:
                content = orjson.dumps(block).decode()
                data: JsonObject = {"stream": Stream.STDOUT.value, "event": f"assistant.{other}"}
                reading.add(EntryType.SYSTEM, EntryKind.RAW, content, data)


def _tool_use(event: JsonObject, block: JsonObject, reading: Reading) -> None:
    tool, tool_input = text(block, "name"), mapping(block.get("input"))
    data = {"toolUseId": text(block, "id"), "tool": tool, "input": tool_input, **_origin(event)}
    if tool != "TodoWrite" or "parentToolUseId" not in data:
        data |= read_call(tool, text(block, "id"), tool_input, reading)
    content = tool_line(tool, tool_input, text(reading.state, "folder"))
    reading.add(EntryType.COMMAND, EntryKind.TOOL, content, data)
    propose_plan(tool, tool_input, reading)


def propose_plan(tool: str, tool_input: JsonObject, reading: Reading) -> None:
    """Take the plan out of the tool with which the agent leaves its plan mode."""
    if tool == "ExitPlanMode" and (plan := text(tool_input, "plan")):
        reading.signals.append(PlanProposed(text=plan))


def tool_line(tool: str, tool_input: JsonObject, folder: str) -> str:
    """Return one readable line for a tool call: `Bash: pytest -q`, `Edit src/store.py`."""
    for key in _TELLING:
        value = text(tool_input, key)
        if not value:
            continue
        if key.endswith("path"):
            path = PurePosixPath(value)
            inside = bool(folder) and path.is_relative_to(folder)
            return _shorten(f"{tool} {path.relative_to(folder) if inside else path}")
        return _shorten(f"{tool}: {value}")
    return tool


def _shorten(content: str) -> str:
    first, newline, _ = content.strip().partition("\n")
    cut = len(first) > _SUMMARY_LIMIT
    return f"{first[:_SUMMARY_LIMIT]}…" if cut else first + (" …" if newline else "")


def read_user(event: JsonObject, reading: Reading) -> None:
    """Read what goes to the model: the results of tools, and the echo of our prompts."""
    if event.get("isReplay") is True:
        # The echo of a prompt: whoever wrote it has it already, so no entry. It opens no turn either, for the echo of
        # a repeated prompt comes when the agent has nothing more to do.
        reading.signals.append(Acknowledged(key=text(event, "uuid")))
        return
    content = _message(event).get("content")
    if isinstance(content, str):
        reading.add(EntryType.SYSTEM, EntryKind.SYSTEM, content, _origin(event))
        return
    for block in objects(content):
        if block.get("type") == "tool_result":
            _tool_result(event, block, reading)
        elif block.get("type") == "text" and event.get("parent_tool_use_id") is None:
            # With a parent it is the errand of a subagent, which stands in the tool call's input already.
            reading.add(EntryType.SYSTEM, EntryKind.SYSTEM, text(block, "text"))


def _tool_result(event: JsonObject, block: JsonObject, reading: Reading) -> None:
    failed = block.get("is_error") is True
    tool_use = text(block, "tool_use_id")
    detail = mapping(event.get("tool_use_result"))
    data: dict[str, JsonValue] = {"toolUseId": tool_use, "isError": failed, **_origin(event)}
    for key in ("filePath", "structuredPatch", "backgroundTaskId"):
        if detail.get(key):
            data[key] = detail[key]
    content = block.get("content")
    if not isinstance(content, str):
        parts = objects(content)
        content = "\n".join(text(part, "text") or f"[{text(part, 'type')}]" for part in parts)
    reading.add(EntryType.ERROR if failed else EntryType.INFO, EntryKind.RESULT, content, data)
    read_result(tool_use, detail, content, reading, failed=failed)
    for key, about in mapping(reading.state.get("questions")).items():
        if about == tool_use:
            close_question(key, reading)


def _message(event: JsonObject) -> JsonObject:
    return mapping(event.get("message"))


def _origin(event: JsonObject) -> dict[str, JsonValue]:
    """Say which tool call's subagent is at work, if any."""
    parent = event.get("parent_tool_use_id")
    return {"parentToolUseId": parent} if isinstance(parent, str) else {}
