"""Every end is told truly, with evidence, on the card and in the API; no entry is lost by bad output."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.board import Board
from support.repositories import make_repository


@pytest.mark.parametrize(
    ("step", "status", "exit_code", "evidence"),
    [
        ("exit 0", "success", 0, {"exitCode": 0, "signal": None}),
        ("exit 7", "error", 7, {"exitCode": 7, "signal": None}),
        ("crash", "interrupted", None, {"exitCode": None, "signal": 9}),
    ],
)
def test_the_end_of_an_agent_is_told_with_evidence(
    shared_board: Board, step: str, status: str, exit_code: int | None, evidence: dict[str, object]
) -> None:
    card = shared_board.script(f"Ends by {step}", "say working", step)
    execution = shared_board.finish(shared_board.run(card))
    assert (execution["status"], execution["exitCode"]) == (status, exit_code)
    told = execution["evidence"]
    assert isinstance(told, dict)
    assert told | evidence == told
    assert told["lastSequence"] == execution["headSequence"]
    assert execution["nextActions"]
    if status != "success":
        assert execution["error"]
        assert shared_board.get(f"/api/logs/{card}")["result"] == execution["error"]


def test_cancel_ends_the_whole_process_tree_before_it_says_cancelled(shared_board: Board) -> None:
    stubborn = "trap '' INT TERM; setsid sh -c 'trap \"\" INT TERM; while :; do sleep 1; done' & sleep 100"
    card = shared_board.script("Stubborn", "say started", f"run {stubborn}")
    run = shared_board.run(card)
    shared_board.follow(run, until="setsid")
    assert len(shared_board.processes_of(run)) >= 2
    shared_board.post(f"/api/executions/{run}/cancel", status=202)
    execution = shared_board.finish(run)
    assert execution["status"] == "cancelled"
    assert shared_board.processes_of(run) == []
    shared_board.post(f"/api/executions/{run}/cancel", status=409)


def test_a_question_waits_is_answered_once_and_the_agent_goes_on(shared_board: Board) -> None:
    card = shared_board.script("Asks", "ask May I push?", "say going on", "exit 0")
    run = shared_board.run(card)
    shared_board.follow(run, until="May I push?")
    waiting = shared_board.execution(run)
    assert waiting["status"] == "waiting"
    requests = shared_board.get("/api/requests?open=true")["items"]
    assert isinstance(requests, list)
    assert [(request["executionId"], request["n"], request["state"]) for request in requests] == [(run, 1, "open")]
    shared_board.post(f"/api/executions/{run}/requests/1", {"decision": "allow"})
    shared_board.post(f"/api/executions/{run}/requests/1", {"decision": "deny"}, status=409)
    assert shared_board.finish(run)["status"] == "success"
    assert "going on" in [entry["content"] for entry in shared_board.log(run)]
    assert shared_board.get("/api/requests?open=true")["items"] == []


def test_a_second_start_is_refused_and_names_the_first(shared_board: Board) -> None:
    card = shared_board.script("Busy", "hang")
    run = shared_board.run(card)
    problem = shared_board.post(f"/api/cards/{card}/executions", {"command": "/test"}, status=409)
    assert problem["executionId"] == run
    shared_board.post(f"/api/executions/{run}/cancel", status=202)
    assert shared_board.finish(run)["status"] == "cancelled"


def test_a_wrong_script_or_command_is_refused_and_changes_nothing(shared_board: Board) -> None:
    card = shared_board.script("Wrong", "say fine", "dance wildly")
    problem = shared_board.post(f"/api/cards/{card}/executions", {"command": "/plan"}, status=422)
    assert "line 2" in str(problem["detail"])
    problem = shared_board.post(f"/api/cards/{card}/executions", {"command": "/deploy"}, status=422)
    assert "/implement" in str(problem)
    shown = shared_board.get(f"/api/cards/{card}")
    assert (shown["activeExecution"], shown["column"]) == (None, "backlog")


# ---- agents that misbehave: a program of ours in the place of Claude Code ---------------------------------------

_LONG_LINE = 10_000_000

_AGENTS = {
    "exits-at-once": "exit 0",
    "fails-at-once": "echo 'no such session' >&2; exit 4",
    "prints-nothing": "sleep 0.3; exit 0",
    "long-line": f"head -c {_LONG_LINE} /dev/zero | tr '\\0' x; echo; echo after; exit 0",
    "invalid-utf8": "printf 'a\\377\\376b\\n'; echo after; exit 0",
    "broken-json": "echo '{\"type\": \"assistant\", '; echo '[1,2'; echo after; exit 0",
    "no-newline": "printf 'after'; exit 0",
}


@pytest.fixture(scope="module", name="odd_board")
def _odd_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Give a board whose Claude Code is a shell script: what it does is chosen by a file in the workspace."""
    folder = tmp_path_factory.mktemp("odd")
    program = folder / "agent"
    cases = "\n".join(f"  {name}) {body} ;;" for name, body in _AGENTS.items())
    program.write_text(f"#!/bin/sh\nread -r prompt\ncase $(cat behaviour) in\n{cases}\nesac\n")
    program.chmod(0o755)
    with Board(folder / "data", environment={"RETOMA_CLAUDE_COMMAND": str(program)}) as running:
        for name in _AGENTS:
            repository = make_repository(folder / name, {"behaviour": name})
            running.project(repository, agent="claude-code")
        yield running


@pytest.mark.parametrize("behaviour", _AGENTS)
def test_an_odd_agent_gets_a_clear_end_and_no_later_entry_is_lost(odd_board: Board, behaviour: str) -> None:
    projects = odd_board.get("/api/projects")["items"]
    assert isinstance(projects, list)
    project = next(project["id"] for project in projects if project["name"] == behaviour)
    card = odd_board.card(f"An agent that {behaviour}", project=str(project))
    execution = odd_board.finish(odd_board.run(card))
    assert execution["status"] == "error", "none of them reported a result"
    assert len(str(execution["error"])) > 10
    contents = [str(entry["content"]) for entry in odd_board.log(str(execution["id"]))]
    if "after" in _AGENTS[behaviour]:
        assert "after" in contents
    if behaviour == "long-line":
        raw = (odd_board.data / "runs" / str(execution["id"]) / "out.jsonl").read_bytes()
        assert len(raw) == _LONG_LINE + len("\nafter\n")
        entries = [e for e in odd_board.log(str(execution["id"])) if str(e["content"]).startswith("xxx")]
        whole = "".join(
            str(odd_board.get(f"/api/executions/{execution['id']}/logs/{entry['sequence']}")["content"])
            for entry in entries
        )
        assert whole == "x" * _LONG_LINE
    if behaviour == "invalid-utf8":
        assert "a\ufffd\ufffdb" in contents
    if behaviour == "fails-at-once":
        assert "no such session" in str(execution["error"])
    shown = odd_board.get(f"/api/cards/{card}")["activeExecution"]
    assert isinstance(shown, dict)
    assert shown["status"] == "error"


@pytest.mark.parametrize("program", ["missing", "not-executable"])
def test_an_agent_that_cannot_be_started_says_why_on_the_card(tmp_path: Path, program: str) -> None:
    path = tmp_path / program
    if program == "not-executable":
        path.write_text("#!/bin/sh\n")
        path.chmod(stat.S_IRUSR)
    with Board(tmp_path / "data", environment={"RETOMA_CLAUDE_COMMAND": str(path)}) as board:
        board.project(make_repository(tmp_path / "repository"), agent="claude-code")
        execution = board.finish(board.run(board.card("No agent")))
    assert execution["status"] == "error"
    assert program in str(execution["error"])
    expected = "No such file" if program == "missing" else "Permission denied"
    assert expected in str(execution["error"])
