"""The engine on DBOS carries an execution through its steps, whatever fails for a moment."""

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from retoma.engine.dbos_engine import DbosEngine

_PATIENCE = 30


class Stations:
    """Notes the steps as they are called. Each one's first call fails, as with a database that is away."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.begun, self.waits, self.finished = threading.Event(), threading.Event(), threading.Event()
        self.over = False
        self.sweeps, self.swept = 0, threading.Event()

    def begin(self, public_id: str) -> bool:
        self._call("begin", public_id)
        self.begun.set()
        return True

    def is_over(self, public_id: str) -> bool:
        self._call("is_over", public_id)
        self.waits.set()  # that it has begun is on disk by now
        return self.over

    def finish(self, public_id: str) -> None:
        self._call("finish", public_id)
        self.finished.set()

    def sweep(self) -> None:
        self.sweeps += 1
        self.swept.set()

    def _call(self, step: str, public_id: str) -> None:
        is_first = f"{step} {public_id}" not in self.called
        self.called.append(f"{step} {public_id}")
        if is_first:
            raise OSError("away for a moment")


@contextmanager
def _engine(
    folder: Path,
    steps: Stations,
    *,
    executor: str = "test",
    sweep_seconds: float = 3600,
    kept: timedelta = timedelta(hours=1),
) -> Iterator[DbosEngine]:
    engine = DbosEngine(
        f"sqlite:///{folder / 'engine.db'}",
        steps=steps,
        executor=executor,
        concurrency=2,
        sweep_seconds=sweep_seconds,
        kept=kept,
    )
    engine.start()
    try:
        yield engine
    finally:
        engine.close()


def test_steps_that_fail_for_a_moment_are_tried_again_and_a_second_enqueue_changes_nothing(tmp_path: Path) -> None:
    steps = Stations()
    with _engine(tmp_path, steps) as engine:
        engine.enqueue("a")
        engine.enqueue("a")
        assert steps.begun.wait(_PATIENCE)
        assert list(engine.pending()) == ["a"]
        steps.over = True
        engine.ended("a")
        assert steps.finished.wait(_PATIENCE)
    assert [step for step in steps.called if step != "is_over a"] == ["begin a", "begin a", "finish a", "finish a"]


def test_an_execution_that_waits_goes_on_after_a_restart_without_beginning_again(tmp_path: Path) -> None:
    first, second = Stations(), Stations()
    with _engine(tmp_path, first) as engine:
        engine.enqueue("a")
        assert first.waits.wait(_PATIENCE)
    second.over = True
    with _engine(tmp_path, second) as engine:
        engine.ended("a")
        assert second.finished.wait(_PATIENCE)
    assert "begin a" not in second.called


def test_what_one_worker_left_no_other_takes_up_and_it_finds_itself_again(tmp_path: Path) -> None:
    first, other, again = Stations(), Stations(), Stations()
    with _engine(tmp_path, first, executor="a") as engine:
        engine.enqueue("of a")
        assert first.waits.wait(_PATIENCE)
    other.over = again.over = True
    with _engine(tmp_path, other, executor="b") as engine:
        assert list(engine.pending()) == []
        engine.enqueue("of b")
        assert other.finished.wait(_PATIENCE)
        engine.ended("of a")  # it knows nothing of it
    assert [step for step in other.called if "of a" in step] == []
    with _engine(tmp_path, again, executor="a") as engine:
        assert list(engine.pending()) == ["of a"]
        engine.ended("of a")
        assert again.finished.wait(_PATIENCE)


def test_one_that_came_to_its_end_before_its_execution_is_begun_anew(tmp_path: Path) -> None:
    steps = Stations()
    steps.over = True
    with _engine(tmp_path, steps) as engine:
        engine.enqueue("a")
        assert steps.finished.wait(_PATIENCE)
        while engine.pending():
            pass
        steps.finished.clear()
        steps.called.clear()
        engine.enqueue("a")
        assert steps.finished.wait(_PATIENCE)
    assert "begin a" in steps.called


class _SlowSweep(Stations):
    """A sweep that is not done before somebody says so."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on, self.at_once, self.most_at_once = threading.Event(), 0, 0

    def sweep(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        super().sweep()
        self.go_on.wait(_PATIENCE)
        self.at_once -= 1


def test_sweeps_come_again_and_again_and_never_two_at_once(tmp_path: Path) -> None:
    steps = _SlowSweep()
    with _engine(tmp_path, steps, sweep_seconds=1) as engine:
        assert steps.swept.wait(_PATIENCE)
        steps.swept.clear()
        assert not steps.swept.wait(2), "the second waits for the first"
        assert list(engine.pending()) == [], "a sweep is no execution"
        steps.go_on.set()
        assert steps.swept.wait(_PATIENCE)
    assert steps.sweeps > 1
    assert steps.most_at_once == 1


class _Smooth(Stations):
    """Steps that never fail."""

    def _call(self, step: str, public_id: str) -> None:
        self.called.append(f"{step} {public_id}")

    def is_over(self, public_id: str) -> bool:
        return super().is_over(public_id) or public_id != "goes on"


def test_what_came_to_its_end_a_while_ago_is_deleted_and_what_goes_on_is_not(tmp_path: Path) -> None:
    """Else the engine's tables would grow for ever."""
    steps = _Smooth()
    with _engine(tmp_path, steps, sweep_seconds=1, kept=timedelta(seconds=0)) as engine:
        for public_id in ("goes on", "a", "b", "c", "d", "e"):
            engine.enqueue(public_id)
        _until(lambda: len([step for step in steps.called if step.startswith("finish")]) == 5)
        _until(lambda: steps.sweeps > 2 and _stored(tmp_path) == 1 + 1)  # what goes on, and the newest sweep
        assert list(engine.pending()) == ["goes on"]
        before = steps.sweeps
        _until(lambda: steps.sweeps > before)  # so that none is about to begin as the engine ends


def test_a_sweep_that_a_kill_cut_off_is_done_again_at_the_next_start(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, threading; from pathlib import Path; sys.path.insert(0, sys.argv[2]); "
        "from worker.test_engine import Stations, _engine\n"
        "class Dies(Stations):\n"
        "    def sweep(self):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "with _engine(Path(sys.argv[1]), Dies(), sweep_seconds=0.05):\n"
        "    threading.Event().wait()\n"
    )
    tests = Path(__file__).resolve().parents[1]
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path), str(tests)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    steps = Stations()
    with _engine(tmp_path, steps, sweep_seconds=3600):
        assert steps.swept.wait(_PATIENCE)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _stored(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "engine.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM workflow_status").fetchone()[0])
