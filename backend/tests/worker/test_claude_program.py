"""The real claude program does what its adapter leans on."""

import json
import os
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from retoma.agents.adapter import Acknowledged, Answer, Decision, Interrupt, Launch, Prompt, Signal, Stream
from retoma.agents.claude_code import ClaudeCodeAdapter
from retoma.core.json import JsonObject
from retoma.core.status import AgentExit, Command, Ending, Status
from support.claude import ClaudeProgram, offline_environment, require_claude
from support.model_server import ModelServer

ADAPTER = ClaudeCodeAdapter()


class Start(Protocol):
    def __call__(self, session: str, *, resume: bool = False) -> ClaudeProgram: ...


@pytest.fixture
def start(model: ModelServer, tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts the program on a session, in one workspace with one home."""
    program = require_claude()
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    with ExitStack() as programs:

        def _start(session: str, *, resume: bool = False) -> ClaudeProgram:
            launch = Launch(
                program=program, workspace=workspace, session=session, resume=resume, command=Command.IMPLEMENT
            )
            environment = offline_environment(model.url, tmp_path / "home")
            return programs.enter_context(ClaudeProgram(ADAPTER.build_argv(launch), workspace, environment))

        yield _start


def new_session() -> str:
    return str(uuid.uuid4())


def prompt(text: str, key: str = "prompt-1") -> bytes:
    return ADAPTER.encode(Prompt(key=key, text=text, command=Command.IMPLEMENT))


def is_result(event: JsonObject) -> bool:
    return event.get("type") == "result"


def is_tool_use(event: JsonObject) -> bool:
    return event.get("type") == "assistant" and '"tool_use"' in json.dumps(event)


def is_question(event: JsonObject) -> bool:
    return event.get("type") == "control_request"


def judge(program: ClaudeProgram, code: int) -> tuple[Sequence[Signal], Ending]:
    """Read everything that `program` said, and judge its end."""
    state = ADAPTER.start_state()
    signals: list[Signal] = []
    for line in program.lines:
        parsed = ADAPTER.parse(Stream.STDOUT, line, state)
        state = parsed.state
        signals.extend(parsed.signals)
    end = AgentExit(exit_code=code if code >= 0 else None, signal=-code if code < 0 else None)
    return signals, ADAPTER.classify_end(state, end, closed_by_us=False)


def test_a_prompt_is_acknowledged_by_the_key_we_chose(start: Start, model: ModelServer) -> None:
    program = start(new_session())
    program.send(prompt("Please [[s:hi]]", "a key of ours"))
    program.wait_for(is_result)
    signals, ending = judge(program, program.end())
    assert Acknowledged(key="a key of ours") in signals
    assert (ending.status, ending.result) == (Status.SUCCESS, "Hi from the loopback model.")
    assert [(request.scenario, request.step) for request in model.requests] == [("hi", 0)]


def test_the_same_prompt_twice_makes_one_model_request(start: Start, model: ModelServer) -> None:
    program = start(new_session())
    program.send(prompt("Please [[s:hi]]"))
    program.wait_for(is_result)
    program.send(prompt("Please [[s:hi]]"))
    program.wait_for(lambda event: event.get("isReplay") is True)
    signals, _ = judge(program, program.end())
    assert signals.count(Acknowledged(key="prompt-1")) == 2
    assert len(model.requests) == 1


@pytest.mark.parametrize("decision", list(Decision))
def test_the_agent_goes_on_after_its_question_is_answered(start: Start, decision: Decision, tmp_path: Path) -> None:
    program = start(new_session())
    program.send(prompt("Please [[s:perm]]"))
    question = program.wait_for(is_question)
    asked = question["request"]
    assert isinstance(asked, dict)
    key = str(question["request_id"])
    program.send(ADAPTER.encode(Answer(key=key, decision=decision, message=None, input=asked["input"])))
    program.wait_for(is_result)
    _, ending = judge(program, program.end())
    assert (ending.status, ending.result) == (Status.SUCCESS, "I went on after your answer.")
    assert (tmp_path / "workspace" / "asked.txt").exists() == (decision is Decision.ALLOW)


def test_an_interrupt_ends_the_turn_and_not_the_program(start: Start) -> None:
    program = start(new_session())
    program.send(prompt("Please [[s:slow3:30]]"))
    program.wait_for(is_tool_use)
    program.send(ADAPTER.encode(Interrupt(key="i1")))
    result = program.wait_for(is_result)
    assert str(result["terminal_reason"]).startswith("aborted")
    program.send(prompt("Please [[s:hi]]", "prompt-2"))
    program.wait_for(is_result)
    _, ending = judge(program, program.end())
    assert ending.status is Status.SUCCESS


def test_a_killed_session_is_resumed_where_it_stood(start: Start, model: ModelServer) -> None:
    session = new_session()
    killed = start(session)
    killed.send(prompt("Please [[s:slow3:0.5]]"))
    for _ in range(2):  # at its first tool call the program may not have written its transcript yet
        killed.wait_for(is_tool_use)
    killed.process.kill()
    _, ending = judge(killed, killed.end())
    assert (ending.status, ending.evidence["signal"]) == (Status.INTERRUPTED, 9)
    resumed = start(session, resume=True)
    resumed.send(prompt("Continue.", "prompt-2"))
    resumed.wait_for(is_result)
    _, ending = judge(resumed, resumed.end())
    assert (ending.status, ending.result) == (Status.SUCCESS, "Finished 3 steps.")
    steps = [request.step for request in model.requests]
    assert sorted(set(steps)) == [0, 1, 2, 3]
    # The first step was in the transcript and is not asked for again; the one that the kill cut off may be.
    assert steps.count(0) == 1


def test_a_session_that_does_not_exist_is_an_error_with_the_programs_own_words(start: Start) -> None:
    session = new_session()
    program = start(session, resume=True)
    program.process.wait(30)
    _, ending = judge(program, program.end())
    assert ending.status is Status.ERROR
    assert ending.error == f"No conversation found with session ID: {session}"
    assert ending.evidence["exitCode"] == 1


def test_files_are_edited_in_the_workspace(start: Start, tmp_path: Path) -> None:
    program = start(new_session())
    program.send(prompt("Please [[s:default]]"))
    program.wait_for(is_result)
    program.end()
    assert (tmp_path / "workspace" / "notes.txt").read_text(encoding="utf-8") == "one\nsecond\n"


def test_a_failing_model_server_is_an_error(start: Start, model: ModelServer) -> None:
    program = start(new_session())
    program.send(prompt("Please [[s:err]]"))
    program.wait_for(is_result)
    _, ending = judge(program, program.end())
    assert ending.status is Status.ERROR
    assert {request.status for request in model.requests} == {529}


def test_a_model_server_in_a_process_of_its_own_serves_the_program_and_tells_what_was_asked(tmp_path: Path) -> None:
    program = require_claude()
    command = [sys.executable, "-m", "support.model_server"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            launch = Launch(
                program=program, workspace=tmp_path, session=new_session(), resume=False, command=Command.IMPLEMENT
            )
            argv = ADAPTER.build_argv(launch)
            with ClaudeProgram(argv, tmp_path, offline_environment(url, tmp_path / "home")) as agent:
                agent.send(prompt("Please [[s:steps:2:0]]"))
                agent.wait_for(is_result)
            with urllib.request.urlopen(f"{url}/requests") as answer:
                asked = json.load(answer)
        finally:
            server.terminate()
    assert [(request["scenario"], request["step"]) for request in asked] == [("steps", 0), ("steps", 1), ("steps", 2)]
