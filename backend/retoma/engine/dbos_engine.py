"""The engine on DBOS Transact (MIT core, public API only). Nothing outside this package knows that it is there.

One durable workflow per execution and worker, its id made from both, so that a repeated enqueue is harmless:
begin (a step) → wait for "ended" (no thread) → finish (a step). A workflow that a crash cut off goes on at the next
start from the step it was in.

Several workers on one PostgreSQL share nothing here. Each has an executor id, a queue and workflows of its own: DBOS
puts what it recovers back into the queue, and from a shared one another worker would take it. What nobody has yet
waits in its row, where a worker takes it (worker/intake.py).

A sweep is a workflow of one step, enqueued every so often by the clock that counts since boot. DBOS's own schedules go
by the wall clock: after a jump they would catch up thousands of sweeps, or make none for days. What has come to its end
is deleted a while later, or the engine's tables would only grow.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID, error

from retoma.engine.port import Steps

# By default DBOS hashes the workflow's source: after an upgrade it would neither recover nor dequeue older work.
_VERSION = "1"
_TOPIC = "ended"
_UNDER_WAY = frozenset({"PENDING", "ENQUEUED"})
_OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
# DBOS polls: 0.1 s costs 6 % of a core, the default of 1 s up to 2 s before a start.
_POLL_SECONDS = 0.5
# A lost "ended" is made good at the next start; this is the net for one lost without a restart.
_LOOK_AGAIN_SECONDS = 3600
# How often a step that failed is tried again, and how many times: for years.
_RETRY_SECONDS = 2.0
_FOR_EVER = 10**8
# The first sweep comes soon after the start: some run Retoma for minutes a day.
_FIRST_SWEEP_SECONDS = 20.0
# How long a workflow that is over is kept, and how many are deleted in one go.
_KEPT = timedelta(hours=1)
_DELETED_AT_ONCE = 200

_logger = logging.getLogger(__name__)


class DbosEngine:
    """See port.Engine. One per process: DBOS itself is one."""

    def __init__(
        self, url: str, *, steps: Steps, executor: str, concurrency: int, sweep_seconds: float, kept: timedelta = _KEPT
    ) -> None:
        """`sweep_seconds`: from the beginning of one sweep to the next. `kept`: how long ended workflows are kept."""
        # Not for users: they see an execution's own row; what DBOS logs is for who looks for a fault.
        for name in ("dbos", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        DBOS(
            config={
                "name": "retoma",
                "system_database_url": url,
                "executor_id": executor,
                "application_version": _VERSION,
                "log_level": "WARNING",
                "notification_listener_polling_interval_sec": _POLL_SECONDS,
            }
        )
        self._executor = executor
        self._queue = f"executions of {executor}"
        self._sweeps = f"sweeps of {executor}"
        self._execute, self._sweep = self._register(steps)
        self._concurrency = concurrency
        self._sweep_seconds, self._kept = sweep_seconds, kept
        self._closing = threading.Event()
        self._timer = threading.Thread(target=self._sweep_again_and_again, name="retoma-sweeps", daemon=True)

    def start(self) -> None:
        """Take up what an earlier process left, and begin to take from the queue."""
        DBOS.listen_queues([self._queue, self._sweeps])
        DBOS.launch()
        for queue, concurrency in ((self._queue, self._concurrency), (self._sweeps, 1)):
            DBOS.register_queue(
                queue,
                worker_concurrency=concurrency,
                polling_interval_sec=_POLL_SECONDS,
                on_conflict="always_update",
            )
        self._timer.start()

    def enqueue(self, public_id: str) -> None:
        """See port.Engine."""
        if self._enqueue(public_id) not in _UNDER_WAY:
            # It came to its end, and the execution did not: it was lost to another worker for a while, or failed.
            DBOS.delete_workflow(self._workflow_id(public_id))
            self._enqueue(public_id)

    def _enqueue(self, public_id: str) -> str:
        with SetWorkflowID(self._workflow_id(public_id)):
            handle = DBOS.enqueue_workflow(self._queue, self._execute, public_id)
        return handle.get_status().status

    def ended(self, public_id: str) -> None:
        """See port.Engine."""
        # One that was taken over, or taken up again, may have none.
        with contextlib.suppress(error.DBOSNonExistentWorkflowError):
            DBOS.send(self._workflow_id(public_id), public_id, _TOPIC)

    def pending(self) -> Sequence[str]:
        """Return the public ids of all executions whose workflow is not at its end."""
        workflows = DBOS.list_workflows(
            status=sorted(_UNDER_WAY), queue_name=self._queue, load_output=False, load_input=False
        )
        before, behind = self._workflow_id("\0").split("\0")
        return [workflow.workflow_id.removeprefix(before).removesuffix(behind) for workflow in workflows]

    def close(self) -> None:
        """See port.Engine."""
        self._closing.set()
        if self._timer.is_alive():
            self._timer.join()
        # That workflows are cut off is what closing is for: they go on at the next start.
        logging.getLogger("dbos").setLevel(logging.ERROR)
        with contextlib.suppress(Exception):
            DBOS.destroy(destroy_registry=True)

    def _sweep_again_and_again(self) -> None:
        pause = min(_FIRST_SWEEP_SECONDS, self._sweep_seconds)
        while not self._closing.wait(pause):
            pause = self._sweep_seconds
            try:
                self._enqueue_sweep()
                self._delete_ended()
            except Exception as error:  # noqa: BLE001 - the loop's edge: its database may be away, and is asked again
                _logger.warning("The engine could not begin a sweep; trying again: %s", error)

    def _enqueue_sweep(self) -> None:
        # One that still waits, or goes on, is enough.
        with (
            contextlib.suppress(error.DBOSQueueDeduplicatedError),
            SetEnqueueOptions(deduplication_id=self._sweeps),
        ):
            DBOS.enqueue_workflow(self._sweeps, self._sweep)

    def _delete_ended(self) -> None:
        """Delete what came to its end a while ago, of whatever executor: one may never come back for its own."""
        before = (datetime.now(UTC) - self._kept).isoformat()
        while not self._closing.is_set():
            ended = DBOS.list_workflows(
                status=_OVER, completed_before=before, limit=_DELETED_AT_ONCE, load_output=False, load_input=False
            )
            if not ended:
                return
            DBOS.delete_workflows([workflow.workflow_id for workflow in ended])

    @staticmethod
    def _register(steps: Steps):  # type: ignore[no-untyped-def] # noqa: ANN205 - DBOS's own decorated type
        # A database that is away, or a full disk, must not leave an execution queued for ever: tried until it works.
        step = partial(
            DBOS.step, retries_allowed=True, max_attempts=_FOR_EVER, interval_seconds=_RETRY_SECONDS, backoff_rate=1.0
        )

        @step(name="begin")
        async def begin(public_id: str) -> bool:
            return await asyncio.to_thread(steps.begin, public_id)

        @step(name="is_over")
        async def is_over(public_id: str) -> bool:
            return await asyncio.to_thread(steps.is_over, public_id)

        @step(name="finish")
        async def finish(public_id: str) -> None:
            await asyncio.to_thread(steps.finish, public_id)

        @DBOS.workflow(name="execute")
        async def execute(public_id: str) -> None:
            if await begin(public_id):
                while not await is_over(public_id):
                    await DBOS.recv_async(_TOPIC, timeout_seconds=_LOOK_AGAIN_SECONDS)
            await finish(public_id)

        # Without retries: the next one is soon.
        @DBOS.step(name="sweep")
        async def sweep_step() -> None:
            await asyncio.to_thread(steps.sweep)

        @DBOS.workflow(name="sweep")
        async def sweep() -> None:
            await sweep_step()

        return execute, sweep

    def _workflow_id(self, public_id: str) -> str:
        return f"execution {public_id} by {self._executor}"
