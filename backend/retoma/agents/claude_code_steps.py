"""The steps that Claude Code sets itself, read out of its tools for that: with each of their calls, the whole list.

Older versions write all of it each time (`TodoWrite`). Since 2.1.142 each step is made and changed by a call of its own
(`TaskCreate`, `TaskUpdate`), under a number that only the result of its making tells. That list is shared with
its subagents; what a subagent writes down all at once is its own affair.
"""

import re
from collections.abc import Mapping, Sequence

from retoma.agents.claude_code_state import Reading
from retoma.agents.json_fields import mapping, objects, text
from retoma.core.json import JsonObject, JsonValue

# From 2.1.233 on the tools are there for newer models only where this says so; the user's own word goes first.
ENVIRONMENT: Mapping[str, str] = {"CLAUDE_CODE_ENABLE_TODO_TOOLS": "1"}

_KEPT = 200  # steps
_TEXT = 300  # characters of a step
# A subagent's results have no more than these words.
_MADE = re.compile(r"Task #(\S+) created")
_STATES: Mapping[str, str] = {"pending": "open", "in_progress": "doing", "completed": "done"}


def read_call(tool: str, tool_use: str, tool_input: JsonObject, reading: Reading) -> Mapping[str, JsonValue]:
    """Follow a tool call; return what its entry tells of the steps: nothing where it is not about them."""
    known = objects(reading.state.get("steps"))
    match tool:
        case "TodoWrite":
            steps = [
                _step(None, text(each, "content"), text(each, "status")) for each in objects(tool_input.get("todos"))
            ]
        case "TaskCreate":
            # Until its result tells the number, the call stands for it.
            steps = [*known, _step(tool_use, text(tool_input, "subject"), "pending")]
        case "TaskUpdate":
            steps = [step for each in known for step in _updated(each, tool_input)]
        case _:
            return {}
    return {"steps": [{"text": step["text"], "state": step["state"]} for step in _keep(steps, reading)]}


def read_result(tool_use: str, detail: JsonObject, said: str, reading: Reading, *, failed: bool) -> None:
    """Take from a tool's result the number of the step that was made, or the whole list that the agent looked at."""
    known = objects(reading.state.get("steps"))
    if any(step.get("id") == tool_use for step in known):
        found = _MADE.match(said)
        number = text(mapping(detail.get("task")), "id") or (found[1] if found else None)
        kept = [step for step in known if not failed or step.get("id") != tool_use]
        _keep([{**step, "id": number} if step.get("id") == tool_use else step for step in kept], reading)
    elif listed := [each for each in objects(detail.get("tasks")) if text(each, "subject")]:
        # In a resumed session the steps of the run before are known by this alone.
        _keep([_step(text(each, "id"), text(each, "subject"), text(each, "status")) for each in listed], reading)


def _step(number: str | None, words: str, status: str) -> JsonObject:
    return {"id": number, "text": words.strip()[:_TEXT], "state": _STATES.get(status, "open")}


def _updated(step: JsonObject, change: JsonObject) -> Sequence[JsonObject]:
    if step.get("id") != text(change, "taskId"):
        return [step]
    status = text(change, "status")
    if status == "deleted":
        return []
    words = text(change, "subject").strip()[:_TEXT] or text(step, "text")
    return [{**step, "text": words, "state": _STATES.get(status, text(step, "state"))}]


def _keep(steps: Sequence[JsonObject], reading: Reading) -> Sequence[JsonObject]:
    kept = [step for step in steps if step["text"]][:_KEPT]
    reading.change(steps=kept)
    return kept
