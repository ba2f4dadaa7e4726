"""The engine on DBOS carries an execution through its steps, whatever fails for a moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retoma.engine.dbos_engine import DbosEngine

_PATIENCE = 30


class Stations:
    """Notes the steps as they are called. Each one's first call fails, as with a database that is away."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.begun, self.waits, self.finished = threading.Event(), threading.Event(), threading.Event()
        self.over = False

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
        """Not of interest here."""

    def _call(self, step: str, public_id: str) -> None:
        is_first = f"{step} {public_id}" not in self.called
        self.called.append(f"{step} {public_id}")
        if is_first:
            raise OSError("away for a moment")


@contextmanager
def _engine(folder: Path, steps: Stations, *, executor: str = "test") -> Iterator[DbosEngine]:
    engine = DbosEngine(
        f"sqlite:///{folder / 'engine.db'}", steps=steps, executor=executor, concurrency=2, sweep_seconds=3600
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
