"""A full disk, on a real small file system: it is said, no run is started, and all is caught up when there is room."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from retoma.core.ids import new_id
from support.board import Board
from support.recorder import Run, until
from support.repositories import make_repository
from support.small_disk import SmallDisk, small_disk
from support.waiting_run import WaitingRun


def _problems(board: Board) -> str:
    return str(board.get("/api/health")["problems"])


def test_a_full_disk_under_the_database_is_named_and_all_is_caught_up_without_a_restart(tmp_path: Path) -> None:
    environment = {"RETOMA_DATABASE_URL": f"sqlite:///{tmp_path / 'small' / 'retoma.db'}"}
    with (
        small_disk(tmp_path / "small", mebibytes=3) as disk,
        Board(tmp_path / "data", environment=environment) as board,
    ):
        board.project(make_repository(tmp_path / "repository"))
        run = WaitingRun(board, tmp_path / "gate", lines=3000)
        disk.fill()
        run.go_on()
        until(lambda: "the database is full" in _problems(board), 5)
        run.wait_for_the_agents_end()
        stored = board.log(run.id)
        refused = board.post("/api/cards", {"title": "x" * 200, "description": "y" * 60_000}, status=507)
        assert refused["type"] == "urn:retoma:problem:disk-full"
        assert board.execution(run.id)["status"] == "running"
        disk.make_room()
        run.assert_whole()
        told = json.loads(run.end_file.read_text())
        entries = board.log(run.id)
        assert entries[: len(stored)] == stored
        # The times are the recorder's marks, not those of the catching up.
        assert max(str(entry["timestamp"]) for entry in entries[len(stored) : -2]) <= told["completedAt"]
        until(lambda: _problems(board) == "[]", 5)


def test_below_the_floor_no_run_is_started_and_what_runs_goes_on(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "small", mebibytes=64) as disk,
        Board(
            tmp_path / "small" / "data", environment={"RETOMA_FREE_DISK_MIB": "8", "RETOMA_CONCURRENCY": "1"}
        ) as board,
    ):
        board.project(make_repository(tmp_path / "repository"))
        run = WaitingRun(board, tmp_path / "gate")
        waiting = board.run(board.script("Waits for its turn", "say hello", "exit 0"))
        late = board.script("Too late", "say hello", "exit 0")
        disk.fill(leaving=4)
        assert "Less than 8 MiB" in _problems(board)
        refused = board.post(f"/api/cards/{late}/executions", {"command": "/implement"}, status=507)
        assert "RETOMA_FREE_DISK_MIB" in str(refused["detail"])
        assert board.get(f"/api/cards/{late}/executions")["items"] == []
        run.go_on()
        run.assert_whole()
        failed = board.finish(waiting)
        assert (failed["status"], "Make room" in str(failed["error"])) == ("error", True)
        disk.make_room()
        assert _problems(board) == "[]"
        assert board.finish(board.run(late))["status"] == "success"


def test_with_everything_on_one_full_disk_the_run_ends_truly_when_there_is_room(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "small", mebibytes=64) as disk,
        Board(tmp_path / "small" / "data", environment={"RETOMA_FREE_DISK_MIB": "0"}) as board,
    ):
        board.project(make_repository(tmp_path / "repository"))
        gate = tmp_path / "gate"
        script = (f"run until [ -e {gate} ]; do sleep 0.05; done", "lines 300000", "exit 0")
        run = board.run(board.script("Fills the disk", *script))
        card = board.script("After it", "say hello", "exit 0")
        board.follow(run, until="until [")
        disk.fill()
        gate.touch()
        # The agent can't write, so it dies: that is its business. How it ended is told when there is room.
        until(lambda: len(board.processes_of(run)) == 1, 20)
        assert not (board.data / "runs" / run / "exit.json").exists()
        assert board.execution(run)["status"] == "running"
        disk.make_room()
        ended = board.finish(run)
        assert ended["status"] == "error"
        assert ended["exitCode"] == json.loads((board.data / "runs" / run / "exit.json").read_text())["exitCode"]
        assert board.log(run)[-1]["sequence"] == ended["headSequence"]
        assert board.finish(board.run(card))["status"] == "success"
        until(lambda: _problems(board) == "[]", 5)


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[SmallDisk, Run]]:
    """Give a run whose agent has ended with code 7, after it filled the disk with what it wrote."""
    with small_disk(tmp_path / "small", mebibytes=2) as disk:
        folder = disk.folder / "run"
        folder.mkdir()
        run = Run(folder, new_id())
        disk.fill(leaving=1)
        run.shell("cat /dev/zero 2> /dev/null; exit 7")
        until((folder / "exit.json.tmp").exists, 10)
        assert not (folder / "exit.json").exists()
        yield disk, run
        run.end(signal.SIGTERM)


def test_a_recorder_on_a_full_disk_tells_the_true_end_when_there_is_room(full: tuple[SmallDisk, Run]) -> None:
    disk, run = full
    disk.make_room()
    assert run.exit_file()["exitCode"] == 7
    until(lambda: run.marked() == [], 5)


def test_a_recorder_that_waits_for_room_is_ended_by_a_wish_to_end(full: tuple[SmallDisk, Run]) -> None:
    _, run = full
    run.stop()
    until(lambda: run.marked() == [], 5)
    assert not (run.folder / "exit.json").exists()
