"""Searching everything: cards, then executions, then the entries of all logs, each from the newest to the oldest.

A search has a time. When it is used up, what was found until then is the answer, with the place at which to go on: an
answer is never wrong, and never late. Places are keys and sequences, so they mean the same while entries come and
blocks are made.
"""

import time
from collections.abc import Iterator, Sequence

from retoma.core.entries import LogEntry
from retoma.search import record_store, store
from retoma.search.matching import has_all, snippet, texts_of
from retoma.search.model import Block, Found, Hit, Part, Place, RunSeen, Tail, Wanted
from retoma.search.reading import Sieve, spans_down
from retoma.storage.connection import Connection

SECONDS = 0.2  # so long one search looks
_RUNS_AT_ONCE = 5000  # executions that one statement goes through
_RUNS_READ = 200  # … and returns at most
_TAILS, _BLOCKS = 200, 500  # what one statement returns at most

_ORDER = tuple(Part)

# A step of the search: what was found, None where nothing was, and the place up to which was searched.
_Step = tuple[Hit | LogEntry | None, Place]


def search(
    connection: Connection,
    wanted: Wanted,
    parts: frozenset[Part],
    place: Place | None,
    *,
    limit: int,
    seconds: float = SECONDS,
) -> Found:
    """Return up to `limit` things that are wanted, from `place` on back (None: from the newest).

    After `seconds` it returns what it has; each call gets on by a step at least.
    """
    until = time.monotonic() + seconds
    place = place or Place(_ORDER[0])
    found: list[tuple[Hit | LogEntry, Place]] = []
    reached: Place | None = None
    for step, reached in _steps(connection, wanted, parts & wanted.parts, place):
        if step is not None:
            found.append((step, reached))
        if len(found) == limit or time.monotonic() >= until:
            break
    else:
        reached = None
    keys = {at.key for step, at in found if isinstance(step, LogEntry)}
    if reached is not None and reached.part is Part.ENTRY:
        keys.add(reached.key)
    runs = record_store.list_runs(connection, sorted(keys))
    hits = [_entry_hit(runs[at.key], step, wanted) if isinstance(step, LogEntry) else step for step, at in found]
    run = runs.get(reached.key) if reached is not None and reached.part is Part.ENTRY else None
    return Found(hits, reached, None if run is None else run.public_id)


def _steps(connection: Connection, wanted: Wanted, parts: frozenset[Part], place: Place) -> Iterator[_Step]:
    steps = {Part.CARD: _cards, Part.EXECUTION: _runs, Part.ENTRY: _entries}
    for part in _ORDER[_ORDER.index(place.part) :]:
        if part in parts:
            yield from steps[part](connection, wanted, place if part is place.part else Place(part))


def _cards(connection: Connection, wanted: Wanted, place: Place) -> Iterator[_Step]:
    for card, created, texts in record_store.list_cards(connection, wanted):
        micros = int(created.timestamp()) * 1_000_000 + created.microsecond
        if (micros, card.id) >= (place.key, place.card_id):
            continue
        hit = Hit(card, None, None, created, snippet(texts, wanted.terms)) if has_all(texts, wanted.terms) else None
        yield hit, Place(Part.CARD, micros, 0, card.id, created)


def _runs(connection: Connection, wanted: Wanted, place: Place) -> Iterator[_Step]:
    below = place.key
    while (last := record_store.last_key(connection, below)) > 0:
        keys = range(max(1, last - _RUNS_AT_ONCE + 1), last + 1)
        found = record_store.list_runs_in(connection, wanted, keys, _RUNS_READ)
        for run, created, texts in found:
            below = run.key
            is_hit = has_all(texts, wanted.terms)
            hit = Hit(run.card, run, None, created, snippet(texts, wanted.terms)) if is_hit else None
            yield hit, Place(Part.EXECUTION, run.key, moment=created)
        if len(found) < _RUNS_READ:
            below = keys.start
            yield None, Place(Part.EXECUTION, below)


def _entries(connection: Connection, wanted: Wanted, place: Place) -> Iterator[_Step]:
    sieve = Sieve(wanted)
    while place.key > 0:
        stretches, place_after = _stretches(connection, wanted, place)
        for stretch in stretches:
            if isinstance(stretch, Block) and not sieve.may_have(stretch):
                continue
            yield from _in_stretch(connection, sieve, stretch, place)
        place = place_after
        yield None, place


def _stretches(connection: Connection, wanted: Wanted, place: Place) -> tuple[Sequence[Block | Tail], Place]:
    """Return some stretches of logs before `place`, the newest first, and the place up to which they are all."""
    tails = store.list_tails(connection, below=place.key + 1, limit=_TAILS, wanted=wanted)
    down_to = tails[-1].execution_id if len(tails) == _TAILS else 1
    blocks = store.list_blocks_before(connection, place, down_to=down_to, limit=_BLOCKS, wanted=wanted)
    reached = Place(Part.ENTRY, down_to, 0)
    if len(blocks) == _BLOCKS:
        last = blocks[-1]
        reached = Place(Part.ENTRY, last.execution_id, last.first_sequence, moment=last.earliest)
        tails = [tail for tail in tails if (tail.execution_id, tail.covered) >= (reached.key, reached.sequence)]
    found: list[Block | Tail] = [tail for tail in tails if tail.head > tail.covered]
    found += blocks
    found.sort(key=lambda stretch: (stretch.execution_id, _end(stretch)), reverse=True)
    return found, reached if down_to > 1 or len(blocks) == _BLOCKS else Place(Part.ENTRY, 0, 0)


def _end(stretch: Block | Tail) -> int:
    return stretch.head if isinstance(stretch, Tail) else stretch.last_sequence


def _in_stretch(connection: Connection, sieve: Sieve, stretch: Block | Tail, place: Place) -> Iterator[_Step]:
    key, last = stretch.execution_id, _end(stretch)
    if key == place.key:
        last = min(last, place.sequence - 1)
    first = stretch.covered + 1 if isinstance(stretch, Tail) else stretch.first_sequence
    for begin, end in spans_down(first, last):
        for entry in reversed(list(sieve.find(connection, key, begin, end))):
            yield entry, Place(Part.ENTRY, key, entry.sequence, moment=entry.timestamp)
        yield None, Place(Part.ENTRY, key, begin, moment=stretch.earliest if isinstance(stretch, Block) else None)


def _entry_hit(run: RunSeen, entry: LogEntry, wanted: Wanted) -> Hit:
    return Hit(run.card, run, entry, entry.timestamp, snippet(texts_of(entry), wanted.terms))
