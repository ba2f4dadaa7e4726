"""Each named crash point is hit; after the next start the log is whole, the status right, and one agent has run."""

import contextlib
import fcntl
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from retoma.core.crash import VARIABLE, CrashPoint
from retoma.core.status import Status
from torture.killing import Torture
from torture.plan import End
from torture.sweeping import SWEEP_POINTS
from torture.truth import Run

pytestmark = pytest.mark.timeout(120)

_SECONDS = 0.5


def _start(torture: Torture, run: Run) -> Run:
    """Start a prepared run; the server may die of it."""
    with contextlib.suppress(httpx.HTTPError):
        run.execution = torture.board.run(run.card)
    return run


def _plain(torture: Torture) -> Run:
    return _start(torture, torture.prepare(seconds=_SECONDS, end=End.RESULT, asks=True))


def _with_message(torture: Torture) -> Run:
    torture.answers = False
    run = torture.order(seconds=_SECONDS, end=End.RESULT, asks=True)
    _await(torture, run, question=True)
    with contextlib.suppress(httpx.HTTPError):
        torture.board.post(f"/api/executions/{run.execution}/messages", {"text": "Mind the tests."}, status=202)
    torture.answers = True
    return run


def _cancelled(torture: Torture) -> Run:
    run = torture.order(seconds=_SECONDS, end=End.NEVER)
    _await(torture, run)
    run.cancelled = True  # it is stored before anything can die of it
    with contextlib.suppress(httpx.HTTPError):
        torture.board.post(f"/api/executions/{run.execution}/cancel", status=202)
    return run


def _closed(torture: Torture) -> Run:
    return torture.order(seconds=_SECONDS, end=End.STAYS, asks=False)


def _resumed(torture: Torture) -> Run:
    first = torture.order(seconds=_SECONDS, end=End.RESULT, asks=False)
    torture.await_ends([first])
    order = torture.board.get(f"/api/cards/{first.card}")["description"]
    again = Run(execution="", card=first.card, plan=first.plan)
    with contextlib.suppress(httpx.HTTPError):
        torture.board.post(f"/api/executions/{first.execution}/resume", {"prompt": order}, status=202)
    return again


def _found_again(torture: Torture) -> Run:
    """A run that the start finds; it is this start that dies."""
    run = torture.order(seconds=_SECONDS, end=End.NEVER)
    _await(torture, run)
    return run


_SCENES: dict[CrashPoint, Callable[[Torture], Run]] = {
    CrashPoint.RESUMPTION_STORED: _resumed,
    CrashPoint.MESSAGE_STORED: _with_message,
    CrashPoint.CANCEL_STORED: _cancelled,
    CrashPoint.CANCEL_SEEN: _cancelled,
    CrashPoint.CANCEL_SENT: _cancelled,
    CrashPoint.RECORDER_STOPPING: _cancelled,
    CrashPoint.CLOSING_STORED: _closed,
    CrashPoint.CLOSING_SENT: _closed,
    CrashPoint.RECOVERY_BEGUN: _found_again,
    CrashPoint.CAME_BACK: _found_again,
}
# At these the run was not begun when its recorder died: no agent, and an end that says so.
_NEVER_BEGAN = {
    CrashPoint.RECORDER_LOCKED: Status.ERROR,
    CrashPoint.RECORDER_DETACHED: Status.ERROR,
    CrashPoint.RECORDER_JOURNAL_MADE: Status.ERROR,
    CrashPoint.RECORDER_RUN_FILE_WRITTEN: Status.ERROR,
    CrashPoint.RECORDER_RUN_FILE_RENAMED: Status.INTERRUPTED,
    CrashPoint.RECORDER_FORKED: Status.INTERRUPTED,
    CrashPoint.RECORDER_NAMED: Status.INTERRUPTED,
}


_IN_A_START = {CrashPoint.RECOVERY_BEGUN, CrashPoint.CAME_BACK}


@pytest.mark.parametrize("point", [point for point in CrashPoint if point not in SWEEP_POINTS])
def test_nothing_is_lost_whatever_point_a_process_dies_at(tmp_path: Path, point: CrashPoint) -> None:
    armed = {} if point in _IN_A_START else {VARIABLE: point.value}
    with Torture(tmp_path, seed=1, environment=armed) as torture:
        run = _SCENES.get(point, _plain)(torture)
        run.recorder_killed = point.value.startswith("recorder-")
        if point in _IN_A_START:
            _start_and_die(torture, run, point)
        if not run.recorder_killed:  # else the server lives, and sees it
            torture.board.await_death()
            torture.board.set(VARIABLE, None)
            torture.board.start()
        _find(torture, run)
        if run.plan.end is End.NEVER and not run.cancelled:
            torture.cancel(run)
        torture.await_ends([run])
        torture.check(run, expected=_NEVER_BEGAN.get(point))
        assert torture.board.processes_of(run.execution) == []
        told_its_end = (torture.settings.runs / run.execution / "exit.json").exists()
        assert told_its_end != run.recorder_killed or point is CrashPoint.RECORDER_EXIT_FILE_RENAMED
    assert run.problems == []


def _start_and_die(torture: Torture, run: Run, point: CrashPoint) -> None:
    torture.board.kill()
    torture.board.set(VARIABLE, point.value)
    with contextlib.suppress(RuntimeError):  # it may die before it is ready
        torture.board.start()


def test_a_recorder_that_is_slow_to_say_who_it_is_is_waited_for(tmp_path: Path) -> None:
    with Torture(tmp_path, seed=1, environment={VARIABLE: CrashPoint.RUN_DIRECTORY_MADE.value}) as torture:
        run = torture.order(seconds=_SECONDS, end=End.RESULT, asks=False)
        torture.board.await_death()
        torture.board.set(VARIABLE, None)
        # As a recorder does that has just begun: it holds the lock, and run.json is not there yet.
        with (torture.settings.runs / run.execution / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            torture.board.start()
            time.sleep(3)  # for as long it is seen that nobody gives up
            assert torture.status(run) == Status.RUNNING
        torture.await_ends([run])
        torture.check(run)
    assert run.problems == []


def _find(torture: Torture, run: Run) -> None:
    """Learn the id of a run whose start was never answered."""
    items = torture.board.get(f"/api/cards/{run.card}/executions")["items"]
    assert isinstance(items, list)
    run.execution = str(items[0]["id"])


def _await(torture: Torture, run: Run, *, question: bool = False) -> None:
    """Wait until the run has said something; with `question`, until it waits for an answer."""
    deadline = time.monotonic() + 20
    while True:
        execution = torture.board.execution(run.execution)
        if execution["status"] == "waiting" if question else execution["headSequence"]:
            return
        assert time.monotonic() < deadline, execution
        time.sleep(0.02)
