"""The end of an execution, written once and last: status, times, result, evidence."""

import contextlib
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from retoma.agents.adapter import Adapter
from retoma.core.crash import CrashPoint, crash_point
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.core.ids import RESTORED_BOOT
from retoma.core.status import Command, Ending, Status
from retoma.executions import message_store, request_store, store
from retoma.executions.model import Execution
from retoma.pipeline.advance import keep_plan, plan_of
from retoma.storage.connection import Connection
from retoma.worker.environment import MARKER
from retoma.worker.ingest import Batch, LostClaimError, Position, commit, note
from retoma.worker.rundir import ProcessIdentity, RunDirectory, RunEnd, boot_id, find_processes

_TREE_SECONDS = 5.0
_CANCELLED = "Cancelled by the user."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """All that is known when the journal has been taken in to its end and no process is left.

    `end` is None where the recorder died before it could tell; `lost` then says what is known instead, and
    `cut_off` when that was, and after how many seconds.
    """

    execution: Execution
    fence: int
    adapter: Adapter
    position: Position
    end: RunEnd | None
    lost: "Loss | None"
    cut_off: tuple[datetime, float]
    now: datetime

    def write(self, connection: Connection) -> tuple[Batch, Ending]:
        """Store the end in one transaction with its closing entry; LostClaimError changes nothing."""
        latest = store.get_execution_by_key(connection, self.execution.id)
        wished = latest is not None and latest.cancel_requested_at is not None
        ending = self._judge(cancelled=wished)
        batch = note(self.position, _closing_entry(ending), self.now)
        commit(connection, self.execution, self.fence, batch, self.now)
        request_store.withdraw(connection, self.execution.id)
        message_store.give_up(connection, self.execution.id)
        completed, duration = self.cut_off if self.end is None else (self.end.completed_at, self.end.duration)
        if self.end is None and self.execution.lost_worker is not None and self.execution.started_at is not None:
            # Its files may be on another machine.
            duration = max(duration, (completed - self.execution.started_at).total_seconds())
        values = {
            "completed_at": after_start(self.execution, completed, duration),
            "duration": duration,
            "result": ending.result,
            "error": ending.error,
            "exit_code": None if self.end is None else self.end.exit.exit_code,
            "evidence": {**ending.evidence, "lastSequence": batch.after.head},
        }
        if not store.move(connection, self.execution.id, ending.status, values, fence=self.fence):
            raise LostClaimError
        if ending.status is Status.SUCCESS and self.execution.command is Command.PLAN:
            plan = plan_of(connection, self.execution, proposed=self.position.plan, last_words=ending.result)
            keep_plan(connection, self.execution.card_id, plan, self.now)
        crash_point(CrashPoint.END_WRITTEN)
        return batch, ending

    def _judge(self, *, cancelled: bool) -> Ending:
        agent_exit = None if self.end is None else self.end.exit
        ending = self.adapter.classify_end(
            self.position.adapter_state, agent_exit, closed_by_us=self.position.closed_by_us
        )
        worker = self.execution.lost_worker
        if worker is not None and ending.status is not Status.SUCCESS:
            sentence = f"The worker {worker}, which had this run, was lost."
            ending = replace(ending, status=Status.INTERRUPTED, error=sentence)
        elif self.lost is not None:
            error = ending.error
            if ending.status is Status.INTERRUPTED:
                # Of a restored board's run the agent's own end is not known to be one.
                rest = [] if self.lost is Loss.RESTORED else [ending.error or ""]
                error = " ".join([LOSSES[self.lost], *rest]).rstrip()
            ending = replace(ending, error=error, evidence={**ending.evidence, "lost": self.lost.value})
        if worker is not None:
            ending = replace(ending, evidence={**ending.evidence, "lostWorker": worker})
        # Where a lost worker's run left no exit file, it may live on another machine, and a restored board's in the
        # original: nothing proves that it is gone.
        may_live = self.end is None and (worker is not None or self.lost is Loss.RESTORED)
        if not cancelled or may_live:
            return ending
        return Ending(status=Status.CANCELLED, error=_CANCELLED, evidence=ending.evidence)


def after_start(execution: Execution, completed: datetime, duration: float) -> datetime:
    """Return `completed`, or the start and the duration where the wall clock was set back in between."""
    started = execution.started_at
    return completed if started is None else max(completed, started + timedelta(seconds=duration))


class Loss(StrEnum):
    """Why nobody could tell how a run ended."""

    NEVER_STARTED = "never-started"  # the run was committed to, and no recorder came up
    RESTORED = "restored"  # the board was restored from a backup; what the original's run came to is not known here
    REBOOTED = "rebooted"  # it ran under another boot of this machine
    RECORDER_GONE = "recorder-gone"  # killed; a process of the same number that started later is another one


LOSSES: Mapping[Loss, str] = {
    Loss.NEVER_STARTED: "The recorder of the run never came up.",
    Loss.RESTORED: "The run went on, and may still do so, on the board from whose backup this one was restored.",
    Loss.REBOOTED: "The machine was restarted in the middle of the run.",
    Loss.RECORDER_GONE: "The recorder of the run was killed.",
}


def loss_of(recorder: ProcessIdentity | None) -> Loss:
    """Return what is known of a run that has no exit file; `recorder` is who `run.json` names, None without one."""
    if recorder is None:
        return Loss.NEVER_STARTED
    if recorder.boot_id == RESTORED_BOOT:
        return Loss.RESTORED
    return Loss.RECORDER_GONE if recorder.boot_id == boot_id() else Loss.REBOOTED


def fail(
    connection: Connection, execution: Execution, fence: int, position: Position, sentence: str, now: datetime
) -> Batch:
    """Store that an execution could not be started, and why; LostClaimError changes nothing.

    Where the user had wished for its end, that is what it came to.
    """
    ending = Ending(status=Status.ERROR, error=sentence, evidence={"startError": sentence})
    if execution.cancel_requested_at is not None:
        ending = Ending(status=Status.CANCELLED, error=_CANCELLED, evidence=ending.evidence)
    batch = note(position, _closing_entry(ending), now)
    commit(connection, execution, fence, batch, now)
    started = execution.started_at or now
    values = {
        "started_at": started,
        "completed_at": max(now, started),
        "duration": 0.0,  # no agent ever worked
        "error": ending.error,
        "evidence": {**ending.evidence, "lastSequence": batch.after.head},
    }
    if not store.move(connection, execution.id, ending.status, values, fence=fence):
        raise LostClaimError
    return batch


def end_tree(run: RunDirectory) -> bool:
    """End every process of a run whose recorder is gone. True: none is left; False: some stayed for 5 s."""
    deadline = time.monotonic() + _TREE_SECONDS
    while not kill_tree(run):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)  # a killed process leaves no event to wait for: it is no child of ours
    return True


def kill_tree(run: RunDirectory) -> bool:
    """Kill every process of a run whose recorder is gone, and wait for none. True: there was none left to kill."""
    if not run.may_have_processes:
        return True
    found = find_processes(f"{MARKER}={run.path.name}")
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return not found


def _closing_entry(ending: Ending) -> list[EntryDraft]:
    if ending.status is Status.SUCCESS:
        return []  # the agent's own result says it
    words = {
        Status.CANCELLED: "Cancelled by the user; no process of the run is left.",
        Status.ERROR: f"The run failed: {ending.error}",
        Status.INTERRUPTED: f"The run was interrupted: {ending.error}",
    }
    entry_type = EntryType.WARNING if ending.status is Status.CANCELLED else EntryType.ERROR
    return [EntryDraft(entry_type, EntryKind.SYSTEM, words[ending.status], {"status": ending.status.value})]
