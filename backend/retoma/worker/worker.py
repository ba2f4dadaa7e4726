"""The worker: what it takes, how it begins it, and the steps that the engine calls."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from retoma.agents.registry import get_adapter
from retoma.cards import service as cards
from retoma.cards import store as card_store
from retoma.core.clock import boot_seconds, utc_now
from retoma.core.crash import CrashPoint, crash_point
from retoma.core.errors import AppError, StorageError
from retoma.core.status import Status
from retoma.engine.port import Engine
from retoma.executions import claim_store, store
from retoma.executions.model import Execution, Recovery
from retoma.live.feed import Feed
from retoma.pipeline.advance import advance_card
from retoma.retention.sweep import Sweeper
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.worker.follower import Claimed, Follower
from retoma.worker.ingest import LostClaimError, stored_position
from retoma.worker.intake import Intake
from retoma.worker.loop import Loop
from retoma.worker.presence import Presence
from retoma.worker.recovery import RecoveryReport
from retoma.worker.rundir import RunDirectory
from retoma.worker.runner import Runner, reason
from retoma.worker.settle import fail
from retoma.worker.strays import end_stray, end_strays

_logger = logging.getLogger(__name__)

# A run whose recorder has not come up so long (seconds, since boot) after this worker saw it first never will.
_START_DEADLINE = 45.0


class Worker:
    """Carries out the executions of one machine. See engine.port.Steps for what the engine calls."""

    def __init__(
        self,
        database: Database,
        feed: Feed,
        settings: Settings,
        *,
        name: str,
        sweeper: Sweeper,
        announce: Callable[[Recovery], None] = lambda _: None,
    ) -> None:
        """`announce` hears once what the start found, when all of it is caught up; from any thread."""
        self._database, self._feed, self._settings = database, feed, settings
        self.name = name
        self._runner = Runner(database, settings)
        self._sweeper = sweeper
        self._announce = announce
        self._report = RecoveryReport(database, worker=name, announce=self._tell_recovery)
        self._presence = Presence(database, name=name, lease=timedelta(seconds=settings.lease))
        self._intake = Intake(database, self._presence, name=name, room=settings.concurrency, take_up=self._take_up)
        self._engine: Engine | None = None
        self._loop = Loop(sweep=self._sweep, drop=self._drop, ask=self._intake.ring)
        self._lock = threading.Lock()
        self._beginning: set[str] = set()
        self._starting_since: dict[str, float] = {}

    # ---- life -------------------------------------------------------------------------------------------------

    def start(self, engine: Engine) -> None:
        """Take up what an earlier worker left, then follow. Called before the engine starts to hand out steps."""
        self._engine = engine
        self._presence.begin()
        found = [
            execution
            for execution in self.going_on()
            if execution.status is not Status.QUEUED and self._run_directory(execution).recorder() is not None
        ]
        self._report.begin(found)
        crash_point(CrashPoint.RECOVERY_BEGUN)
        for execution in found:
            if not self._take_up(execution, report=self._report):
                self._report.leave_out(execution.public_id)
        end_strays(self._database, self._settings.runs)
        self._loop.start()
        self._intake.start(engine)

    def reconcile(self) -> None:
        """Bring the engine in line with the rows, which are the truth. Called once the engine has started."""
        engine = self._known_engine()
        with self._database.read() as connection:
            rows = {public_id: store.get_execution(connection, public_id) for public_id in engine.pending()}
        for public_id, execution in rows.items():
            if not self._is_mine(execution):
                engine.ended(public_id)
        for execution in self.going_on():
            engine.enqueue(execution.public_id)

    def stop(self) -> None:
        """End the loop. The runs go on."""
        self._sweeper.stop()
        self._intake.stop()
        self._loop.stop()
        with suppress(StorageError):  # what it has stays in the rows, and it comes back for that
            self._presence.end()

    @property
    def alive(self) -> bool:
        """Whether the loop goes on."""
        return self._loop.alive

    @property
    def superseded(self) -> bool:
        """Whether it has ended because another process is the worker of its name now."""
        return self._presence.superseded

    def going_on(self) -> Sequence[Execution]:
        """Return the executions that this worker has and that are not over, the oldest first."""
        with self._database.read() as connection:
            return store.list_unfinished(connection, owner=self.name)

    def poke(self, public_id: str) -> None:
        """Say that a user has asked for something on this execution (a start, a cancel, an answer). From any thread."""
        self._loop.poke(public_id)

    # ---- the engine's steps -----------------------------------------------------------------------------------

    def begin(self, public_id: str) -> bool:
        """See engine.port.Steps."""
        with self._begins(public_id) as is_first:
            return self._begin(public_id) if is_first else True

    def is_over(self, public_id: str) -> bool:
        """See engine.port.Steps."""
        with self._database.read() as connection:
            execution = store.get_execution(connection, public_id)
        return not self._is_mine(execution)

    def finish(self, public_id: str) -> None:
        """See engine.port.Steps."""
        with self._database.read() as connection:
            execution = store.get_execution(connection, public_id)
        if execution is None:
            return
        crash_point(CrashPoint.FINISHING)
        if self._database.write(lambda connection: advance_card(connection, execution, utc_now())):
            self._publish_card(execution)
        crash_point(CrashPoint.FINISHED)

    def sweep(self) -> None:
        """See engine.port.Steps."""
        try:
            self._sweeper.sweep()
        except (AppError, OSError) as error:
            _logger.warning("A sweep came to no good end; the next one goes on: %s", reason(error))

    def _begin(self, public_id: str) -> bool:
        with self._database.read() as connection:
            execution = store.get_execution(connection, public_id)
        if execution is not None and execution.status.over:
            self._publish(execution)  # its end may have been stored by a write whose answer was lost
            return False
        claimed = None if execution is None else self._claim(execution)
        if claimed is None:
            return False
        if claimed.execution.lost_worker is not None:
            self._follow(claimed)  # to its end: it was begun elsewhere, and is not begun again
            return True
        try:
            started = self._runner.start(claimed)
        except StorageError:
            raise  # for a moment: the engine calls again
        except Exception as error:
            _logger.info("Execution %s could not be started", public_id, exc_info=error)
            if claimed.run.recorder() is not None:
                self._follow(claimed)  # it had come up, and may have done something: its end is judged like any other
                return True
            self._fail(claimed, reason(error))
            return False
        if started:
            self._publish(claimed.execution)
            self._follow(claimed)
            crash_point(CrashPoint.FOLLOWED)
        return started

    # ---- taking and dropping executions -----------------------------------------------------------------------

    @contextmanager
    def _begins(self, public_id: str) -> Iterator[bool]:
        """Yield whether nobody else of this process has this execution, or is about to: two claims would be rivals."""
        with self._lock:
            is_first = public_id not in self._loop and public_id not in self._beginning
            if is_first:
                self._beginning.add(public_id)
        try:
            yield is_first
        finally:
            if is_first:
                with self._lock:
                    self._beginning.discard(public_id)

    def _claim(self, execution: Execution) -> Claimed | None:
        lease_until = self._presence.lease_until()
        fence = self._database.write(
            lambda connection: claim_store.claim(connection, execution.id, owner=self.name, lease_until=lease_until)
        )
        if fence is None:
            return None
        crash_point(CrashPoint.CLAIMED)
        with self._database.read() as connection:
            latest = store.get_execution_by_key(connection, execution.id)
            card = cards.get_card(connection, execution.card_id)
        if latest is None:
            return None
        return Claimed(
            execution=latest,
            fence=fence,
            project_id=card.project_id,
            adapter=get_adapter(latest.agent),
            run=self._run_directory(latest),
        )

    def _take_up(self, execution: Execution, *, report: RecoveryReport | None = None) -> bool:
        with self._begins(execution.public_id) as is_first:
            claimed = self._claim(execution) if is_first else None
            if claimed is not None:
                self._follow(claimed, report=report)
        return claimed is not None

    def _follow(self, claimed: Claimed, *, report: RecoveryReport | None = None) -> None:
        public_id = claimed.execution.public_id
        follower = Follower(
            claimed, self._database, self._feed, self._settings, lambda: self._loop.wake(public_id), report=report
        )
        self._loop.add(public_id, follower)

    def _fail(self, claimed: Claimed, sentence: str) -> None:
        execution = claimed.execution
        with self._database.read() as connection:
            latest = store.get_execution_by_key(connection, execution.id) or execution
        position = stored_position(latest, claimed.adapter)
        try:
            batch = self._database.write(
                lambda connection: fail(connection, latest, claimed.fence, position, sentence, utc_now())
            )
        except LostClaimError:
            return  # cancelled meanwhile
        self._feed.publish_entries(execution.public_id, batch.entries)
        self._feed.forget(execution.public_id)
        self._publish(execution)

    def _drop(self, follower: Follower) -> None:
        execution = follower.claimed.execution
        self._report.leave_out(execution.public_id)
        crash_point(CrashPoint.END_SHOWN)
        if follower.lost:
            # What is kept of it in memory is not the newest any more.
            self._feed.forget(execution.public_id)
            self._feed.publish_execution(execution.public_id)
            end_stray(execution.public_id, follower.claimed.run)
        self._intake.ring()
        self._known_engine().ended(execution.public_id)
        crash_point(CrashPoint.ENGINE_TOLD)

    def _sweep(self) -> None:
        """Renew the lease, and look for what no event told: unheard wishes, runs that never came up."""
        self._presence.renew()
        if self._presence.superseded:
            self._loop.end()
            return
        self._loop.attend_all()  # also of what is this worker's no more
        starting: dict[str, float] = {}
        for execution in self.going_on():
            public_id = execution.public_id
            is_idle = public_id not in self._loop and public_id not in self._beginning
            if is_idle and execution.status is not Status.QUEUED:
                starting[public_id] = self._starting_since.get(public_id, boot_seconds())
                overdue = boot_seconds() - starting[public_id] > _START_DEADLINE
                if overdue or self._run_directory(execution).recorder() is not None:
                    self._take_up(execution)
        self._starting_since = starting

    # ---- small things -----------------------------------------------------------------------------------------

    def _is_mine(self, execution: Execution | None) -> bool:
        return execution is not None and not execution.status.over and execution.owner == self.name

    def _run_directory(self, execution: Execution) -> RunDirectory:
        return RunDirectory(self._settings.runs / execution.public_id)

    def _publish(self, execution: Execution) -> None:
        self._feed.publish_execution(execution.public_id)
        self._publish_card(execution)

    def _tell_recovery(self, recovery: Recovery) -> None:
        # A board that read the report before it was complete reads it again at the next frame: this is the one.
        with self._database.read() as connection:
            found = card_store.list_cards(connection, card_ids=[run.card_id for run in recovery.runs])
        for card in found:
            self._feed.publish_card(card.project_id, card.id)
        self._announce(recovery)

    def _publish_card(self, execution: Execution) -> None:
        with self._database.read() as connection:
            card = cards.get_card(connection, execution.card_id)
        self._feed.publish_card(card.project_id, card.id)

    def _known_engine(self) -> Engine:
        assert self._engine is not None  # noqa: S101 - set by start(), which comes first
        return self._engine
