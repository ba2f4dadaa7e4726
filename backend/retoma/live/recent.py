"""The last entries of each live execution, encoded, so that live readers need not ask the database."""

import threading
from collections import deque
from collections.abc import Sequence

_ENTRIES = 2000
_BYTES = 1024 * 1024


class _Ring:
    """The newest entries of one execution, in order and without a gap."""

    def __init__(self) -> None:
        self.entries: deque[tuple[int, bytes]] = deque()
        self.size = 0

    def append(self, sequence: int, encoded: bytes) -> None:
        if self.entries and self.entries[-1][0] + 1 != sequence:
            self.entries.clear()
            self.size = 0
        self.entries.append((sequence, encoded))
        self.size += len(encoded)
        while len(self.entries) > _ENTRIES or (self.size > _BYTES and len(self.entries) > 1):
            self.size -= len(self.entries.popleft()[1])


class Recent:
    """Rings by execution key. Written after the commit, so what is in one is stored. Safe from any thread."""

    def __init__(self) -> None:
        self._rings: dict[int, _Ring] = {}
        self._lock = threading.Lock()

    def append(self, execution_id: int, encoded: Sequence[tuple[int, bytes]]) -> None:
        """Add stored entries (sequence, JSON), in order."""
        with self._lock:
            ring = self._rings.setdefault(execution_id, _Ring())
            for sequence, entry in encoded:
                ring.append(sequence, entry)

    def after(self, execution_id: int, cursor: int) -> Sequence[tuple[int, bytes]] | None:
        """Return the entries above `cursor`, or None where they reach back further than what is kept here."""
        with self._lock:
            ring = self._rings.get(execution_id)
            if ring is None or not ring.entries or ring.entries[0][0] > cursor + 1:
                return None
            missing = ring.entries[-1][0] - cursor
            if missing <= 0:
                return []
            newest_first = [entry for entry, _ in zip(reversed(ring.entries), range(missing), strict=False)]
            return newest_first[::-1]

    def forget(self, execution_id: int) -> None:
        """Drop an execution that is over."""
        with self._lock:
            self._rings.pop(execution_id, None)
