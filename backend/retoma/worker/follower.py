"""Following one execution: its journal into the store, the user's words to its agent, its end into its row."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime

from retoma.agents.adapter import Adapter, Stream
from retoma.core.clock import boot_seconds, utc_now
from retoma.core.crash import CrashPoint, crash_point
from retoma.core.errors import StorageError
from retoma.core.status import Status
from retoma.executions import message_store, request_store, store
from retoma.executions.model import Execution, Message, RecoveryOutcome, Request
from retoma.live.feed import Feed
from retoma.logs import store as log_store
from retoma.settings import Settings
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from retoma.worker.backlog import Backlog
from retoma.worker.delivery import Delivery, Told
from retoma.worker.ingest import Batch, LostClaimError, commit, note, settle_waiting, stored_position, take_in
from retoma.worker.recovery import RecoveryReport, marker
from retoma.worker.rundir import RunDirectory, RunEnd
from retoma.worker.settle import Settlement, kill_tree, loss_of
from retoma.worker.tail import Tail

_logger = logging.getLogger(__name__)

# While one batch commits the next is read; more in flight would only take memory. A batch of a huge line goes alone.
_IN_FLIGHT = 2
_HUGE_BYTES = 1024 * 1024
# An agent that stays alive after its last turn is closed after so long without anything to do.
_IDLE_SECONDS = 1.0
# A recorder ends a run within 7 s of the wish; one that has not done so after this time is not going to.
_CANCEL_SECONDS = 8.0
# A write that failed (a full disk, a database that is away) is tried again after so long, at first and at most. The
# journal keeps it all.
_FIRST_RETRY_SECONDS = 0.05
_RETRY_SECONDS = 1.0


class _UnheardError(Exception):
    """A message of the user is on its way to an agent that was about to be closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An execution that this worker owns, with what it needs to follow it."""

    execution: Execution
    fence: int
    project_id: str
    adapter: Adapter
    run: RunDirectory


class Follower:
    """Belongs to the worker's loop, which calls step(), tick() and attend(); commits call back from the writer."""

    def __init__(
        self,
        claimed: Claimed,
        database: Database,
        feed: Feed,
        settings: Settings,
        wake: Callable[[], None],
        *,
        report: RecoveryReport | None = None,
    ) -> None:
        """`report`: an earlier worker followed this run; what is found of it is told there, and marked in the log."""
        self.claimed = claimed
        self._line_bytes, self._cap_bytes = settings.line_mib << 20, settings.log_cap_mib << 20
        self._execution = claimed.execution
        self._database, self._feed, self._wake = database, feed, wake
        self._position = stored_position(claimed.execution, claimed.adapter, line_bytes=self._line_bytes)
        self._lock = threading.Lock()
        self._in_flight = 0
        self._failure: BaseException | None = None
        self._retry_at, self._retry_seconds = 0.0, _FIRST_RETRY_SECONDS
        self._recorder = claimed.run.recorder()
        self._delivery = Delivery(claimed.adapter, claimed.run)
        self._idle_since: float | None = None
        self._cancelled_at: float | None = None
        self._closing = False
        self._end: RunEnd | None = None
        self._ended = False
        self._report = report
        self._is_back = report is None  # what was written while nobody read has been taken in
        self._head_found, self._caught_up = self._position.head, 0
        self.over = False  # settled, or somebody else's: to be dropped by the loop
        self.lost = False  # somebody else's: what lives of it here is to be ended
        self._open_tails()
        self._look_back()

    @property
    def recorder_pid(self) -> int | None:
        """The process to watch, or None where there is no recorder."""
        return None if self._recorder is None else self._recorder.pid

    @property
    def is_full(self) -> bool:
        """Whether it reads nothing more until a commit, which wakes it."""
        with self._lock:
            return self._in_flight >= _IN_FLIGHT

    def step(self) -> bool:
        """Take in one read's worth, or settle. True: there is more to do at once."""
        with self._lock:
            in_flight, failure = self._in_flight, self._failure
        if failure is not None:
            return in_flight == 0 and boot_seconds() >= self._retry_at and self._recover_from(failure)
        if self.over or in_flight >= _IN_FLIGHT:
            return False
        if self._take_in(Stream.STDERR) | self._take_in(Stream.STDOUT):
            return True
        if not self._is_back:
            self._come_back()
        if not self._ended:
            # Once more after the end was seen: what was written before it is in the files now.
            return self._see_end()
        with self._lock:
            if self._in_flight or self._failure:
                return False
        if not self._note_rest():
            self._settle()
        return False

    def _note_rest(self) -> bool:
        """Show what the agent was told, and a worker that died had no time to note. True: there was something."""
        now = utc_now()
        with self._database.read() as connection:
            words = self._delivery.unnoted(*self._words(connection), now)
        self._note(words, now)
        return bool(words)

    def attend(self) -> None:
        """Do what users have asked for: obey a wish to cancel, deliver messages and answers."""
        with self._database.read() as connection:
            execution = self._ours(store.get_execution_by_key(connection, self._execution.id))
            messages, requests = self._words(connection)
        if execution is None:
            return
        self._execution = execution
        if execution.cancel_requested_at is not None or execution.lost_worker is not None:
            self._cancel()
            return
        now = utc_now()
        self._note([*self._delivery.messages(messages), *self._delivery.answers(requests, now)], now)

    def _words(self, connection: Connection) -> tuple[Sequence[Message], Sequence[Request]]:
        messages = message_store.list_undelivered(connection, self._execution.id)
        return messages, request_store.list_requests(connection, [self._execution.id], open_only=False)

    def _note(self, words: Sequence[Told], now: datetime) -> None:
        for told in words:
            self._submit(note(self._position, told.drafts, now), told.store)

    def tick(self) -> None:
        """Look at what no event tells: a recorder that does not end its run, an agent that has nothing more to do."""
        if self._cancelled_at is not None and boot_seconds() - self._cancelled_at >= _CANCEL_SECONDS:
            self._kill_recorder()
        if self._ended or self._recorder is None or self._closing:
            return
        if not self.claimed.adapter.is_idle(self._position.adapter_state):
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = boot_seconds()
        elif boot_seconds() - self._idle_since >= _IDLE_SECONDS:
            self._close_agent()

    def _ours(self, execution: Execution | None) -> Execution | None:
        """Return it, unless it is over or claimed anew: then this follower writes nothing more, and is dropped."""
        if execution is not None and not execution.status.over and execution.fence == self.claimed.fence:
            return execution
        self.over = True
        # A newer claim in the same name is another process's, which goes on with the same run.
        owner = self.claimed.execution.owner
        self.lost = execution is None or execution.status.over or execution.owner != owner
        return None

    def close(self) -> None:
        """Let go of the files. The run goes on."""
        self._stdout.close()
        self._stderr.close()

    # ---- journal → store --------------------------------------------------------------------------------------

    def _open_tails(self) -> None:
        run, position = self.claimed.run, self._position
        limit = position.line_bytes
        self._stdout = Tail(run.stdout, position.stdout_offset, part=position.stdout_part, line_bytes=limit)
        self._stderr = Tail(run.stderr, position.stderr_offset, part=position.stderr_part, line_bytes=limit)

    def _look_back(self) -> None:
        """Remember how much was written before we read."""
        alive = self._recorder is not None and self._recorder.is_alive()
        with self._database.read() as connection:
            last = log_store.read_before(connection, self._execution.id, self._position.head + 1, 1)
        self._backlog = Backlog(
            self.claimed.run,
            alive=alive,
            started_at=self._execution.started_at,
            last_stored=last[0].timestamp if last else None,
        )

    def _take_in(self, stream: Stream) -> bool:
        tail = self._stdout if stream is Stream.STDOUT else self._stderr
        lines, more = tail.read()
        if not lines and not more and self._ended:
            lines = tail.rest()
        if lines:
            crash_point(CrashPoint.READ)
            timed = self._backlog.timed(stream, lines)
            adapter, position, cap = self.claimed.adapter, self._position, self._cap_bytes
            batch = take_in(adapter, position, stream, timed, part=tail.part, cap_bytes=cap)
            crash_point(CrashPoint.PARSED)
            self._submit(batch)
        return bool(lines) or more

    def _submit(self, batch: Batch, extra: Callable[[Connection], None] | None = None) -> "Future[Status | None]":
        def write(connection: Connection) -> Status | None:
            if extra is not None:
                extra(connection)
            moved = commit(connection, self._execution, self.claimed.fence, batch, utc_now())
            if extra is not None:
                moved = settle_waiting(connection, self._execution.id, self.claimed.fence) or moved
            crash_point(CrashPoint.ENTRIES_WRITTEN)
            return moved

        self._position = batch.after
        weight = _IN_FLIGHT if batch.size >= _HUGE_BYTES else 1
        with self._lock:
            self._in_flight += weight
        future = self._database.submit(write, entries=len(batch.entries))
        future.add_done_callback(lambda done: self._committed(done, batch, weight))
        return future

    def _committed(self, done: "Future[Status | None]", batch: Batch, weight: int) -> None:
        """After the commit, in the writer's thread: wake the readers, then the loop."""
        failure = done.exception()
        with self._lock:
            self._in_flight -= weight
            if failure is not None:
                self._note_failure(failure)
            elif self._failure is None:
                self._retry_seconds = _FIRST_RETRY_SECONDS
        if failure is None:
            crash_point(CrashPoint.COMMITTED)
            if done.result() is Status.WAITING:
                crash_point(CrashPoint.QUESTION_STORED)
            self._publish(batch, moved=done.result() is not None)
            crash_point(CrashPoint.WOKEN)
        self._wake()

    def _note_failure(self, failure: BaseException) -> None:
        """Remember the first failure, and when to try again. Called with the lock held."""
        if self._failure is not None:
            return
        self._failure = failure
        if not isinstance(failure, LostClaimError | _UnheardError):
            self._retry_at = boot_seconds() + self._retry_seconds
            self._retry_seconds = min(2 * self._retry_seconds, _RETRY_SECONDS)

    def _publish(self, batch: Batch, *, moved: bool) -> None:
        execution = self._execution
        if batch.entries:
            self._feed.publish_entries(execution.public_id, batch.entries)
        if moved or batch.signals:
            self._feed.publish_execution(execution.public_id)
        self._feed.publish_card(self.claimed.project_id, execution.card_id)

    def _publish_what_stands(self) -> None:
        """Let everybody read anew: something may have been stored whose answer was lost."""
        self._feed.forget(self._execution.public_id)
        self._feed.publish_entries(self._execution.public_id, [])
        self._feed.publish_execution(self._execution.public_id)
        self._feed.publish_card(self.claimed.project_id, self._execution.card_id)

    def _recover_from(self, failure: BaseException) -> bool:
        """Go on where the store stands, if the execution is still ours; nothing is in flight now."""
        if not isinstance(failure, StorageError | LostClaimError | _UnheardError):
            _logger.error("Writing the log of execution %s failed: %s", self._execution.public_id, failure)
        with self._database.read() as connection:
            execution = self._ours(store.get_execution_by_key(connection, self._execution.id))
        self._publish_what_stands()
        if execution is None:
            return False
        self.close()
        self._execution, self._failure = execution, None
        self._delivery.forget()
        self._position = stored_position(execution, self.claimed.adapter, line_bytes=self._line_bytes)
        self._open_tails()
        self._look_back()
        return True

    # ---- user → agent -----------------------------------------------------------------------------------------

    def _cancel(self) -> None:
        if self._cancelled_at is None and self._recorder is not None:
            self._cancelled_at = boot_seconds()
            crash_point(CrashPoint.CANCEL_SEEN)
            self._recorder.send(signal.SIGTERM)
            self._recorder.send(signal.SIGCONT)  # a recorder that somebody stopped would never hear of it
            crash_point(CrashPoint.CANCEL_SENT)

    def _kill_recorder(self) -> None:
        """Take over from a recorder that can't end its run: once it is seen to be gone, its tree is killed by us."""
        if self._recorder is not None and not self._ended:
            self._recorder.send(signal.SIGKILL)

    def _close_agent(self) -> None:
        if self._recorder is None:
            return
        # Stored before the signal: after a crash in between, the end is still known to be ours. In one transaction
        # with the look for messages: one that is sent later is refused, for nobody would hear it.
        if not self._position.closed_by_us:
            closing = note(replace(self._position, closed_by_us=True), [], utc_now())
            try:
                self._submit(closing, self._refuse_unheard).result()
            except (LostClaimError, _UnheardError):
                return  # step() finds out who has it, or goes on where it stood
        self._closing = True
        crash_point(CrashPoint.CLOSING_STORED)
        self._recorder.send(signal.SIGTERM)
        crash_point(CrashPoint.CLOSING_SENT)

    def _refuse_unheard(self, connection: Connection) -> None:
        # Locked first: where several processes write, a message may be on its way into the store just now.
        store.lock_execution(connection, self._execution.id)
        if message_store.list_undelivered(connection, self._execution.id):
            raise _UnheardError

    # ---- the end ----------------------------------------------------------------------------------------------

    def _come_back(self) -> None:
        """Mark in the log that a worker is back, and how much it had missed."""
        self._is_back = True
        alive = self._recorder is not None and self._recorder.is_alive() and self.claimed.run.end() is None
        self._caught_up = self._position.head - self._head_found
        self._submit(note(self._position, [marker(alive=alive, caught_up=self._caught_up)], utc_now()))
        crash_point(CrashPoint.CAME_BACK)
        if alive:
            self._tell(RecoveryOutcome.CONTINUED)

    def _tell(self, outcome: RecoveryOutcome, reason: str | None = None) -> None:
        if self._report is not None:
            self._report.add(self._execution, outcome, caught_up=self._caught_up, reason=reason)

    def _see_end(self) -> bool:
        """Look whether the run has ended. True: it has, and what it wrote last is still to be taken in."""
        if self._recorder is None:
            self._recorder = self.claimed.run.recorder()
        alive = self._recorder is not None and self._recorder.is_alive()
        # In this order: a recorder writes the end before it dies.
        self._end = self.claimed.run.end()
        if self._end is None and alive:
            return False
        if self._end is None and not kill_tree(self.claimed.run):
            return False  # not before the last process is gone; the next tick tries again
        crash_point(CrashPoint.END_SEEN)
        self._ended = True
        return True

    def _settle(self) -> None:
        crash_point(CrashPoint.JOURNAL_DRAINED)
        now = utc_now()
        settlement = Settlement(
            execution=self._execution,
            fence=self.claimed.fence,
            adapter=self.claimed.adapter,
            position=self._position,
            end=self._end,
            lost=None if self._end else loss_of(self._recorder),
            cut_off=self.claimed.run.cut_off(now),
            now=now,
        )
        try:
            batch, ending = self._database.write(settlement.write)
        except LostClaimError:
            # Somebody else's; or our own, settled by a write whose answer was lost.
            self._publish_what_stands()
            self.over = True
            return
        except StorageError as error:
            with self._lock:
                self._note_failure(error)
            return
        crash_point(CrashPoint.END_STORED)
        self._publish(batch, moved=True)
        if ending.status is Status.INTERRUPTED:
            self._tell(RecoveryOutcome.INTERRUPTED, ending.error)
        else:
            self._tell(RecoveryOutcome.SETTLED)
        self._feed.forget(self._execution.public_id)
        self.over = True
