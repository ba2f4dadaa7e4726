"""The rehearsal agent's adapter: lines in, entries out; how an end is judged."""

import signal
from pathlib import Path

import orjson
import pytest

from retoma.agents.adapter import (
    Acknowledged,
    Adapter,
    Answer,
    Decision,
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
from retoma.agents.rehearsal import RehearsalAdapter
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.core.json import JsonObject, JsonValue
from retoma.core.status import AgentExit, Command, Status

ADAPTER: Adapter = RehearsalAdapter()


def parse(event: JsonObject, state: JsonObject | None = None) -> Parsed:
    return ADAPTER.parse(Stream.STDOUT, orjson.dumps(event), ADAPTER.start_state() if state is None else state)


def ended(**fields: JsonValue) -> JsonObject:
    return parse({"type": "end", "text": "done", "failed": 0, "denied": 0, **fields}).state


def left(code: int | None = None, number: int | None = None, start_error: str | None = None) -> AgentExit:
    return AgentExit(exit_code=code, signal=number, start_error=start_error)


def test_the_first_entry_says_that_it_is_a_rehearsal() -> None:
    read = parse({"type": "start", "version": "1", "session": "s", "resumed": False})
    assert [(entry.type, entry.kind, entry.content) for entry in read.entries] == [
        (EntryType.SYSTEM, EntryKind.SYSTEM, "Rehearsal: a scripted demonstration, no model is used.")
    ]
    assert read.signals == (SessionStarted(session="s", version="1"),)


def test_a_line_is_a_message_and_leaves_the_very_same_state() -> None:
    state = ADAPTER.start_state()
    read = parse({"type": "line", "text": "line 000001"}, state)
    assert read.entries == (EntryDraft(EntryType.INFO, EntryKind.MESSAGE, "line 000001"),)
    assert read.state is state


def test_a_command_and_its_failure_become_a_tool_call_and_an_error_result() -> None:
    call = parse({"type": "tool", "id": "t", "tool": "Bash", "input": {"command": "false"}}).entries[0]
    assert (call.type, call.kind, call.content) == (EntryType.COMMAND, EntryKind.TOOL, "Bash: false")
    assert call.data == {"toolUseId": "t", "tool": "Bash", "input": {"command": "false"}}
    result = parse({"type": "result", "id": "t", "output": "no", "exitCode": 1, "error": True}).entries[0]
    assert (result.type, result.kind, result.content) == (EntryType.ERROR, EntryKind.RESULT, "no")
    assert result.data == {"toolUseId": "t", "isError": True, "exitCode": 1}


def test_a_question_is_shown_by_its_last_entry_and_closed_by_its_answer() -> None:
    asked = parse({"type": "ask", "key": "ask-1", "text": "May I?"})
    assert asked.entries[-1].kind is EntryKind.REQUEST
    assert asked.signals == (QuestionOpened(key="ask-1", text="May I?", tool=None, input={}),)
    allowed = parse({"type": "answered", "key": "ask-1", "decision": "allow", "message": ""})
    assert (allowed.entries, allowed.signals) == ((), (QuestionClosed(key="ask-1"),))
    denied = parse({"type": "answered", "key": "ask-1", "decision": "deny", "message": "not today"})
    assert [(entry.type, entry.content) for entry in denied.entries] == [(EntryType.WARNING, "Denied: not today")]


def test_a_plan_is_proposed_and_a_prompt_acknowledged() -> None:
    assert parse({"type": "plan", "text": "# P"}).signals == (PlanProposed(text="# P"),)
    assert parse({"type": "ack", "key": "k"}) == Parsed((), (Acknowledged(key="k"),), {})


@pytest.mark.parametrize(
    "line",
    [b"", b"plain words", b'{"type":"line","text":"torn', b'{"type":"news"}', b"[1]", b'{"type":["line"]}', b"{}"],
)
def test_a_line_that_is_not_understood_is_kept_as_it_came(line: bytes) -> None:
    state = ADAPTER.start_state()
    read = ADAPTER.parse(Stream.STDOUT, line, state)
    assert read.entries == (EntryDraft(EntryType.INFO, EntryKind.RAW, line.decode(), {"stream": "stdout"}),)
    assert (read.signals, read.state is state) == ((), True)


def test_stderr_is_a_warning_and_bytes_that_are_no_utf8_are_marked() -> None:
    read = ADAPTER.parse(Stream.STDERR, b'{"type":"line"} \xff', ADAPTER.start_state())
    data: JsonObject = {"stream": "stderr", "invalidUtf8": True}
    assert read.entries == (EntryDraft(EntryType.WARNING, EntryKind.RAW, '{"type":"line"} �', data),)
    like_ours = ADAPTER.parse(Stream.STDERR, b'{"type":"say","text":"a"}', ADAPTER.start_state()).entries[0]
    assert (like_ours.type, like_ours.kind) == (EntryType.WARNING, EntryKind.RAW)
    broken = ADAPTER.parse(Stream.STDOUT, b'{"type":"say","text":"\xff"}', ADAPTER.start_state()).entries[0]
    assert (broken.kind, broken.data) == (EntryKind.RAW, {"stream": "stdout", "invalidUtf8": True})


def test_fields_of_a_wrong_type_do_not_break_the_reading() -> None:
    for name in ("start", "ack", "say", "think", "tool", "result", "line", "ask", "answered", "plan", "note", "end"):
        wrong = {field: [1] for field in ("text", "key", "input", "failed", "denied", "outcome", "output")}
        read = parse({**wrong, "type": name})
        orjson.dumps(read.state)


def test_what_goes_in_is_one_line_of_json_each() -> None:
    prompt = Prompt(key="k", text="do\nit", command=Command.PLAN, description="card\n")
    answer = Answer(key="ask-1", decision=Decision.DENY, message=None, input={})
    lines = [ADAPTER.encode(message) for message in (prompt, answer, Interrupt(key="i"))]
    assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in lines)
    assert [orjson.loads(line) for line in lines] == [
        {"type": "prompt", "key": "k", "command": "/plan", "text": "do\nit", "description": "card\n"},
        {"type": "answer", "key": "ask-1", "decision": "deny", "message": ""},
        {"type": "interrupt", "key": "i"},
    ]


def test_the_argv_names_the_session_and_says_when_it_is_resumed() -> None:
    launch = Launch(program=["p"], workspace=Path("/"), session="s", resume=False, command=Command.PLAN)
    again = Launch(program=["p"], workspace=Path("/"), session="s", resume=True, command=Command.PLAN)
    assert list(ADAPTER.build_argv(launch)) == ["p", "--session", "s"]
    assert list(ADAPTER.build_argv(again)) == ["p", "--session", "s", "--resume"]


def test_the_agent_is_idle_only_after_the_end_of_its_turn() -> None:
    assert not ADAPTER.is_idle(ADAPTER.start_state())
    assert ADAPTER.is_idle(ended(outcome="success"))


@pytest.mark.parametrize(
    ("state", "exit", "closed_by_us", "status", "words"),
    [
        (ended(outcome="success"), left(0), False, Status.SUCCESS, "done"),
        (ended(outcome="success"), None, False, Status.SUCCESS, "done"),
        (ended(outcome="success"), left(number=signal.SIGINT), True, Status.SUCCESS, "done"),
        (ended(outcome="success"), left(number=signal.SIGKILL), False, Status.INTERRUPTED, "SIGKILL"),
        (ended(outcome="error"), left(3), False, Status.ERROR, "exited with code 3"),
        (ended(outcome="error"), None, False, Status.ERROR, "ended with an error"),
        (ended(outcome="refused", text="line 2: no"), left(2), False, Status.ERROR, "line 2: no"),
        (ended(outcome="interrupted"), left(130), False, Status.INTERRUPTED, "interrupted"),
        ({}, left(start_error="cannot start 'x': gone"), False, Status.ERROR, "cannot start 'x': gone"),
        ({}, left(0), False, Status.ERROR, "ended without a result"),
        ({}, left(1), False, Status.ERROR, "exited with code 1"),
        ({}, left(number=signal.SIGKILL), False, Status.INTERRUPTED, "SIGKILL"),
        ({}, left(number=signal.SIGKILL), True, Status.INTERRUPTED, "SIGKILL"),
        ({}, None, False, Status.INTERRUPTED, "nobody saw how"),
    ],
)
def test_an_end_is_judged_by_its_evidence(
    state: JsonObject,
    exit: AgentExit | None,
    *,
    closed_by_us: bool,
    status: Status,
    words: str,
) -> None:
    ending = ADAPTER.classify_end(state, exit, closed_by_us=closed_by_us)
    assert ending.status is status
    assert words in str(ending.result if status is Status.SUCCESS else ending.error)
    assert {"exitCode", "signal", "finalEvent"} <= ending.evidence.keys()
    assert ending.evidence["exitCode"] == (exit.exit_code if exit else None)


def test_a_denied_question_leaves_a_success_with_a_warning() -> None:
    ending = ADAPTER.classify_end(ended(outcome="success", denied=1, failed=2), left(0), closed_by_us=False)
    assert ending.status is Status.SUCCESS
    assert ending.evidence["denied"] == 1
    assert ending.evidence["warning"] == "1 question was denied."
    assert ending.evidence["failedSteps"] == 2
    assert ending.evidence["finalEvent"] == "end/success"
