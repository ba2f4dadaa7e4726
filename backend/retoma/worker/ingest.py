"""Lines become entries; entries, offsets, adapter state and head go into one fenced transaction."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from retoma.agents.adapter import (
    Acknowledged,
    Adapter,
    Parsed,
    PlanProposed,
    QuestionClosed,
    QuestionOpened,
    SessionStarted,
    Stream,
    UsageReported,
)
from retoma.agents.adapter import Signal as AgentSignal
from retoma.agents.raw import raw_entry
from retoma.core.crash import CrashPoint, crash_point
from retoma.core.entries import EntryDraft, EntryKind, EntryType, LogEntry
from retoma.core.json import JsonObject
from retoma.core.status import Status, Usage
from retoma.executions import message_store, request_store, store
from retoma.executions.model import Execution, Progress, Request, RequestState
from retoma.logs import store as log_store
from retoma.storage.connection import Connection
from retoma.worker.last_line import last_line
from retoma.worker.tail import LINE_BYTES, Line

_logger = logging.getLogger(__name__)

# A line with fewer opening brackets has nothing in it that is nested too deep.
_DEEP = 200
# The mark of what Retoma itself writes into a log; everything else is read out of the agent's journal.
_OURS: JsonObject = {"by": "retoma"}


class LostClaimError(Exception):
    """Another worker has this execution now, or it is over: nothing of the write was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far an execution has been taken in. The head and the offsets belong together."""

    head: int
    stdout_offset: int
    stderr_offset: int
    stdout_part: int  # parts given out of an unfinished line that was too long (worker/tail.py)
    stderr_part: int
    adapter_state: JsonObject
    requests: int  # how many questions the agent has asked
    plan: str | None
    last_line: str | None
    usage: Usage | None
    session_started: bool
    closed_by_us: bool
    line_bytes: int = LINE_BYTES  # the longest line of this run that is not cut; as it was set when the run began
    capped_at: tuple[int, int] | None = None  # where the log's cap set in: the offsets in stdout and stderr

    def stored(self) -> Progress:
        """Return what is stored of this."""
        return Progress(
            head_sequence=self.head,
            journal_offset=self.stdout_offset,
            stderr_offset=self.stderr_offset,
            adapter_state={
                "adapter": self.adapter_state,
                "parts": [self.stdout_part, self.stderr_part],
                "requests": self.requests,
                "plan": self.plan,
                "sessionStarted": self.session_started,
                "closedByUs": self.closed_by_us,
                "lineBytes": self.line_bytes,
                "cappedAt": self.capped_at,
            },
            last_line=self.last_line,
            usage=self.usage,
        )


def stored_position(execution: Execution, adapter: Adapter, *, line_bytes: int = LINE_BYTES) -> Position:
    """Return where the taking in of `execution` stands in the store; `line_bytes` is for one that has not begun."""
    state = execution.adapter_state or {}
    parts = state.get("parts") or [0, 0]
    inner = state.get("adapter")
    capped = state.get("cappedAt")
    assert isinstance(parts, list)  # noqa: S101 - written by Position.stored
    assert capped is None or isinstance(capped, list)  # noqa: S101 - as above
    return Position(
        head=execution.head_sequence,
        stdout_offset=execution.journal_offset,
        stderr_offset=execution.stderr_offset,
        stdout_part=int(parts[0]),
        stderr_part=int(parts[1]),
        adapter_state=inner if isinstance(inner, dict) else adapter.start_state(),
        requests=int(str(state.get("requests", 0))),
        plan=execution.proposed_plan,
        last_line=execution.last_line,
        usage=execution.usage,
        session_started=execution.has_session,
        closed_by_us=execution.is_closing,
        line_bytes=int(str(state.get("lineBytes", line_bytes))),
        capped_at=None if capped is None else (int(capped[0]), int(capped[1])),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One transaction's worth: entries, what they signal, and the position behind them."""

    entries: Sequence[LogEntry]
    signals: Sequence[tuple[AgentSignal, int]]  # with the sequence of the entry that shows it
    before: Position
    after: Position

    @property
    def size(self) -> int:
        """How many bytes of the journal it takes in."""
        before, after = self.before, self.after
        return after.stdout_offset - before.stdout_offset + after.stderr_offset - before.stderr_offset


def take_in(
    adapter: Adapter,
    position: Position,
    stream: Stream,
    lines: Sequence[tuple[Line, datetime]],
    *,
    part: int,
    cap_bytes: int = 0,
) -> Batch:
    """Read `lines` of one stream; `part` is the tail's count behind them (see Position).

    Behind `cap_bytes` of both streams (0 = no cap) lines are read for what they signal; of their entries only the
    agent's questions and its results are kept.
    """
    entries: list[LogEntry] = []
    signals: list[tuple[AgentSignal, int]] = []
    head, state, capped_at = position.head, position.adapter_state, position.capped_at
    is_stdout = stream is Stream.STDOUT
    start, other = position.stdout_offset, position.stderr_offset
    if not is_stdout:
        start, other = other, start
    for line, moment in lines:
        if capped_at is None and cap_bytes and line.end + other > cap_bytes:
            capped_at = (start, other) if is_stdout else (other, start)
            head += 1
            entries.append(_cap_entry(head, moment, cap_bytes, capped_at))
        start = line.end
        if line.part:
            drafts: Sequence[EntryDraft] = [_part_entry(stream, line)] if capped_at is None else ()
        else:
            parsed = _parse(adapter, stream, line, state)
            state, drafts = parsed.state, parsed.entries
            if capped_at is not None:
                drafts = [draft for draft in drafts if _outlasts_the_cap(draft)]
            if parsed.signals:  # few lines have any
                signals += [(signal, head + max(1, len(drafts))) for signal in parsed.signals]
        for draft in drafts:
            head += 1
            entries.append(LogEntry(head, moment, draft.type, draft.kind, draft.content, draft.data))
    after = replace(position, head=head, adapter_state=state, capped_at=capped_at)
    after = _after_signals(after, signals, entries)
    if lines and is_stdout:
        after = replace(after, stdout_offset=start, stdout_part=part)
    elif lines:
        after = replace(after, stderr_offset=start, stderr_part=part)
    return Batch(entries=entries, signals=signals, before=position, after=after)


def _outlasts_the_cap(draft: EntryDraft) -> bool:
    """Whether an entry is kept behind the cap: a question, or the result of a turn. An end is judged without it."""
    return draft.kind is EntryKind.REQUEST or (draft.data is not None and draft.data.get("final") is True)


def _cap_entry(sequence: int, moment: datetime, cap_bytes: int, capped_at: tuple[int, int]) -> LogEntry:
    text = (
        f"This log has reached its limit of {cap_bytes >> 20} MiB (RETOMA_LOG_CAP_MIB). What the agent writes from "
        "here on is kept in its journal only (the raw output). The run goes on; its questions, its results and its end "
        "are still shown."
    )
    data: JsonObject = {"by": "retoma", "capBytes": cap_bytes, "cappedAt": list(capped_at)}
    return LogEntry(sequence, moment, EntryType.WARNING, EntryKind.SYSTEM, text, data)


def _parse(adapter: Adapter, stream: Stream, line: Line, state: JsonObject) -> Parsed:
    """Let the adapter read a line. It promises never to raise; were it to break that, the run must not stop for it."""
    try:
        parsed = adapter.parse(stream, line.content, state)
    except Exception:
        _logger.exception("The adapter %s failed on a line; it is kept as it came", adapter.name)
    else:
        if not _is_too_deep(line.content, parsed):
            return parsed
    return Parsed((raw_entry(stream, line.content),), (), state)


def _is_too_deep(line: bytes, parsed: Parsed) -> bool:
    """Whether an entry's data is nested deeper than we can write it: 254 levels (orjson's), a few of them ours."""
    if line.count(b"{") + line.count(b"[") < _DEEP:  # nearly all lines: nothing in them can be
        return False
    try:
        orjson.dumps([[[[[draft.data for draft in parsed.entries]]]]])
    except TypeError:
        return True
    return False


def note(position: Position, drafts: Sequence[EntryDraft], moment: datetime) -> Batch:
    """Return a batch of entries of our own, which come from no journal: `data.by` says so."""
    entries = [
        LogEntry(position.head + index, moment, draft.type, draft.kind, draft.content, {**(draft.data or {}), **_OURS})
        for index, draft in enumerate(drafts, start=1)
    ]
    after = _after_signals(replace(position, head=position.head + len(entries)), [], entries)
    return Batch(entries=entries, signals=[], before=position, after=after)


def is_own(entry: LogEntry) -> bool:
    """Whether an entry comes from `note`: Retoma's own."""
    return entry.data is not None and entry.data.get("by") == _OURS["by"]


def commit(connection: Connection, execution: Execution, fence: int, batch: Batch, now: datetime) -> Status | None:
    """Store a batch. Returns the status that it moved the execution to, or None. LostClaimError: nothing was stored."""
    progress = batch.after.stored()
    if not store.advance(connection, execution.id, fence=fence, old_head=batch.before.head, progress=progress):
        raise LostClaimError
    crash_point(CrashPoint.HEAD_MOVED)
    if batch.entries:
        log_store.append(connection, execution.id, batch.entries)
    if not batch.signals:
        return None
    asked = batch.before.requests
    for signal, sequence in batch.signals:
        if isinstance(signal, QuestionOpened):
            asked += 1
            if request_store.is_known(connection, execution.id, signal.key):
                continue  # asked twice under one name: one answer is for both
            request_store.insert_request(connection, _request(execution.id, asked, signal, sequence, now))
        elif isinstance(signal, QuestionClosed):
            request_store.withdraw(connection, execution.id, signal.key)
        elif isinstance(signal, Acknowledged):
            message_store.acknowledge(connection, execution.id, signal.key, now)
    return settle_waiting(connection, execution.id, fence)


def settle_waiting(connection: Connection, execution_id: int, fence: int) -> Status | None:
    """Let the status say whether a question is open. Returns the status where it moved, else None."""
    is_open = bool(request_store.list_requests(connection, [execution_id], open_only=True))
    to, source = (Status.WAITING, Status.RUNNING) if is_open else (Status.RUNNING, Status.WAITING)
    moved = store.move(connection, execution_id, to, fence=fence, sources=frozenset({source}))
    return to if moved else None


def _after_signals(position: Position, signals: Sequence[tuple[AgentSignal, int]], entries: list[LogEntry]) -> Position:
    requests, plan, usage, started = position.requests, position.plan, position.usage, position.session_started
    for signal, sequence in signals:
        if isinstance(signal, QuestionOpened):
            requests += 1
            _number_request(entries, sequence, requests)
        elif isinstance(signal, PlanProposed):
            plan = signal.text
        elif isinstance(signal, UsageReported):
            usage = signal.usage
        elif isinstance(signal, SessionStarted):
            started = True
        else:
            assert isinstance(signal, QuestionClosed | Acknowledged)  # noqa: S101 - all there are
    return replace(
        position,
        requests=requests,
        plan=plan,
        usage=usage,
        session_started=started,
        last_line=last_line(entries) or position.last_line,
    )


def _number_request(entries: list[LogEntry], sequence: int, n: int) -> None:
    """Write the question's number into the entry that shows it, so that a reader of the log finds the question."""
    for index in range(len(entries) - 1, -1, -1):
        if entries[index].sequence == sequence:
            entries[index] = entries[index]._replace(data={**(entries[index].data or {}), "request": n})
            return


def _part_entry(stream: Stream, line: Line) -> EntryDraft:
    draft = raw_entry(stream, line.content)
    data = {**(draft.data or {}), "part": line.part, "lastPart": line.last}
    return EntryDraft(EntryType.WARNING, EntryKind.RAW, draft.content, data)


def _request(execution_id: int, n: int, asked: QuestionOpened, sequence: int, now: datetime) -> Request:
    return Request(
        execution_id=execution_id,
        n=n,
        key=asked.key,
        sequence=sequence,
        question=asked.text,
        tool=asked.tool,
        input=asked.input,
        state=RequestState.OPEN,
        decision=None,
        message=None,
        created_at=now,
        answered_at=None,
        delivered_at=None,
    )
