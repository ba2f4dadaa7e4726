"""How executions stand, so that a page of a log needs no query: only where nobody but this process writes (SQLite).

What is known is dropped before a commit that may change it can be seen, and is known again when those who wrote have
published what they wrote. So nobody who has seen the newer state in the database is told the older one here.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from retoma.core.status import Status
from retoma.storage.changes import HeadMoved

_LIMIT = 2000  # executions


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStand:
    """What a page of a log tells beside its entries."""

    id: int
    public_id: str
    status: Status
    first: int  # the first sequence that is there, 0 where there is none
    head: int
    removed_at: datetime | None = None  # when the log was removed; such a stand is not remembered


class Reading:
    """A look at the database which is to be remembered: unless the execution was written to meanwhile."""

    def __init__(self, standing: "Standing", changed: set[int], *, is_spoilt: bool) -> None:
        self._standing = standing
        self.changed, self.is_spoilt = changed, is_spoilt

    def learn(self, stand: LogStand) -> None:
        """Remember what was read."""
        self._standing.learn(self, stand)


class Standing:
    """By public id of an execution. Safe from any thread."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, LogStand] = OrderedDict()
        self._names: dict[int, str] = {}
        self._moving: dict[int, int] = {}  # heads that are being written, by key
        self._is_changing = False
        self._readings: set[Reading] = set()
        self._lock = threading.Lock()

    def get(self, public_id: str) -> LogStand | None:
        """Return how the execution stands, or None: to be read from the database."""
        with self._lock:
            stand = self._known.get(public_id)
            return None if stand is None or stand.id in self._moving else stand

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Open before a look at the database, close after it."""
        with self._lock:
            reading = Reading(self, set(self._moving), is_spoilt=self._is_changing)
            self._readings.add(reading)
        try:
            yield reading
        finally:
            with self._lock:
                self._readings.discard(reading)

    def learn(self, reading: Reading, stand: LogStand) -> None:
        """Used by Reading.learn."""
        with self._lock:
            if reading.is_spoilt or stand.id in reading.changed:
                return
            self._known[stand.public_id], self._names[stand.id] = stand, stand.public_id
            self._known.move_to_end(stand.public_id)
            while len(self._known) > _LIMIT:
                _, oldest = self._known.popitem(last=False)
                self._names.pop(oldest.id, None)

    def moved(self, public_id: str, head: int) -> None:
        """Entries up to `head` are stored and published. Before `settled`."""
        with self._lock:
            stand = self._known.get(public_id)
            if stand is not None and stand.head < head:
                self._known[public_id] = replace(stand, head=head, first=stand.first or 1)

    # ---- what the writer tells (storage/changes.py) ------------------------------------------------------------

    def writing(self, moved: HeadMoved | None) -> None:
        """A head is about to move, or (None) anything about any execution is about to change."""
        with self._lock:
            if moved is None:
                self._is_changing = True
                self._known.clear()
                self._names.clear()
                for reading in self._readings:
                    reading.is_spoilt = True
                return
            self._moving[moved.execution_id] = moved.head
            for reading in self._readings:
                reading.changed.add(moved.execution_id)

    def settled(self) -> None:
        """What was being written is committed or undone, and whoever wrote it has been told."""
        with self._lock:
            for key, head in self._moving.items():
                name = self._names.get(key)
                if name is not None and self._known[name].head != head:
                    # Nobody has published it: undone, or told by somebody else later.
                    del self._known[name], self._names[key]
            self._moving.clear()
            self._is_changing = False
