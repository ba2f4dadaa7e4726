"""The real claude program: a question, a message and a session that outlive the server or the agent."""

import json
from collections.abc import Sequence

import psutil
import pytest

from support import model_script
from support.board import Board
from support.model_script import Place, Text, ToolUse, Turn
from support.model_server import ModelServer

pytestmark = pytest.mark.timeout(120)


def _start(board: Board, description: str) -> str:
    projects = board.get("/api/projects")["items"]
    assert isinstance(projects, list)
    return board.run(board.card("A card", description, project=str(projects[0]["id"])))


def _contents(board: Board, run: str) -> list[str]:
    return [str(entry["content"]) for entry in board.log(run)]


def test_an_approval_left_open_over_a_kill_of_the_server_is_answered_and_the_run_ends_well(
    claude_board: Board, model: ModelServer
) -> None:
    board = claude_board
    run = _start(board, "Please [[s:perm]]")
    board.follow(run, until="Allow ")
    board.kill()
    board.start()
    assert board.execution(run)["status"] == "waiting"
    open_requests = board.get("/api/requests?open=true")["items"]
    assert isinstance(open_requests, list)
    assert [(one["executionId"], one["n"]) for one in open_requests] == [(run, 1)]
    board.post(f"/api/executions/{run}/requests/1", {"decision": "allow"})
    ended = board.finish(run)
    assert (ended["status"], ended["result"]) == ("success", "I went on after your answer.")
    assert [(one.scenario, one.step) for one in model.requests] == [("perm", 0), ("perm", 1)]
    workspace = board.data / "workspaces" / str(ended["cardId"])
    assert (workspace / "asked.txt").exists()


def test_a_message_to_an_agent_at_work_is_heard_once_also_over_a_kill(claude_board: Board, model: ModelServer) -> None:
    board = claude_board
    run = _start(board, "Please [[s:steps:6:0.5]]")
    board.follow(run, until="step 1")
    board.post(f"/api/executions/{run}/messages", {"text": "Mind the tests."}, status=202)
    board.follow(run, until="Mind the tests.")
    board.kill()
    board.start()
    ended = board.finish(run)
    assert ended["status"] == "success"
    contents = _contents(board, run)
    assert contents.count("Mind the tests.") == 1
    assert model.requests[-1].said.count("Mind the tests.") == 1, "the model has heard it, once"
    assert "Finished 6 steps." in contents
    assert ended["messages"] == []


def test_a_killed_agent_is_resumed_in_its_session_and_runs_no_command_twice(
    claude_board: Board, model: ModelServer
) -> None:
    board = claude_board
    run = _start(board, "Please [[s:steps:5:0.4]]")
    board.follow(run, until="Working on step 3")
    agent = json.loads((board.data / "runs" / run / "run.json").read_text())["agent"]["pid"]
    psutil.Process(agent).kill()
    cut_off = board.finish(run)
    assert cut_off["status"] == "interrupted"
    assert cut_off["evidence"]["signal"] == 9  # type: ignore[index]
    assert cut_off["nextActions"][0] == "resume"  # type: ignore[index]
    asked = len(model.requests)
    resumed = board.post(f"/api/executions/{run}/resume", status=202)
    assert resumed["agentSession"] == cut_off["agentSession"]
    ended = board.finish(str(resumed["id"]))
    assert ended["status"] == "success"
    later = model.requests[asked:]
    assert later, "it was asked to go on"
    assert later[0].scenario == "steps", "the conversation is the same"
    assert later[0].step >= 2, "it goes on where it stood"
    assert "step 1" not in [content.strip() for content in _contents(board, str(resumed["id"]))]


def _with_steps(_: Place) -> Sequence[Turn]:
    made = [ToolUse("TaskCreate", {"subject": step, "description": step}) for step in ("Read", "Mend", "Try")]
    return (
        made,
        (ToolUse("TaskUpdate", {"taskId": "1", "status": "completed"}),),
        (ToolUse("TaskUpdate", {"taskId": "2", "status": "in_progress"}),),
        (ToolUse("TaskUpdate", {"taskId": "3", "status": "deleted"}),),
        (Text("That is how far I am."),),
    )


def test_the_agent_has_its_tools_for_steps_and_each_call_is_stored_with_all_of_them(
    claude_board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(model_script._SCENARIOS, "stepwise", _with_steps)
    run = _start(claude_board, "Please [[s:stepwise]]")
    assert claude_board.finish(run)["status"] == "success"
    log = claude_board.log(run)
    assert [entry["content"] for entry in log if entry["type"] == "error"] == []
    told = [entry["data"]["steps"] for entry in log if entry["data"] and "steps" in entry["data"]]  # type: ignore[index,operator]
    assert [len(steps) for steps in told] == [1, 2, 3, 3, 3, 2]
    assert told[-1] == [{"text": "Read", "state": "done"}, {"text": "Mend", "state": "doing"}]
