"""Section 4 of the specification: what is kept over refresh, restart and crash, with real processes."""

import json
from pathlib import Path

import psutil
import pytest

from support.board import Board


def _counting(gate: Path) -> tuple[str, ...]:
    """Return a script of 60 lines that waits in the middle until the test makes the file `gate`: no clock decides."""
    return ("say begin", "lines 30", f"run until [ -e {gate} ]; do sleep 0.05; done", "lines 30", "exit 0")


def _contents(entries: list[dict[str, object]]) -> list[object]:
    return [entry["content"] for entry in entries]


def _assert_whole(entries: list[dict[str, object]]) -> None:
    """Each entry once and in order, and each line of the script among them, once and in order."""
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    lines = [str(content) for content in _contents(entries) if str(content).startswith("line ")]
    assert [line.split()[1] for line in lines] == 2 * [f"{number:06d}" for number in range(1, 31)]


def test_a_plan_run_is_persisted_whole(board: Board) -> None:
    card = board.script("Plan", "say thinking aloud", "plan <<END", "# The plan", "", "1. One step", "END")
    execution = board.finish(board.run(card, "/plan"))
    assert execution["status"] == "success"
    assert execution["startedAt"]
    assert execution["completedAt"]
    assert isinstance(execution["duration"], float)
    assert "thinking aloud" in _contents(board.log(str(execution["id"])))
    shown = board.get(f"/api/cards/{card}")
    assert shown["plan"] == "# The plan\n\n1. One step"
    assert shown["column"] == "plan"
    old_shape = board.get(f"/api/logs/{card}")
    assert (old_shape["cardId"], old_shape["status"]) == (card, "success")


def test_a_restart_keeps_all_history(board: Board) -> None:
    card = board.script("Twice", "say hello", "exit 0")
    first = board.finish(board.run(card))
    second = board.finish(board.run(card, "/test"))
    logs = {str(run["id"]): board.log(str(run["id"])) for run in (first, second)}
    board.kill()
    board.start()
    history = board.get(f"/api/cards/{card}/executions")["items"]
    assert isinstance(history, list)
    assert [(run["id"], run["isActive"]) for run in history] == [(second["id"], True), (first["id"], False)]
    assert {execution_id: board.log(execution_id) for execution_id in logs} == logs
    assert board.execution(str(second["id"])) == second
    # Only what is offered to be done with it may differ: another run has become the active one.
    assert board.execution(str(first["id"])) == first | {"isActive": False, "nextActions": ["run-again", "resume"]}


def test_a_run_goes_on_while_the_server_is_dead_and_is_live_again(board: Board, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    card = board.script("Long", *_counting(gate))
    execution = board.run(card)
    seen = board.follow(execution, until="until [")
    board.kill()
    assert board.processes_of(execution), "the agent must outlive the server"
    board.start()
    assert board.execution(execution)["status"] == "running"
    gate.touch()
    rest = board.follow(execution, after=int(str(seen[-1]["sequence"])))
    assert board.execution(execution)["status"] == "success"
    _assert_whole(seen + rest)
    assert board.log(execution) == seen + rest


def test_a_run_that_ended_meanwhile_is_settled_with_its_true_end(board: Board, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    card = board.script("Meanwhile", *_counting(gate)[:-1], "say last words", "exit 3")
    execution = board.run(card)
    board.follow(execution, until="until [")
    board.kill()
    gate.touch()
    end_file = board.data / "runs" / execution / "exit.json"
    _wait_for_processes(board, execution)
    told = json.loads(end_file.read_text())
    board.start()
    settled = board.finish(execution)
    assert (settled["status"], settled["exitCode"]) == ("error", 3)
    assert str(settled["completedAt"]) == told["completedAt"]
    assert settled["duration"] == told["duration"]
    entries = board.log(execution)
    _assert_whole(entries)
    assert "last words" in _contents(entries)
    # Written while nobody read: the time is that of the recorder's marks, not of the restart.
    assert max(str(entry["timestamp"]) for entry in entries if entry["content"] == "last words") <= told["completedAt"]


def _wait_for_processes(board: Board, execution: str) -> None:
    board.await_end_of(execution)


def test_twenty_cards_at_once_mix_and_lose_nothing(board: Board, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    cards = [board.script(f"Card {number}", f"say I am {number}", *_counting(gate)) for number in range(20)]
    runs = [board.run(card) for card in cards]
    for run in runs:
        board.follow(run, until="until [")
    assert [board.execution(run)["status"] for run in runs] == ["running"] * 20, "all at once"
    gate.touch()
    for number, run in enumerate(runs):
        assert board.finish(run)["status"] == "success"
        entries = board.log(run)
        _assert_whole(entries)
        said = [entry["content"] for entry in entries if entry["kind"] == "message"]
        assert [content for content in said if str(content).startswith("I am")] == [f"I am {number}"]
    active = {str(card["id"]): card["activeExecution"] for card in board.cards()}
    shown = [active[card] for card in cards]
    assert [run["id"] for run in shown if isinstance(run, dict)] == runs


def test_ten_thousand_lines_are_stored_before_the_end_shows(board: Board) -> None:
    execution = board.finish(board.run(board.script("Many", "lines 10000", "exit 0")))
    assert execution["status"] == "success"
    entries = board.log(str(execution["id"]))
    lines = [str(entry["content"]) for entry in entries if str(entry["content"]).startswith("line ")]
    assert [line for line in lines if line != "line 010000"] == [f"line {number:06d}" for number in range(1, 10000)]
    assert entries[-1]["sequence"] == execution["headSequence"]


def test_a_dead_recorder_is_noticed_and_nothing_of_its_run_is_left(board: Board) -> None:
    run = board.run(board.script("Orphaned", "say begin", "hang"))
    board.follow(run, until="begin")
    recorder = json.loads((board.data / "runs" / run / "run.json").read_text())["recorder"]["pid"]
    psutil.Process(recorder).kill()
    execution = board.finish(run)
    assert (execution["status"], execution["exitCode"]) == ("interrupted", None)
    assert board.processes_of(run) == []


def test_a_new_run_makes_the_earlier_one_inactive_and_clear_shows_idle(board: Board) -> None:
    card = board.script("Clear", "say one", "exit 0")
    first = board.finish(board.run(card))
    second = board.finish(board.run(card))
    assert board.execution(str(first["id"]))["isActive"] is False
    with board.client() as client:
        assert client.delete(f"/api/cards/{card}/executions/active").status_code == 204
    assert board.get(f"/api/logs/{card}") == {"cardId": card, "status": "idle", "logs": []}
    assert board.get(f"/api/cards/{card}")["activeExecution"] is None
    assert board.log(str(second["id"])), "history keeps the run"


def test_ctrl_c_ends_the_server_and_not_the_runs(board: Board, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    card = board.script("Going on", *_counting(gate))
    execution = board.run(card)
    board.follow(execution, until="until [")
    assert board.stop() == 0
    assert execution in "".join(board.output), "it says which runs go on"
    assert board.processes_of(execution)
    gate.touch()
    board.start()
    assert board.finish(execution)["status"] == "success"
    _assert_whole(board.log(execution))


def test_a_second_server_on_the_same_data_exits_at_once_and_changes_nothing(board: Board, tmp_path: Path) -> None:
    before = (board.data / "server.json").read_bytes()
    with pytest.raises(RuntimeError, match="before it was ready") as refusal:
        Board(tmp_path / "data").start()
    assert str(board.data) in str(refusal.value)
    assert (board.data / "server.json").read_bytes() == before
    assert board.get("/api/health")["status"] == "ok"
