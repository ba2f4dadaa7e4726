"""Searching one log: exactly, from its first entry to its last, and every match counted.

Entries never change, so what was found up to a sequence stays true: it is kept, and the next search of the same log for
the same goes on there. So the n-th match and the counts cost nothing after the first time, and a search whose time was
used up is finished by asking again.
"""

import threading
import time
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retoma.core.entries import LogEntry
from retoma.executions.model import Execution
from retoma.logs.like_store import read_like
from retoma.search import store
from retoma.search.model import Wanted
from retoma.search.reading import Sieve, spans_down
from retoma.storage.connection import Connection

SECONDS = 1.0  # so long one search looks
_BLOCKS = 500  # what one statement returns at most
_KEPT = 2_000_000  # matches over all logs, of 8 bytes each

_Key = tuple[int, Wanted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The sequences of all matches in a log, as far as it was searched: up to `searched_to`."""

    searched_to: int
    sequences: "array[int]"

    def upto(self, sequence: int) -> int:
        """Return how many matches are at `sequence` or before."""
        return bisect_right(self.sequences, sequence)

    def after(self, cursor: int, limit: int) -> Sequence[int]:
        """Return the first matches behind `cursor`."""
        first = self.upto(cursor)
        return self.sequences[first : first + limit]

    def counts(self, parts: int, among: Sequence[int]) -> Sequence[int]:
        """Return how many matches each of the `parts` equal parts of the entries `among` has."""
        edges = [len(among) * part // parts for part in range(parts + 1)]
        ends = [self.upto(among[edge - 1]) if edge else 0 for edge in edges]
        return [end - begin for begin, end in pairwise(ends)]


_NOTHING = Matches(searched_to=0, sequences=array("Q"))


class LogSearches:
    """The searches of logs of late, with what they found. From any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, Matches] = OrderedDict()
        self._lock = threading.Lock()

    def find(
        self, connection: Connection, execution: Execution, wanted: Wanted, *, seconds: float = SECONDS
    ) -> Matches:
        """Return all matches in the log of `execution`; after `seconds` those up to where it came.

        Each call gets on by a stretch of the log at least. A log that was removed has none.
        """
        key = (execution.id, wanted)
        if execution.log_removed_at is not None:
            return Matches(searched_to=execution.head_sequence, sequences=array("Q"))
        with self._lock:
            known = self._kept.get(key, _NOTHING)
        if known.searched_to >= execution.head_sequence:
            return known
        matches = _go_on(connection, execution, wanted, known, time.monotonic() + seconds)
        self._keep(key, matches)
        return matches

    def _keep(self, key: _Key, matches: Matches) -> None:
        with self._lock:
            self._kept[key] = matches
            self._kept.move_to_end(key)
            # Each counts as a thousand more: there is no room for any number of searches that found nothing, either.
            while sum(1000 + len(kept.sequences) for kept in self._kept.values()) > _KEPT and len(self._kept) > 1:
                self._kept.popitem(last=False)


def _go_on(connection: Connection, execution: Execution, wanted: Wanted, known: Matches, until: float) -> Matches:
    sequences, searched_to = known.sequences[:], known.searched_to
    for upto, found in _found(connection, execution, wanted, known.searched_to):
        sequences.extend(found)
        searched_to = upto
        if time.monotonic() >= until:
            break
    return Matches(searched_to=searched_to, sequences=sequences)


def _found(
    connection: Connection, execution: Execution, wanted: Wanted, cursor: int
) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield, stretch by stretch behind `cursor`, how far was searched and what was found in the stretch."""
    sieve = Sieve(wanted)
    while blocks := store.list_blocks_after(connection, execution.id, cursor, _BLOCKS):
        for block in blocks:
            sequences = sieve.sequences(connection, block, cursor + 1) if sieve.may_have(block) else []
            cursor = block.last_sequence
            yield cursor, sequences
    for first, last in reversed(spans_down(cursor + 1, execution.head_sequence)):
        yield last, [entry.sequence for entry in sieve.find(connection, execution.id, first, last)]


def read_matches(connection: Connection, execution_id: int, sequences: Sequence[int]) -> Sequence[LogEntry]:
    """Return these entries of a log. Those that are near to each other are read at once."""
    wanted, entries = set(sequences), []
    for stretch in _near(sequences):
        read = read_like(connection, execution_id, stretch[0], stretch[-1], ())
        entries += [entry for entry in read if entry.sequence in wanted]
    return entries


def _near(sequences: Sequence[int]) -> Iterator[Sequence[int]]:
    begin = 0
    for place in range(1, len(sequences) + 1):
        if place == len(sequences) or sequences[place] - sequences[place - 1] > _GAP:
            yield sequences[begin:place]
            begin = place


_GAP = 50  # entries that are read for nothing, rather than another statement
