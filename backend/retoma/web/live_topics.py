"""What a socket keeps of each topic it follows, and the frames that come of it."""

import asyncio
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from typing import Protocol

import orjson

from retoma.core.clock import utc_now, wire_time
from retoma.core.errors import InvalidError, NotFoundError
from retoma.live.hub import EXECUTION, RUNS
from retoma.web import boards
from retoma.web.dependencies import LARGEST
from retoma.web.following import pieces
from retoma.web.history import Seen, list_in_need, list_named, read_execution
from retoma.web.services import Services

_BOARD_SECONDS = 0.2
# From so many changed cards on, the whole board is the smaller answer.
_SNAPSHOT_FROM = 500
# So many executions are told at once; of those that need somebody, so many of the newest are known.
_RUNS_AT_ONCE = 100
_NEEDY_RUNS = 500


class Topic(Protocol):
    """One topic that a socket follows."""

    def notice(self, changed: AbstractSet[str]) -> None:
        """Take wake-ups in."""

    def due_at(self) -> float | None:
        """Return when there is something to send, by the loop's clock; None = not until something changes."""

    def frames(self, services: Services) -> AsyncIterator[bytes]:
        """Yield what is due now; at most one read's worth."""


async def open_topic(services: Services, name: str, after: object) -> tuple[Topic, bytes]:
    """Return the topic called `name` and its first frame. NotFoundError, InvalidError."""
    if name == RUNS:
        runs = RunsTopic()
        return runs, await runs.snapshot(services)
    kind, _, key = name.partition(":")
    if kind == "board" and key:
        board = BoardTopic(name, key)
        return board, await board.snapshot(services)
    if kind != "execution" or not key:
        raise InvalidError(f'There is no topic {name!r}; topics are "execution:ID", "board:PROJECT" and "runs".')
    if isinstance(after, bool) or not isinstance(after, int) or not 0 <= after <= LARGEST:
        raise InvalidError('"after" is the last sequence you have: a whole number, 0 = none.')
    seen = await _read(services, key)
    topic = ExecutionTopic(name, seen, after)
    return topic, topic.state_frame(seen)


class ExecutionTopic:
    """An execution: its state, and its entries behind a cursor."""

    def __init__(self, name: str, seen: Seen, after: int) -> None:
        self._name = orjson.dumps(name)
        self._execution = seen.stored
        self._cursor = after
        self._head = seen.stored.head_sequence
        self._behind = True
        self._state_due = False
        # The state that came first was the last one: it is said again behind the last entry.
        self._pending: Seen | None = seen if seen.stored.status.over and after < self._head else None

    def notice(self, changed: AbstractSet[str]) -> None:
        """Take wake-ups in."""
        self._behind = True
        self._state_due = self._state_due or EXECUTION in changed

    def due_at(self) -> float | None:
        """Return 0 (at once) while there may be more to read."""
        return 0.0 if self._behind else None

    async def frames(self, services: Services) -> AsyncIterator[bytes]:
        """Yield the next entries; behind the last of them the state, where it changed."""
        if not self._behind:
            return
        if self._state_due:
            self._state_due = False
            try:
                # Read before the entries: an end that is seen here has all of them stored.
                self._pending = await _read(services, self._execution.public_id)
            except NotFoundError as error:
                self._behind = False
                yield orjson.dumps({"error": error.detail, "topic": orjson.loads(self._name)})
                return
            self._execution = self._pending.stored
            self._head = max(self._head, self._execution.head_sequence)
        entries = await services.feed.after(self._execution, self._cursor)
        for last, array in pieces(entries):
            self._cursor = last
            self._head = max(self._head, last)
            yield b'{"topic":%b,"entries":%b,"head":%d}' % (self._name, array, self._head)
        self._behind = bool(entries)
        if self._pending is not None and (not entries or self._cursor >= self._pending.stored.head_sequence):
            seen, self._pending = self._pending, None
            if seen.stored.status.over and self._cursor < seen.stored.head_sequence:
                # Not all of it was there: it is being removed, which this tells.
                seen = await _read(services, self._execution.public_id)
            yield self.state_frame(seen)

    def state_frame(self, seen: Seen) -> bytes:
        """Return the frame that tells the execution's state."""
        return b'{"topic":%b,"execution":%b}' % (self._name, orjson.dumps(seen.wire))


class BoardTopic:
    """A project's board: the changed cards, at most one message in a while."""

    def __init__(self, name: str, project_id: str) -> None:
        self._name = name
        self._project_id = project_id
        self._changed: set[str] = set()
        self._next_at = 0.0

    def notice(self, changed: AbstractSet[str]) -> None:
        """Take the ids of changed cards in."""
        self._changed |= changed

    def due_at(self) -> float | None:
        """Return when the changes may be sent."""
        return self._next_at if self._changed else None

    async def snapshot(self, services: Services) -> bytes:
        """Return the frame with the whole board."""
        self._changed.clear()
        cards = await asyncio.to_thread(boards.read_board, services.database, self._project_id)
        self._delay()
        return orjson.dumps({"topic": self._name, "snapshot": cards})

    async def frames(self, services: Services) -> AsyncIterator[bytes]:
        """Yield the changes, if it is time."""
        if not self._changed or asyncio.get_running_loop().time() < self._next_at:
            return
        if len(self._changed) >= _SNAPSHOT_FROM:
            yield await self.snapshot(services)
            return
        changed, self._changed = self._changed, set()
        found = await asyncio.to_thread(boards.read_cards, services.database, sorted(changed))
        cards = [card for card in found if card["projectId"] == self._project_id]
        removed = sorted(changed - {card["id"] for card in cards})
        self._delay()
        yield orjson.dumps({"topic": self._name, "cards": cards, "removed": removed})

    def _delay(self) -> None:
        self._next_at = asyncio.get_running_loop().time() + _BOARD_SECONDS


class RunsTopic:
    """All executions: first those that need somebody, then each whose state changed."""

    def __init__(self) -> None:
        self._changed: set[str] = set()
        self._next_at = 0.0

    def notice(self, changed: AbstractSet[str]) -> None:
        """Take the public ids of changed executions in."""
        self._changed |= changed

    def due_at(self) -> float | None:
        """Return when the changes may be sent."""
        return self._next_at if self._changed else None

    async def snapshot(self, services: Services) -> bytes:
        """Return the frame with the executions that need somebody, and the time by the clock that ends are told by."""
        at = wire_time(utc_now())
        needy = await asyncio.to_thread(list_in_need, services.database, limit=_NEEDY_RUNS)
        return orjson.dumps({"topic": RUNS, "needy": needy, "at": at})

    async def frames(self, services: Services) -> AsyncIterator[bytes]:
        """Yield changes, if it is time."""
        now = asyncio.get_running_loop().time()
        if not self._changed or now < self._next_at:
            return
        told = sorted(self._changed)[:_RUNS_AT_ONCE]
        self._changed.difference_update(told)
        found = await asyncio.to_thread(list_named, services.database, told)
        removed = sorted(set(told) - {execution["id"] for execution in found})
        self._next_at = now + _BOARD_SECONDS
        yield orjson.dumps({"topic": RUNS, "executions": found, "removed": removed})


async def _read(services: Services, public_id: str) -> Seen:
    return await asyncio.to_thread(read_execution, services.database, public_id)
