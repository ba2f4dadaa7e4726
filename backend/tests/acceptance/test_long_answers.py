"""Words that do not fit into an agent's input: refused, or told and asked again, and never tried for ever."""

import sqlite3
from pathlib import Path

import pytest

from retoma.agents.inputs import INPUT_BYTES
from support.board import Board
from support.claude import offline_environment, require_claude
from support.model_server import ModelServer
from support.repositories import make_repository

TOO_LONG = "é" * (INPUT_BYTES // 2)


def open_requests(board: Board) -> list[tuple[object, object]]:
    items = board.get("/api/requests?open=true")["items"]
    assert isinstance(items, list)
    return [(item["executionId"], item["n"]) for item in items]


def test_an_answer_too_long_for_the_agent_is_refused_and_the_question_stays_open(shared_board: Board) -> None:
    run = shared_board.run(shared_board.script("Long answer", "ask May I?", "say going on", "exit 0"))
    shared_board.follow(run, until="May I?")
    answer = {"decision": "deny", "message": TOO_LONG}
    problem = shared_board.post(f"/api/executions/{run}/requests/1", answer, status=422)
    assert str(INPUT_BYTES) in str(problem["detail"])
    assert (run, 1) in open_requests(shared_board)
    shared_board.post(f"/api/executions/{run}/requests/1", {"decision": "allow"})
    assert shared_board.finish(run)["status"] == "success"


def test_an_answer_for_which_the_agents_input_has_no_room_is_told_and_asked_again(shared_board: Board) -> None:
    run = shared_board.run(shared_board.script("No room", "ask May I?", "say going on", "exit 0"))
    shared_board.follow(run, until="May I?")
    # Behind the API's back: as where the system gives this user smaller pipes than the API counts on.
    connection = sqlite3.connect(shared_board.data / "retoma.db", timeout=20)
    with connection:
        connection.execute(
            "UPDATE requests SET state = 'answered', decision = 'deny', message = ?, answered_at = created_at "
            "WHERE execution_id = (SELECT id FROM executions WHERE public_id = ?)",
            (TOO_LONG, run),
        )
    connection.close()
    shared_board.follow(run, until="did not reach the agent")
    assert shared_board.execution(run)["status"] == "waiting"
    assert open_requests(shared_board) == [(run, 1)]
    shared_board.post(f"/api/executions/{run}/requests/1", {"decision": "deny", "message": "no"})
    assert shared_board.finish(run)["status"] == "success"
    told = [entry for entry in shared_board.log(run) if "did not reach the agent" in str(entry["content"])]
    assert [entry["data"] for entry in told] == [{"by": "retoma"}], "once"


def test_a_message_too_long_for_the_agent_is_refused(shared_board: Board) -> None:
    run = shared_board.run(shared_board.script("Long message", "say begin", "hang"))
    shared_board.follow(run, until="begin")
    problem = shared_board.post(f"/api/executions/{run}/messages", {"text": TOO_LONG}, status=422)
    assert str(INPUT_BYTES) in str(problem["detail"])
    shared_board.post(f"/api/executions/{run}/cancel", status=202)
    assert shared_board.finish(run)["status"] == "cancelled"
    assert not any(TOO_LONG[:10] in str(entry["content"]) for entry in shared_board.log(run))


@pytest.mark.timeout(60)
def test_claude_is_allowed_a_tool_call_whose_input_is_larger_than_its_own(tmp_path: Path) -> None:
    size = INPUT_BYTES + 500_000
    program = " ".join(require_claude())
    with ModelServer() as model:
        environment = {**offline_environment(model.url, tmp_path / "home"), "RETOMA_CLAUDE_COMMAND": program}
        with Board(tmp_path / "data", environment=environment) as board:
            board.project(make_repository(tmp_path / "repository"), agent="claude-code")
            run = board.run(board.card("Large", f"Please [[s:outside:{size}]]"))
            board.follow(run, until="Allow Write")
            board.post(f"/api/executions/{run}/requests/1", {"decision": "allow"})
            ended = board.finish(run)
    assert (ended["status"], ended["result"]) == ("success", "I went on after your answer.")
    assert (tmp_path / "data" / "workspaces" / "outside.txt").stat().st_size == size
