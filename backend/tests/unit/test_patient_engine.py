"""What an engine can't take in is told it again, in order, until it can."""

import threading
from collections.abc import Sequence
from contextlib import closing

from retoma.engine.patient import PatientEngine


class FullEngine:
    """An engine whose database has no room until `room` is set."""

    def __init__(self) -> None:
        self.room, self.told, self.heard = threading.Event(), list[str](), threading.Event()

    def enqueue(self, public_id: str) -> None:
        self._take(f"enqueue {public_id}")

    def ended(self, public_id: str) -> None:
        self._take(f"ended {public_id}")

    def pending(self) -> Sequence[str]:
        return []

    def close(self) -> None:
        self.told.append("close")

    def _take(self, what: str) -> None:
        if not self.room.is_set():
            raise OSError("database or disk is full")
        self.told.append(what)
        self.heard.set()


def test_what_a_full_engine_refused_it_is_told_again_in_order() -> None:
    engine = FullEngine()
    with closing(PatientEngine(engine)) as patient:
        patient.enqueue("first")
        patient.ended("second")
        assert engine.told == []
        engine.room.set()
        assert engine.heard.wait(20)
    assert engine.told == ["enqueue first", "ended second", "close"]


def test_an_engine_that_has_room_is_told_at_once() -> None:
    engine = FullEngine()
    engine.room.set()
    with closing(PatientEngine(engine)) as patient:
        patient.enqueue("one")
        assert engine.told == ["enqueue one"]


def test_a_close_does_not_wait_for_an_engine_that_stays_full() -> None:
    engine = FullEngine()
    patient = PatientEngine(engine)
    patient.enqueue("one")
    patient.close()
    assert engine.told == ["close"]
