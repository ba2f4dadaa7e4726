"""The steps that Claude Code sets itself, read out of its tools for that."""

import json
from collections.abc import Sequence

from retoma.agents.adapter import AdapterState, Parsed, Stream
from retoma.agents.claude_code import ClaudeCodeAdapter
from retoma.core.json import JsonObject, JsonValue

ADAPTER = ClaudeCodeAdapter()


def parse(*events: JsonObject, state: AdapterState | None = None) -> Parsed:
    """Parse the events one after the other; return what the last one means."""
    parsed = Parsed((), (), state if state is not None else ADAPTER.start_state())
    for event in events:
        parsed = ADAPTER.parse(Stream.STDOUT, json.dumps(event).encode(), parsed.state)
    return parsed


def called(name: str, key: str, **tool_input: JsonValue) -> JsonObject:
    block: JsonObject = {"type": "tool_use", "id": key, "name": name, "input": tool_input}
    return {"type": "assistant", "message": {"content": [block]}, "parent_tool_use_id": None}


def result_of(key: str, detail: JsonValue, *, failed: bool = False) -> JsonObject:
    block: JsonObject = {"type": "tool_result", "tool_use_id": key, "content": "", "is_error": failed}
    return {"type": "user", "message": {"content": [block]}, "tool_use_result": detail}


def made(key: str, number: str, subject: str) -> Sequence[JsonObject]:
    created = called("TaskCreate", key, subject=subject, description="at length")
    return (created, result_of(key, {"task": {"id": number, "subject": subject}}))


def steps_in(parsed: Parsed) -> list[tuple[JsonValue, JsonValue]]:
    steps = (parsed.entries[-1].data or {})["steps"]
    assert isinstance(steps, list)
    return [(step["text"], step["state"]) for step in steps if isinstance(step, dict)]


def test_steps_written_all_at_once_are_told_as_steps() -> None:
    todos: JsonValue = [
        {"content": "Read", "status": "completed", "activeForm": "Reading"},
        {"content": "Mend", "status": "in_progress"},
        {"content": "Test", "status": "odd"},
        {"content": " "},
        "none",
    ]
    parsed = parse(called("TodoWrite", "t1", todos=todos))
    assert steps_in(parsed) == [("Read", "done"), ("Mend", "doing"), ("Test", "open")]
    assert steps_in(parse(called("TodoWrite", "t2", todos=[]), state=parsed.state)) == []


def test_steps_made_and_changed_one_by_one_are_told_as_a_whole_each_time() -> None:
    first, second = made("t1", "1", "Read"), made("t2", "2", "Mend")
    parsed = parse(first[0], second[0])
    assert steps_in(parsed) == [("Read", "open"), ("Mend", "open")]
    # Two calls of one message: their results come afterwards, in any order.
    parsed = parse(second[1], first[1], called("TaskUpdate", "t3", taskId="1", status="completed"), state=parsed.state)
    assert steps_in(parsed) == [("Read", "done"), ("Mend", "open")]
    parsed = parse(
        called("TaskUpdate", "t4", taskId="2", status="in_progress"),
        called("TaskUpdate", "t5", taskId="2", subject="Mend it well", description="more"),
        state=parsed.state,
    )
    assert steps_in(parsed) == [("Read", "done"), ("Mend it well", "doing")]
    parsed = parse(called("TaskUpdate", "t6", taskId="1", status="deleted"), state=parsed.state)
    assert steps_in(parsed) == [("Mend it well", "doing")]


def test_a_step_that_was_refused_is_none_and_an_unknown_one_changes_nothing() -> None:
    refused = (called("TaskCreate", "t1", subject="Refused"), result_of("t1", "Error: No such tool", failed=True))
    parsed = parse(*refused, *made("t2", "1", "Read"), called("TaskUpdate", "t3", taskId="9", status="completed"))
    assert steps_in(parsed) == [("Read", "open")]


def test_a_subagent_shares_the_steps_but_not_a_list_of_its_own() -> None:
    before = parse(*made("t1", "1", "Read")).state
    created: JsonObject = {**called("TaskCreate", "t2", subject="Look"), "parent_tool_use_id": "p"}
    block: JsonObject = {"type": "tool_result", "tool_use_id": "t2", "content": "Task #2 created successfully: Look"}
    result: JsonObject = {"type": "user", "message": {"content": [block]}, "parent_tool_use_id": "p"}
    parsed = parse(created, result, called("TaskUpdate", "t3", taskId="2", status="completed"), state=before)
    assert steps_in(parsed) == [("Read", "open"), ("Look", "done")]
    own: JsonObject = {**called("TodoWrite", "t4", todos=[{"content": "Own"}]), "parent_tool_use_id": "p"}
    assert "steps" not in (parse(own, state=parsed.state).entries[-1].data or {})


def test_a_resumed_session_learns_its_steps_when_the_agent_looks_at_them() -> None:
    listed: JsonValue = [
        {"id": "1", "subject": "Read", "status": "completed"},
        {"id": "2", "subject": "Mend", "status": "pending"},
    ]
    looked = (called("TaskList", "t1"), result_of("t1", {"tasks": listed}))
    parsed = parse(*looked, called("TaskUpdate", "t2", taskId="2", status="in_progress"))
    assert steps_in(parsed) == [("Read", "done"), ("Mend", "doing")]


def test_other_tools_and_their_results_say_nothing_of_steps_and_leave_the_state() -> None:
    before = parse(*made("t1", "1", "Read")).state
    parsed = parse(called("Bash", "t2", command="ls"), result_of("t2", {"stdout": "a"}), state=before)
    assert parsed.state.get("steps") == before.get("steps")
    assert "steps" not in (parse(called("Bash", "t3", command="ls"), state=before).entries[-1].data or {})
