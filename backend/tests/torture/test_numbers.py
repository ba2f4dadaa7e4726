"""How soon an end is noticed and a run is live again, and that the last line comes before the final status.

A slice; `RETOMA_TEST_LONG=1` makes the trials of docs/guarantees.md, and `-s` prints the figures.
"""

import socket
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from retoma.settings import load_settings
from retoma.verification.verify import Verification
from support.board import Board
from support.repositories import make_repository
from support.trials import IS_LONG, trials
from torture.killing import Torture
from torture.plan import End
from torture.truth import Run

pytestmark = pytest.mark.timeout(900 if IS_LONG else 120)

_AT_ONCE = 8
_LIVE = 20


def _tell(what: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds)
    p99 = ordered[int(0.99 * (len(ordered) - 1))]
    told = f"median {statistics.median(ordered):.3f} s, p99 {p99:.3f} s, worst {ordered[-1]:.3f} s"
    print(f"\n{what}: N = {len(ordered)}, {told}")


def _ask_status(torture: Torture, run: Run) -> str:
    statement = "SELECT status FROM executions WHERE public_id = ?"
    with sqlite3.connect(torture.settings.data / "retoma.db") as connection:
        (status,) = connection.execute(statement, (run.execution,)).fetchone()
    connection.close()
    return str(status)


@pytest.mark.parametrize(("victim", "seconds"), [("agent", 1.0), ("recorder", 2.0)])
def test_a_dead_agent_is_noticed_within_one_second_and_a_dead_recorder_within_two(
    tmp_path: Path, victim: str, seconds: float
) -> None:
    taken: list[float] = []
    with Torture(tmp_path, seed=1) as torture:
        kill: Callable[[Run], None] = torture.kill_agent if victim == "agent" else torture.kill_recorder
        for _ in range(trials(1, 13)):
            runs = [torture.order(seconds=0.5, end=End.NEVER, asks=False) for _ in range(_AT_ONCE)]
            for run in runs:
                while len(torture.board.log(run.execution)) < 10:
                    time.sleep(0.02)
            for run in runs:
                kill(run)
                assert run.kills
                began = time.monotonic()
                # A child that ignores SIGTERM, as this agent's does, has a second to end before it is killed.
                left_behind = victim == "agent" and any(step.child for step in run.plan.steps)
                while _ask_status(torture, run) != "interrupted":
                    limit = seconds + 1.0 if left_behind else seconds
                    assert time.monotonic() - began < limit, f"the {victim} of {run.execution} is dead, and it runs"
                    time.sleep(0.005)
                if not left_behind:
                    taken.append(time.monotonic() - began)
                torture.check(run)
                assert run.problems == []
    _tell(f"dead {victim} noticed", taken)


def test_twenty_live_runs_are_live_again_within_three_seconds_and_lose_nothing(tmp_path: Path) -> None:
    taken: list[float] = []
    with Torture(tmp_path, seed=1) as torture:
        torture.answers = False
        runs = [torture.order(seconds=15, end=End.NEVER, asks=False) for _ in range(_LIVE)]
        for run in runs:
            while not torture.board.execution(run.execution)["headSequence"]:
                time.sleep(0.02)
        for restart in range(1, trials(1, 10) + 1):
            torture.board.kill()
            opened: list[float] = []
            watcher = threading.Thread(target=_await_port, args=(torture.board.port, opened))
            watcher.start()
            torture.board.start()
            watcher.join()
            while _come_back(torture) < _LIVE * restart:
                assert time.monotonic() - opened[0] < 3.0, "after three seconds not all runs are live again"
                time.sleep(0.01)
            taken.append(time.monotonic() - opened[0])
        assert [_ask_status(torture, run) for run in runs] == ["running"] * _LIVE
        for run in runs:
            torture.cancel(run)
        torture.await_ends(runs)
        for run in runs:
            torture.check(run)
        assert [problem for run in runs for problem in run.problems] == []
    _tell(f"all of {_LIVE} live again after the port opened", taken)


def _await_port(port: int, opened: list[float]) -> None:
    while not opened:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                opened.append(time.monotonic())
        time.sleep(0.005)


def _come_back(torture: Torture) -> int:
    """Return how often a run was marked as taken up again, over all runs and restarts."""
    with sqlite3.connect(torture.settings.data / "retoma.db") as connection:
        statement = "SELECT count(*) FROM execution_logs WHERE kind = 'system' AND data LIKE '%\"re-attached\"%'"
        (count,) = connection.execute(statement).fetchone()
    connection.close()
    return int(count)


def test_the_last_of_ten_thousand_lines_is_stored_before_the_final_status_shows(tmp_path: Path) -> None:
    rounds = trials(1, 25)
    with Board(tmp_path / "data", environment={"RETOMA_CONCURRENCY": str(_AT_ONCE)}) as board:
        board.project(make_repository(tmp_path / "repository"))
        cards = [board.script(f"Many {number}", "lines 10000", "exit 0") for number in range(_AT_ONCE)]
        for _ in range(rounds):
            waiting = [board.run(card) for card in cards]
            while waiting:
                for run in list(waiting):
                    if _says_its_end(board.data / "retoma.db", run):
                        waiting.remove(run)
                time.sleep(0.002)
        report = Verification(load_settings({"data": str(board.data)}, {}), served=True).run()
    assert report.found == 0
    assert report.counts["entries"] > rounds * _AT_ONCE * 10_000
    print(f"\nlast line before the final status: N = {rounds * _AT_ONCE}")


def _says_its_end(database: Path, run: str) -> bool:
    """Whether the run shows its final status; then, in the same snapshot, its last line must be there."""
    with sqlite3.connect(database, isolation_level=None) as connection:
        connection.execute("BEGIN")
        statement = "SELECT id, status FROM executions WHERE public_id = ?"
        key, status = connection.execute(statement, (run,)).fetchone()
        lines = "SELECT count(*) FROM execution_logs WHERE execution_id = ? AND content LIKE 'line 0%'"
        count = connection.execute(lines, (key,)).fetchone()[0] if status == "success" else None
    connection.close()
    # (the result repeats no line: the script says none)
    assert status in {"queued", "running", "success"}
    assert count in {None, 10_000}, f"{run} shows {status}, and {count} of its lines are stored"
    return count is not None
