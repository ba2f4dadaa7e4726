"""The newest entries of logs that somebody reads just now, encoded, so that their readers need not ask the database.

What is kept is stored, and stored entries never change: so a piece of it is right whenever all of it is here. What may
be out of date is only how far the log goes; whoever knows better says so (`saw`).
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from itertools import islice

from retoma.core.clock import boot_seconds

Encoded = tuple[int, bytes]  # sequence, JSON

# Of one log, and of all together; what costs memory beside the JSON itself is counted in.
_ENTRIES = 2000
_BYTES = 1024 * 1024
_ALL_BYTES = 32 * 1024 * 1024
_ENTRY_OVERHEAD = 150
_LOG_OVERHEAD = 1000
# A log that nobody follows is kept so long after somebody has asked for it.
_WANTED_SECONDS = 60.0


class _Newest:
    """The newest entries of one log, in order and without a gap, and where the log is known to end."""

    def __init__(self) -> None:
        self.entries: deque[Encoded] = deque()
        self.size = 0
        self.head: int | None = None  # None: not known; it may go on behind what is here
        self.token = ""  # under which the writer shares it (live/shared.py)
        self.asked_at = 0.0

    @property
    def first(self) -> int:
        return self.entries[0][0] if self.entries else 1

    @property
    def last(self) -> int:
        return self.entries[-1][0] if self.entries else 0

    def add(self, entries: Sequence[Encoded]) -> None:
        if self.entries and entries[-1][0] + 1 < self.first:
            return  # too old to join
        if self.entries and entries[0][0] > self.last + 1:
            self.entries.clear()
            self.size = 0
        first, last = self.first, self.last
        before = [entry for entry in entries if entry[0] < first] if last else []
        behind = [entry for entry in entries if entry[0] > last]
        self.entries.extendleft(reversed(before))
        self.entries.extend(behind)
        self.size += sum(len(encoded) + _ENTRY_OVERHEAD for _, encoded in (*before, *behind))
        while len(self.entries) > _ENTRIES or (self.size > _BYTES and len(self.entries) > 1):
            self.size -= len(self.entries.popleft()[1]) + _ENTRY_OVERHEAD

    def span(self, first: int, last: int) -> Sequence[Encoded] | None:
        if first > last:
            return []
        if not self.entries or first < self.first or last > self.last:
            return None
        newest_first = list(islice(reversed(self.entries), self.last - last, self.last - first + 1))
        return newest_first[::-1]


class Recent:
    """By public id of an execution. Safe from any thread; bounded over all, the longest unasked for goes first."""

    def __init__(self, *, limit: int = _ALL_BYTES, clock: Callable[[], float] = boot_seconds) -> None:
        self._logs: OrderedDict[str, _Newest] = OrderedDict()
        self._size = 0
        self._limit, self._clock = limit, clock
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many bytes all that is kept takes, about."""
        return self._size

    def keep(self, public_id: str, entries: Sequence[Encoded]) -> None:
        """Keep stored entries that somebody has asked for, which are in order and without a gap."""
        with self._lock:
            self._ask(public_id)
            self._add(public_id, entries)

    def extend(self, public_id: str, entries: Sequence[Encoded]) -> None:
        """Keep what was stored a moment ago, with which the log ends now."""
        with self._lock:
            if entries:
                self._add(public_id, entries)
                self._end_at(public_id, entries[-1][0], "")

    def ends_at(self, public_id: str, head: int, token: str = "") -> None:
        """Take in that entries up to `head` are stored, and under which token their writer shares them."""
        with self._lock:
            self._end_at(public_id, head, token)

    def saw(self, public_id: str, head: int) -> None:
        """Take in that the log goes at least to `head`: where that is news, its end is not known any more."""
        with self._lock:
            log = self._logs.get(public_id)
            if log is not None and log.head is not None and log.head < head:
                log.head = None

    def after(self, public_id: str, cursor: int, limit: int) -> Sequence[Encoded] | None:
        """Return up to `limit` entries above `cursor`, none where the log ends there; None: that is not known here."""
        with self._lock:
            log = self._ask(public_id)
            found = log.span(cursor + 1, min(cursor + limit, log.last)) if cursor < log.last else None
            if found is None and log.head is not None and cursor >= max(log.head, log.last):
                return []
            return found

    def span(self, public_id: str, first: int, last: int) -> Sequence[Encoded] | None:
        """Return the entries from `first` to `last`, or None where not all of them are here."""
        with self._lock:
            return self._ask(public_id).span(first, last)

    def shared(self, public_id: str) -> tuple[str, int] | None:
        """Return under which token the writer shares this log, and up to where; None: that is not known."""
        with self._lock:
            log = self._logs.get(public_id)
            return None if log is None or log.head is None or not log.token else (log.token, log.head)

    def is_wanted(self, public_id: str) -> bool:
        """Whether somebody has asked for this log a moment ago."""
        with self._lock:
            log = self._logs.get(public_id)
            return log is not None and self._clock() - log.asked_at < _WANTED_SECONDS

    def forget(self, public_id: str) -> None:
        """Drop what is kept of this log."""
        with self._lock:
            log = self._logs.pop(public_id, None)
            self._size -= 0 if log is None else log.size + _LOG_OVERHEAD

    def forget_all(self) -> None:
        """Drop everything."""
        with self._lock:
            self._logs.clear()
            self._size = 0

    def _ask(self, public_id: str) -> _Newest:
        log = self._get(public_id)
        log.asked_at = self._clock()
        return log

    def _get(self, public_id: str) -> _Newest:
        log = self._logs.get(public_id)
        if log is None:
            log = self._logs[public_id] = _Newest()
            self._size += _LOG_OVERHEAD
            self._evict()
        self._logs.move_to_end(public_id)
        return log

    def _add(self, public_id: str, entries: Sequence[Encoded]) -> None:
        if entries:
            log = self._get(public_id)
            before = log.size
            log.add(entries)
            self._size += log.size - before
            self._evict()

    def _end_at(self, public_id: str, head: int, token: str) -> None:
        log = self._get(public_id)
        if log.head is None or head >= log.head:
            log.head, log.token = head, token

    def _evict(self) -> None:
        while self._size > self._limit and len(self._logs) > 1:
            _, log = self._logs.popitem(last=False)
            self._size -= log.size + _LOG_OVERHEAD
