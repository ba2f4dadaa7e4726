"""`retoma run`, `logs` and `cancel` where no server runs: they are their own for as long as they take."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.board import Board
from support.command import retoma

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Give a board that has run and has been ended; what is started afterwards ends with the test."""
    with Board(tmp_path / "data") as board:
        board.post("/api/projects/sample")
        yield board


def test_a_run_that_goes_on_is_read_and_cancelled(board: Board) -> None:
    run = board.run(board.script("Long", "say here", "hang"))
    board.follow(run, until="here")
    board.stop()
    shown = retoma("logs", run, "--data", board.data)
    assert (shown.returncode, "here" in shown.stdout) == (0, True), shown.stderr
    assert board.processes_of(run), "reading disturbs nobody"
    cancelled = retoma("cancel", run, "--data", board.data, "--json")
    assert (cancelled.returncode, json.loads(cancelled.stdout)) == (0, {"cancelled": [run]})
    assert board.processes_of(run) == [], "it is over before the command is"
    assert not (board.data / "server.json").exists()
    again = retoma("cancel", run, "--data", board.data)
    assert (again.returncode, "over" in again.stderr) == (1, True)
    board.start()
    assert board.execution(run)["status"] == "cancelled"


def test_who_only_reads_a_log_writes_nothing_into_it(board: Board) -> None:
    run = board.run(board.script("Long", "say here", "hang"))
    board.follow(run, until="here")
    board.stop()
    first, second = (retoma("logs", run, "--data", board.data) for _ in range(2))
    assert (first.returncode, "here" in first.stdout, first.stdout) == (0, True, second.stdout)
    board.start()
    assert board.get("/api/recovery")["runs"], "the report of the restart is still to come"


def test_a_command_is_begun_and_goes_on_without_anybody(board: Board, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    card = board.script("Begun", "say here", f"run until [ -e {gate} ]; do sleep 0.05; done", "say there", "exit 0")
    board.stop()
    begun = retoma("run", card, "/plan", "--data", board.data)
    run, status = begun.stdout.split()
    assert (begun.returncode, status) == (0, "running"), begun.stderr
    assert board.processes_of(run)
    gate.touch()
    board.start()
    assert board.finish(run)["status"] == "success"
    assert "there" in [entry["content"] for entry in board.log(run)]


def test_a_command_is_followed_to_its_end(board: Board) -> None:
    card = board.script("Short", "say first", "exit 0")
    board.stop()
    followed = retoma("run", card, "/plan", "--follow", "--data", board.data)
    assert (followed.returncode, followed.stderr) == (0, "")
    assert "first" in followed.stdout
    assert followed.stdout.rstrip().endswith("[success]")


def test_with_nothing_to_serve_no_data_folder_is_made(tmp_path: Path) -> None:
    refused = retoma("logs", "x", "--data", tmp_path / "none")
    assert (refused.returncode, "retoma up" in refused.stderr) == (1, True)
    assert not (tmp_path / "none").exists()


def test_words_are_found_beside_a_server_that_indexes_and_without_one(board: Board) -> None:
    run = board.run(board.script("Words", "say here is the \x1b[31mNeedle", "say nothing", "exit 0"))
    assert board.finish(run)["status"] == "success"
    looked = retoma("search", "the", "needle", "--data", board.data)
    assert looked.returncode == 0, looked.stderr
    assert f"{run} " in looked.stdout
    assert "\x1b" not in looked.stdout
    board.stop()
    assert retoma("search", "the", "needle", "--data", board.data).stdout == looked.stdout
    found = retoma("search", "is the", "--json", "--limit", "1", "--data", board.data)
    assert [json.loads(line)["what"] for line in found.stdout.splitlines()] == ["card"]
    nothing = retoma("search", "nowhere at all", "--data", board.data)
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (1, "", "")
