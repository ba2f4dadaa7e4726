"""The adapter of Claude Code: its argv, its words, its state and its judgement."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retoma.agents.adapter import (
    AdapterState,
    Answer,
    Decision,
    Interrupt,
    Launch,
    Parsed,
    PlanProposed,
    Prompt,
    Stream,
)
from retoma.agents.claude_code import ClaudeCodeAdapter
from retoma.core.entries import EntryKind, EntryType
from retoma.core.json import JsonObject, JsonValue
from retoma.core.status import AgentExit, Command, Status

ADAPTER = ClaudeCodeAdapter()
JOURNALS = sorted((Path(__file__).parents[1] / "recordings" / "claude_code").glob("*.jsonl"))


def parse(*events: JsonObject | bytes, state: AdapterState | None = None) -> Parsed:
    """Parse the events one after the other; return what the last one means."""
    state = state if state is not None else ADAPTER.start_state()
    parsed = Parsed((), (), state)
    for event in events:
        line = event if isinstance(event, bytes) else json.dumps(event).encode()
        parsed = ADAPTER.parse(Stream.STDOUT, line, parsed.state)
    return parsed


def assistant(*blocks: JsonObject, **more: JsonValue) -> JsonObject:
    return {"type": "assistant", "message": {"content": list(blocks)}, "parent_tool_use_id": None, **more}


def tool_use(name: str, **tool_input: JsonValue) -> JsonObject:
    return assistant({"type": "tool_use", "id": "t1", "name": name, "input": tool_input})


INIT: JsonObject = {"type": "system", "subtype": "init", "session_id": "s1", "cwd": "/code", "model": "m"}
RESULT: JsonObject = {"type": "result", "subtype": "success", "is_error": False, "result": "Done."}
QUESTION: JsonObject = {
    "type": "control_request",
    "request_id": "q1",
    "request": {"subtype": "can_use_tool", "tool_name": "Bash", "input": {"command": "git push"}, "tool_use_id": "t1"},
}


# ---- what goes in -------------------------------------------------------------------------------------------------


def launch(*, resume: bool) -> Sequence[str]:
    program = ("claude", "--model", "m")
    return ADAPTER.build_argv(
        Launch(program=program, workspace=Path("/w"), session="s1", resume=resume, command=Command.PLAN)
    )


def test_a_first_start_names_the_session_and_a_later_one_resumes_it() -> None:
    assert launch(resume=False)[-2:] == ("--session-id", "s1")
    assert launch(resume=True)[-2:] == ("--resume", "s1")
    assert launch(resume=False)[:4] == ("claude", "--model", "m", "-p")


def test_a_prompt_is_one_line_whatever_its_text() -> None:
    text = 'line one\nline "two"\r\n\u2028 ünï \x00'
    line = ADAPTER.encode(Prompt(key="k1", text=text, command=Command.TEST))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line) == {"type": "user", "uuid": "k1", "message": {"role": "user", "content": text}}


def test_an_answer_allows_with_the_input_that_was_asked_about_or_denies_with_a_reason() -> None:
    asked: JsonObject = {"command": "git push"}
    allow = Answer(key="q1", decision=Decision.ALLOW, message=None, input=asked)
    deny = Answer(key="q1", decision=Decision.DENY, message="Not now.", input=asked)
    assert json.loads(ADAPTER.encode(allow))["response"] == {
        "subtype": "success",
        "request_id": "q1",
        "response": {"behavior": "allow", "updatedInput": asked},
    }
    assert json.loads(ADAPTER.encode(deny))["response"]["response"] == {"behavior": "deny", "message": "Not now."}


def test_an_interrupt_is_a_control_request() -> None:
    request = json.loads(ADAPTER.encode(Interrupt(key="i1")))
    assert request == {"type": "control_request", "request_id": "i1", "request": {"subtype": "interrupt"}}


# ---- what comes out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (tool_use("Bash", command="pytest -q"), "Bash: pytest -q"),
        (tool_use("Bash", command="cat <<E\nmore\nE"), "Bash: cat <<E …"),
        (tool_use("Edit", file_path="/code/src/store.py", old_string="a"), "Edit src/store.py"),
        (tool_use("Read", file_path="/etc/hosts"), "Read /etc/hosts"),
        (tool_use("Read", file_path="/workshop/a"), "Read /workshop/a"),
        (tool_use("Grep", pattern="def .*", path="/code/src"), "Grep: def .*"),
        (tool_use("Agent", description="Say hi", prompt="long"), "Agent: Say hi"),
        (tool_use("TaskStop"), "TaskStop"),
        (tool_use("Bash", command="x" * 5000), f"Bash: {'x' * 294}…"),
    ],
)
def test_a_tool_call_reads_as_one_line(event: JsonObject, line: str) -> None:
    (entry,) = parse(INIT, event).entries
    assert (entry.type, entry.kind, entry.content) == (EntryType.COMMAND, EntryKind.TOOL, line)
    assert entry.data is not None
    assert entry.data["toolUseId"] == "t1"


def test_leaving_plan_mode_proposes_the_plan() -> None:
    assert PlanProposed(text="# Plan") in parse(tool_use("ExitPlanMode", plan="# Plan")).signals


def test_what_a_subagent_does_is_marked_and_opens_no_turn() -> None:
    parsed = parse(INIT, RESULT, assistant({"type": "text", "text": "hm"}, parent_tool_use_id="t9"))
    assert parsed.entries[0].data == {"parentToolUseId": "t9"}
    assert ADAPTER.is_idle(parsed.state)


def test_an_unknown_event_is_kept_whole() -> None:
    line = b'{"type":"system","subtype":"never_seen","x":[1, 2]}'
    (entry,) = parse(line).entries
    assert (entry.type, entry.kind, entry.content) == (EntryType.SYSTEM, EntryKind.RAW, line.decode())
    assert entry.data == {"stream": "stdout", "event": "system.never_seen"}


@pytest.mark.parametrize("line", [b"npm warn deprecated", b"[1, 2]", b'{"type": "resu', b"[" * 100_000, b"NaN"])
def test_a_line_that_is_no_event_is_kept_as_it_came(line: bytes) -> None:
    (entry,) = parse(line).entries
    assert (entry.type, entry.kind, entry.content) == (EntryType.INFO, EntryKind.RAW, line.decode())


def test_invalid_bytes_are_replaced_and_the_entry_says_so() -> None:
    (entry,) = parse(b"abc\xff\xfe").entries
    assert entry.content == "abc\ufffd\ufffd"
    assert entry.data == {"stream": "stdout", "invalidUtf8": True}


@pytest.mark.parametrize("damage", [b"\xff", rb"\ud83d"])
def test_an_event_is_read_although_a_character_in_it_was_cut_in_two(damage: bytes) -> None:
    line = b'{"type":"result","subtype":"success","is_error":false,"result":"cut ' + damage + b'"}'
    parsed = parse(INIT, line)
    assert ADAPTER.is_idle(parsed.state)
    assert parsed.entries[0].content.encode("utf-8").startswith(b"cut ")


def test_a_line_of_ten_megabytes_is_read() -> None:
    big = "x" * 10_000_000
    assert parse(assistant({"type": "text", "text": big})).entries[0].content == big
    assert parse(big.encode()).entries[0].content == big


def test_blank_lines_and_noise_leave_no_entry_and_the_same_state() -> None:
    state = ADAPTER.start_state()
    for line in (b"", b"  ", b'{"type":"keep_alive"}', b'{"type":"system","subtype":"status","status":"requesting"}'):
        assert parse(line, state=state) == Parsed((), (), state)
        assert parse(line, state=state).state is state
    assert ADAPTER.parse(Stream.STDERR, b" ", state) == Parsed((), (), state)


def test_stderr_is_a_warning_and_only_its_end_is_remembered() -> None:
    state = ADAPTER.start_state()
    for number in range(999):
        state = ADAPTER.parse(Stream.STDERR, b"trouble %d" % number, state).state
    last = ADAPTER.parse(Stream.STDERR, b"trouble 999", state)
    assert [(entry.type, entry.content) for entry in last.entries] == [(EntryType.WARNING, "trouble 999")]
    assert len(str(last.state["stderr"])) <= 2000
    assert str(last.state["stderr"]).endswith("trouble 998\ntrouble 999")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(data=st.data())
def test_no_damage_to_a_real_event_makes_the_adapter_raise(data: st.DataObject) -> None:
    journal = data.draw(st.sampled_from(JOURNALS)).read_bytes().splitlines() or [b"{}"]
    event = json.loads(data.draw(st.sampled_from(journal)))
    place = event
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    state = parse(INIT, QUESTION).state
    parsed = parse(event, state=state)
    json.dumps(parsed.state)
    ADAPTER.is_idle(parsed.state)
    ADAPTER.classify_end(parsed.state, None, closed_by_us=False)


@given(line=st.binary(max_size=60))
def test_no_bytes_make_the_adapter_raise(line: bytes) -> None:
    parse(line)
    ADAPTER.parse(Stream.STDERR, line, ADAPTER.start_state())


# ---- when it may be closed, and how it ended ----------------------------------------------------------------------


def lifecycle(key: str, state: str) -> JsonObject:
    return {"type": "command_lifecycle", "command_uuid": key, "state": state}


def test_a_prompt_that_waits_for_its_turn_keeps_the_agent_busy() -> None:
    first = [lifecycle("k1", "started"), INIT, lifecycle("k2", "queued"), {**RESULT, "user_message_uuid": "k1"}]
    waiting = parse(*first)
    assert not ADAPTER.is_idle(waiting.state)
    second = parse(lifecycle("k2", "started"), RESULT, lifecycle("k2", "completed"), state=waiting.state)
    assert ADAPTER.is_idle(second.state)


def test_an_agent_that_has_not_begun_is_not_idle() -> None:
    assert not ADAPTER.is_idle(ADAPTER.start_state())
    assert not ADAPTER.is_idle(parse(INIT).state)


def test_an_open_question_keeps_the_agent_busy_until_it_is_answered() -> None:
    asked = parse(INIT, QUESTION)
    assert not ADAPTER.is_idle(asked.state)
    answered = parse({"type": "control_response", "response": {"request_id": "q1"}}, state=asked.state)
    assert ADAPTER.is_idle(parse(RESULT, state=answered.state).state)


def test_only_the_tool_for_asking_asks_in_the_words_of_its_input() -> None:
    asked: JsonObject = {"questions": [{"question": "Which colour?"}]}
    request: JsonObject = {"subtype": "can_use_tool", "input": asked, "tool_use_id": "t1"}

    def said(tool: str) -> str:
        return parse(INIT, {**QUESTION, "request": {**request, "tool_name": tool}}).entries[0].content

    assert said("AskUserQuestion") == "Which colour?"
    assert said("mcp__forum__post").startswith("Allow mcp__forum__post")


def exited(code: int | None = None, signal: int | None = None) -> AgentExit:
    return AgentExit(exit_code=code, signal=signal)


DONE = parse(INIT, RESULT).state
WORKING = parse(INIT).state
FAILED = parse(INIT, {**RESULT, "is_error": True, "result": "Overloaded"}).state
BACKGROUND: JsonObject = {"type": "system", "subtype": "background_tasks_changed", "tasks": [{"task_id": "b1"}]}


@pytest.mark.parametrize(
    ("state", "exit", "closed_by_us", "status"),
    [
        (DONE, exited(0), False, Status.SUCCESS),
        (DONE, exited(143), True, Status.SUCCESS),
        (DONE, exited(signal=9), True, Status.SUCCESS),
        (DONE, None, False, Status.SUCCESS),
        (parse(INIT, BACKGROUND, RESULT).state, exited(0), False, Status.INTERRUPTED),
        (FAILED, exited(0), False, Status.ERROR),
        (FAILED, exited(1), True, Status.ERROR),
        (WORKING, exited(0), False, Status.INTERRUPTED),
        (WORKING, exited(143), False, Status.INTERRUPTED),
        (WORKING, exited(signal=9), False, Status.INTERRUPTED),
        (WORKING, None, False, Status.INTERRUPTED),
        (WORKING, exited(1), False, Status.ERROR),
        (parse(INIT, RESULT, INIT).state, exited(signal=9), False, Status.INTERRUPTED),
        (ADAPTER.start_state(), exited(0), False, Status.ERROR),
        (ADAPTER.start_state(), exited(1), False, Status.ERROR),
        (ADAPTER.start_state(), None, False, Status.INTERRUPTED),
    ],
)
def test_an_end_is_judged_by_the_turn_first_and_the_exit_second(
    state: AdapterState,
    exit: AgentExit | None,
    closed_by_us: bool,  # noqa: FBT001 - a column of the table above
    status: Status,
) -> None:
    ending = ADAPTER.classify_end(state, exit, closed_by_us=closed_by_us)
    assert ending.status is status
    assert (ending.result == "Done.") == (status is Status.SUCCESS)
    assert bool(ending.error) == (status is not Status.SUCCESS)


def test_an_agent_that_could_not_be_started_says_why() -> None:
    end = AgentExit(exit_code=None, signal=None, start_error="claude: no such program")
    ending = ADAPTER.classify_end(ADAPTER.start_state(), end, closed_by_us=False)
    assert (ending.status, ending.error) == (Status.ERROR, "claude: no such program")


def test_an_agent_that_prints_nothing_is_named_with_its_exit_code() -> None:
    ending = ADAPTER.classify_end(ADAPTER.start_state(), exited(0), closed_by_us=False)
    assert ending.error == "Claude Code ended with exit code 0 without a result."


def test_a_new_turn_makes_the_result_of_the_one_before_void() -> None:
    again = parse(INIT, RESULT, INIT).state
    assert again["outcome"] is None
    assert not ADAPTER.is_idle(again)


def test_allowing_a_huge_input_does_not_give_it_back() -> None:
    for size, given_back in ((60_000, True), (2_000_000, False)):
        asked: JsonObject = {"content": "x" * size}
        line = ADAPTER.encode(Answer(key="q", decision=Decision.ALLOW, message=None, input=asked))
        verdict = json.loads(line)["response"]["response"]
        assert verdict == {"behavior": "allow", **({"updatedInput": asked} if given_back else {})}


def test_an_event_with_replaced_bytes_says_so() -> None:
    said = json.dumps(assistant({"type": "text", "text": "cut: X"})).encode()
    [exact] = parse(INIT, said).entries
    [replaced] = parse(INIT, said.replace(b"X", b"\xe2\x82")).entries
    assert (exact.content, exact.data) == ("cut: X", None)
    assert (replaced.content, replaced.data) == ("cut: \ufffd", {"invalidUtf8": True})
