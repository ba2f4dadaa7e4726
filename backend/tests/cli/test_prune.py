"""`retoma prune` beside a running server and without one, and the sweep that a server makes by itself."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.board import Board
from support.command import retoma
from support.false_clock import FalseClock
from support.recorder import until

pytestmark = pytest.mark.timeout(120)

DAY = 86_400


@pytest.fixture
def clock(tmp_path: Path) -> FalseClock:
    return FalseClock(tmp_path / "offset")


@pytest.fixture
def board(tmp_path: Path, clock: FalseClock) -> Iterator[Board]:
    """Give a board whose server has a clock that a test sets, and that sweeps every second."""
    environment = {**clock.for_the_server, "RETOMA_SWEEP_EVERY": "1"}
    with Board(tmp_path / "data", environment=environment) as board:
        board.post("/api/projects/sample")
        yield board


def _run(board: Board) -> str:
    run = board.run(
        board.script("A run", "say here", "lines 200", "write kept.txt <<END\nnot committed\nEND", "exit 0")
    )
    assert board.finish(run)["status"] == "success"
    return run


def _age(board: Board, run: str, *, days: int) -> None:
    """Let a run have ended so many days ago. The server is not there meanwhile."""
    ended = (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None).isoformat(sep=" ")
    with closing(sqlite3.connect(board.data / "retoma.db")) as connection, connection:
        connection.execute(
            "UPDATE executions SET completed_at = ?, started_at = ? WHERE public_id = ?", (ended, ended, run)
        )


def test_a_jump_of_the_clock_removes_nothing_until_a_person_says_so(board: Board, clock: FalseClock) -> None:
    runs = [_run(board) for _ in range(2)]
    goes_on = board.run(board.script("Goes on", "say here", "hang"))
    board.follow(goes_on, until="here")
    clock.set(365 * DAY)
    until(lambda: bool(board.get("/api/sweeps?limit=1")["items"]), 30)
    until(lambda: _waits(board), 30)
    assert [len(board.log(run)) > 200 for run in runs] == [True, True]
    until(lambda: any("retoma prune --yes" in line for line in board.output), 30)
    refused = retoma("prune", "--data", board.data)
    assert (refused.returncode, "2 of 3 logs would be removed" in refused.stderr) == (1, True), refused.stderr
    assert [len(board.log(run)) > 200 for run in runs] == [True, True]

    clock.set(0)
    until(lambda: not _waits(board), 30)
    assert [len(board.log(run)) > 200 for run in runs] == [True, True]

    clock.set(365 * DAY)
    until(lambda: _waits(board), 30)
    pruned = retoma("prune", "--yes", "--json", "--data", board.data)
    assert pruned.returncode == 0, pruned.stderr
    assert json.loads(pruned.stdout)["removedExecutions"] == 2
    assert [board.log(run) for run in runs] == [[], []]
    assert board.log(goes_on)
    assert board.processes_of(goes_on)
    assert sorted(path.name for path in (board.data / "runs").iterdir()) == [goes_on]
    verified = retoma("verify", "--data", board.data)
    assert verified.returncode == 0, verified.stdout


def _waits(board: Board) -> bool:
    sweeps = board.get("/api/sweeps?limit=1")["items"]
    assert isinstance(sweeps, list)
    return sweeps[0]["waiting"] is not None


def test_a_server_removes_by_itself_what_is_old_and_a_card_that_runs_again_has_its_work(board: Board) -> None:
    old, young = _run(board), _run(board)
    card = str(board.execution(old)["cardId"])
    workspace = board.data / "workspaces" / card
    assert (workspace / "kept.txt").exists()
    board.kill()
    _age(board, old, days=31)
    board.start()
    until(lambda: board.execution(old)["logRemovedAt"] is not None, 30)
    until(lambda: not workspace.exists(), 30)
    assert board.log(old) == []
    assert len(board.log(young)) > 200
    told = retoma("logs", old, "--data", board.data)
    assert (told.returncode, "because of its age" in told.stdout) == (0, True)
    followed = retoma("logs", old, "--follow", "--data", board.data)
    assert (followed.returncode, "because of its age" in followed.stdout) == (0, True)
    with board.client() as client:
        client.patch(f"/api/cards/{card}", json={"description": "```rehearsal\nrun cat kept.txt\nexit 0\n```\n"})
    again = board.run(card)
    assert board.finish(again)["status"] == "success"
    assert any("not committed" in json.dumps(entry) for entry in board.log(again))


def test_without_a_server_it_is_its_own_and_a_dry_run_changes_nothing(board: Board) -> None:
    old, young = _run(board), _run(board)
    board.stop()
    _age(board, old, days=31)
    shown = retoma("prune", "--dry-run", "--data", board.data)
    assert shown.returncode == 0, shown.stderr
    assert "Would remove 1 of 2 logs" in shown.stdout
    plan = json.loads(retoma("prune", "--dry-run", "--json", "--data", board.data).stdout)
    assert (plan["removeExecutions"], plan["needsYes"]) == (1, False)
    assert plan["freeBytes"] > 0
    assert sorted(path.name for path in (board.data / "runs").iterdir()) == sorted([old, young])
    pruned = retoma("prune", "--data", board.data)
    assert (pruned.returncode, "Removed 1 log with" in pruned.stdout) == (0, True), pruned.stderr
    assert [path.name for path in (board.data / "runs").iterdir()] == [young]
    assert not (board.data / "server.json").exists()
