"""A cancel ends every process of a run within 11 s, whenever it comes, and only then says `cancelled`."""

import contextlib
import json
import os
import shlex
import sqlite3
import stat
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from support.board import Board
from support.recorder import until
from support.repositories import make_repository

SECONDS = 11.0

# Double forks: the middle one is gone, so that its child belongs to the recorder; a session of its own, deaf.
_DAEMON = (
    "import os, signal, time\n"
    "if os.fork() == 0:\n"
    " os.setsid()\n"
    " if os.fork() == 0:\n"
    "  [signal.signal(n, signal.SIG_IGN) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]\n"
    "  time.sleep(1000)\n"
    " os._exit(0)\n"
    "time.sleep(1000)\n"
)
TREES = {
    "ignores-term": "trap '' INT TERM HUP; sleep 1000 & while :; do sleep 1; done",
    "own-session": "trap '' INT TERM; setsid sh -c 'trap \"\" INT TERM HUP; while :; do sleep 1; done' & sleep 1000",
    "stopped": "sh -c 'kill -STOP $$; sleep 1000'",
    "forks-on": "trap '' INT TERM; while :; do (trap '' TERM; sleep 1000) & sleep 0.05; done",
}


@pytest.fixture(name="board")
def _board(tmp_path: Path) -> Iterator[Board]:
    """Give a board with room for all runs at once, whose Claude Code is a program that hears no signal."""
    deaf = tmp_path / "deaf"
    deaf.write_text("#!/bin/sh\ntrap '' INT TERM HUP\nsleep 1000 & sleep 1000 & while :; do sleep 1; done\n")
    deaf.chmod(0o755)
    environment = {"RETOMA_CONCURRENCY": "24", "RETOMA_CLAUDE_COMMAND": str(deaf)}
    with Board(tmp_path / "data", environment=environment) as running:
        running.project(make_repository(tmp_path / "repository"))
        yield running


def recorder_of(board: Board, run: str) -> psutil.Process:
    """Return the run's recorder."""
    return psutil.Process(json.loads((board.data / "runs" / run / "run.json").read_text())["recorder"]["pid"])


def cancelled_at(board: Board, run: str) -> object:
    """Return when the wish was stored."""
    connection = sqlite3.connect(board.data / "retoma.db")
    (moment,) = connection.execute("SELECT cancel_requested_at FROM executions WHERE public_id = ?", (run,)).fetchone()
    connection.close()
    return moment


def assert_cancelled(board: Board, runs: Sequence[str]) -> None:
    for run in runs:
        assert board.finish(run)["status"] == "cancelled"
        assert board.processes_of(run) == []


@pytest.mark.timeout(60)
def test_every_kind_of_tree_is_gone_before_cancelled_is_said_and_within_eleven_seconds(
    board: Board, tmp_path: Path
) -> None:
    script = tmp_path / "daemon.py"
    script.write_text(_DAEMON)
    trees = {**TREES, "double-fork": f"exec {shlex.quote(sys.executable)} {script}"}
    runs = {name: board.run(board.script(name, f"run {tree}")) for name, tree in trees.items()}
    runs["deaf-agent"] = board.run(board.card("Deaf"), agent="claude-code")
    stopped_recorder = board.run(board.script("stopped recorder", "run sleep 1000"))
    for run in (*runs.values(), stopped_recorder):
        # The rehearsal, its shell, and what that has started.
        until(lambda run=run: len(board.processes_of(run)) >= 4, 20)  # type: ignore[misc]
    recorder_of(board, stopped_recorder).suspend()
    began = time.monotonic()
    for run in (*runs.values(), stopped_recorder):
        board.post(f"/api/executions/{run}/cancel", status=202)
    assert_cancelled(board, [*runs.values(), stopped_recorder])
    assert time.monotonic() - began < SECONDS


@pytest.mark.timeout(60)
def test_a_recorder_that_cannot_end_its_run_is_replaced_in_time(board: Board) -> None:
    run = board.run(board.script("Stuck recorder", "run sleep 1000"))
    until(lambda: len(board.processes_of(run)) >= 4, 20)
    recorder = recorder_of(board, run)
    over = threading.Event()

    def hold() -> None:  # whatever wakes it up
        with contextlib.suppress(psutil.NoSuchProcess):
            while not over.wait(0.01):
                recorder.suspend()

    recorder.suspend()
    holder = threading.Thread(target=hold)
    holder.start()
    try:
        began = time.monotonic()
        board.post(f"/api/executions/{run}/cancel", status=202)
        until(lambda: not recorder.is_running(), SECONDS)
    finally:
        over.set()
        holder.join()
    assert_cancelled(board, [run])
    assert time.monotonic() - began < SECONDS


def test_a_second_cancel_keeps_the_time_of_the_first_and_after_the_end_there_is_nothing_to_cancel(board: Board) -> None:
    run = board.run(board.card("Twice"), agent="claude-code")
    until(lambda: len(board.processes_of(run)) >= 4, 20)
    board.post(f"/api/executions/{run}/cancel", status=202)
    first = cancelled_at(board, run)
    board.post(f"/api/executions/{run}/cancel", status=202)
    assert cancelled_at(board, run) == first
    assert_cancelled(board, [run])
    board.post(f"/api/executions/{run}/cancel", status=409)
    assert cancelled_at(board, run) == first


@pytest.mark.timeout(60)
def test_a_wish_stored_just_before_the_server_died_is_obeyed_after_the_start(board: Board) -> None:
    stubborn, orphaned = (board.run(board.card(name), agent="claude-code") for name in ("Stubborn", "Orphaned"))
    for run in (stubborn, orphaned):
        until(lambda run=run: len(board.processes_of(run)) >= 4, 20)  # type: ignore[misc]
    recorder = recorder_of(board, orphaned)
    # Stored by hand, where the server stores it, so that it can't have acted on it.
    board.kill()
    connection = sqlite3.connect(board.data / "retoma.db")
    with connection:
        connection.execute("UPDATE executions SET cancel_requested_at = '2026-11-22 19:36:00.000000'")
    connection.close()
    recorder.kill()
    assert board.processes_of(orphaned), "nobody has ended the orphaned one yet"
    board.start()
    began = time.monotonic()
    assert_cancelled(board, [stubborn, orphaned])
    assert time.monotonic() - began < SECONDS


# ---- while it starts ------------------------------------------------------------------------------------------------


@pytest.fixture(name="gated")
def _gated(tmp_path: Path) -> Iterator[tuple[Board, Path, Path]]:
    """Give a board whose git waits, when a worktree is made, for the second path, having made the first."""
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    real = next(f"{folder}/git" for folder in os.environ["PATH"].split(":") if Path(folder, "git").exists())
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *"worktree add"*) touch {begun}; while [ ! -e {gate} ]; do sleep 0.02; done;; esac\n'
        f'exec {real} "$@"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    path = f"{program.parent}:{os.environ['PATH']}"
    with Board(tmp_path / "data", environment={"PATH": path}) as board:
        board.project(make_repository(tmp_path / "repository"))
        yield board, begun, gate
        gate.touch()


def test_cancelled_while_its_worktree_is_made_no_agent_is_started(gated: tuple[Board, Path, Path]) -> None:
    board, begun, gate = gated
    run = board.run(board.script("Early", "say never"))
    until(begun.exists, 20)
    assert board.post(f"/api/executions/{run}/cancel", status=202)["status"] == "cancelled"
    gate.touch()
    # The next run of the board comes after the end of this one's start.
    assert board.finish(board.run(board.script("Later", "exit 0")))["status"] == "success"
    assert not (board.data / "runs" / run).exists()
    assert board.log(run) == []


@pytest.mark.timeout(60)
def test_cancelled_at_any_moment_of_its_start_nothing_of_a_run_is_left(board: Board) -> None:
    """From queued over claimed, worktree and recorder to the agent's first words: 20 moments, 40 ms apart."""
    runs = [board.run(board.script(f"Moment {n}", "run sleep 1000")) for n in range(20)]
    threads = [threading.Timer(0.04 * n, _cancel, (board, run)) for n, run in enumerate(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_cancelled(board, runs)
    # Nothing starts afterwards: each start that was under way has come to its end when this one has.
    assert board.finish(board.run(board.script("Later", "exit 0")))["status"] == "success"
    for run in runs:
        assert board.processes_of(run) == []
        assert board.execution(run)["status"] == "cancelled"


def _cancel(board: Board, run: str) -> None:
    board.post(f"/api/executions/{run}/cancel", status=202)
