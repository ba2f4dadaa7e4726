"""The one writer: a thread that owns the only connection that writes.

Writes are closures. What is queued while one group commits forms the next group, so under load a commit is shared
and at rest nothing waits: there is no timer. Each closure runs in a savepoint, so that a refused one (a lost fence, a
violated constraint) undoes itself and nobody else.

A group that fails may have been committed all the same (its answer was lost): who wrote looks before writing again. A
fault that the disk may not have kept (storage/faults.py) ends the writing: nothing is acknowledged any more.
"""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from sqlalchemy import Connection, Engine

from retoma.core.errors import UnavailableError
from retoma.storage.faults import is_fatal, reason, told

_logger = logging.getLogger(__name__)

T = TypeVar("T")

# One group is at most so many entries: bounds how long a commit, and so everybody in it, takes.
GROUP_ENTRIES = 2000


@dataclass(slots=True)
class _Write(Generic[T]):
    run: Callable[[Connection], T]
    entries: int
    future: "Future[T]"
    value: T | None = None
    error: Exception | None = None

    def attempt(self, connection: Connection) -> None:
        """Run it in a savepoint. Raises only where the whole transaction is lost."""
        savepoint = connection.begin_nested()
        try:
            self.value = self.run(connection)
            savepoint.commit()
        except Exception as error:
            if is_fatal(error):
                raise
            self.error = error
            # A full disk ends the whole transaction in SQLite: then this raises, and nobody's write stands.
            savepoint.rollback()

    def resolve(self) -> None:
        if self.error is not None:
            self.future.set_exception(told(self.error))
        else:
            self.future.set_result(cast("T", self.value))  # None only until attempt() has run, or as the value

    def fail(self, error: Exception) -> None:
        self.future.set_exception(told(self.error or error))


class Writer:
    """Runs write closures one after the other, group by group, in a thread of its own."""

    def __init__(self, engine: Engine, on_fatal: Callable[[str], None]) -> None:
        """`on_fatal` is called once, in the writer's thread, with the driver's words, before anybody is told."""
        self._engine, self._on_fatal = engine, on_fatal
        self.on_settled: Callable[[], None] = lambda: None  # after each group, once everybody in it has been told
        self._fault: Exception | None = None
        self._queue: queue.SimpleQueue[_Write[object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._loop, name="retoma-writer", daemon=True)
        self._closed = False
        self._closing = threading.Lock()  # nothing is queued behind the end
        self._thread.start()

    @property
    def fault(self) -> Exception | None:
        """What the last group that had something to write failed with; None: it was committed. A fatal one stays."""
        return self._fault

    def submit(self, write: Callable[[Connection], T], *, entries: int = 1) -> "Future[T]":
        """Queue `write`. The future resolves after the commit, in the writer's thread; a closed writer raises.

        A future that is cancelled before its turn is never written.
        """
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                sentence = "The database is closed."
                raise UnavailableError(sentence)
            self._queue.put(cast("_Write[object]", _Write(write, entries, future)))  # the queue mixes value types
        return future

    def close(self) -> None:
        """Commit what is queued, then end the thread."""
        with self._closing:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _loop(self) -> None:
        connection: Connection | None = None
        ending = False
        while not ending:
            queued, ending = self._next_group()
            # A write that its caller gave up is left out; one that is under way can't be given up any more.
            group = [write for write in queued if write.future.set_running_or_notify_cancel()]
            if not group:
                continue
            try:
                self._refuse_after_a_fatal_fault()
                if connection is None:
                    connection = self._engine.connect()
                with connection.begin():
                    for write in group:
                        write.attempt(connection)
            except Exception as error:  # noqa: BLE001 - the loop's edge: everybody in the group is told
                # Whether the commit took place is unknown; who wrote compares heads before writing again.
                _discard(connection)
                connection = None
                cause = _database_fault(group) or error
                self._note(cause)
                for write in group:
                    write.fail(cause)
            else:
                if any(write.entries for write in group):
                    self._note(_database_fault(group))
                for write in group:
                    write.resolve()
            self.on_settled()
        _discard(connection)

    def _refuse_after_a_fatal_fault(self) -> None:
        if self._fault is not None and is_fatal(self._fault):
            raise self._fault

    def _note(self, error: Exception | None) -> None:
        """Keep what the last group failed with, and say in the terminal when that changes."""
        before = self._fault
        if error is None and before is not None:
            _logger.warning("The database takes writes again")
        elif error is not None and (before is None or reason(before) != reason(error)):
            _logger.error("The database failed a write: %s", reason(error))
            if is_fatal(error):
                self._on_fatal(reason(error))
        self._fault = error  # last: who sees it may end the process

    def _next_group(self) -> tuple[list[_Write[object]], bool]:
        """Wait for a write, then take all that is queued behind it, up to the limit. True: the writer is closing."""
        first = self._queue.get()
        if first is None:
            return [], True
        group, size = [first], first.entries
        while size < GROUP_ENTRIES:
            try:
                write = self._queue.get_nowait()
            except queue.Empty:
                break
            if write is None:
                return group, True
            group.append(write)
            size += write.entries
        return group, False


def _database_fault(group: list[_Write[object]]) -> Exception | None:
    """Return what the database failed the first of these writes with, None where it failed none."""
    errors = [write.error for write in group if write.error is not None]
    return next((error for error in errors if told(error) is not error), None)


def _discard(connection: Connection | None) -> None:
    if connection is None:
        return
    try:
        connection.close()
    except Exception:  # noqa: BLE001 - it is broken already; a fresh one is opened next
        connection.invalidate()
