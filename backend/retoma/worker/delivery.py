"""What users say to an agent: stored first, written into its FIFO by one writer, acknowledged by the agent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from retoma.agents.adapter import Adapter, Answer, Decision
from retoma.core.crash import CrashPoint, crash_point
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.core.json import JsonObject
from retoma.executions import message_store, request_store
from retoma.executions.model import Message, MessageState, Request, RequestState
from retoma.storage.connection import Connection
from retoma.worker.inbox import AgentGoneError, TooLongError, write_lines
from retoma.worker.rundir import RunDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something that was just written to the agent: the entries that show it, and what is to be stored of it."""

    drafts: Sequence[EntryDraft]
    store: Callable[[Connection], None]


class Delivery:
    """Writes to one agent.

    What an earlier worker wrote and could not note is written again: agents take a repeat for one. What this one wrote
    is only noted again.
    """

    def __init__(self, adapter: Adapter, run: RunDirectory) -> None:
        self._adapter, self._run = adapter, run
        self._written: set[str] = set()
        self._noted: set[str] = set()  # what was handed in to be stored as written

    def messages(self, undelivered: Sequence[Message]) -> Iterator[Told]:
        """Write the messages that the agent has not been given since this worker follows it, in order."""
        for message in undelivered:
            if message.delivered_at is not None:  # an earlier worker gave it to the agent, which has acknowledged it
                yield from self._unnoted_messages([message])
                continue
            try:
                if not self._has_written(message.key, message.wire.encode()):
                    return  # what comes behind it waits, too: their order is the user's
            except TooLongError as error:
                if message.key not in self._noted:
                    self._noted.add(message.key)
                    yield Told(drafts=[_too_long("The message", error)], store=_nothing)
                continue
            crash_point(CrashPoint.MESSAGE_GIVEN)
            if message.state is MessageState.QUEUED and message.key not in self._noted:
                self._noted.add(message.key)
                yield _told_message(message)

    def answers(self, requests: Sequence[Request], now: datetime) -> Iterator[Told]:
        """Write the answers that the agent has not been given."""
        for request in requests:
            # Each answer on its own: one that did not fit opens its question again.
            key = f"{request.key} {request.answered_at}"
            waits = request.state is RequestState.ANSWERED and request.delivered_at is None
            if not waits or key in self._noted:
                continue
            decision = Decision(str(request.decision))
            answer = Answer(key=request.key, decision=decision, message=request.message, input=request.input)
            try:
                is_written = self._has_written(key, self._adapter.encode(answer))
            except TooLongError as error:
                self._noted.add(key)
                yield Told(drafts=[_too_long("The answer", error)], store=partial(_reopen, request))
                continue
            if is_written:
                crash_point(CrashPoint.ANSWER_GIVEN)
                self._noted.add(key)
                yield _told_answer(request, decision, now)

    def unnoted(self, messages: Sequence[Message], requests: Sequence[Request], now: datetime) -> Sequence[Told]:
        """Return what is still to be noted of a run that is over: answers, and messages that the agent has heard."""
        decided = [r for r in requests if r.state is RequestState.ANSWERED and r.delivered_at is None]
        fresh = [request for request in decided if f"{request.key} {request.answered_at}" not in self._noted]
        self._noted |= {f"{request.key} {request.answered_at}" for request in fresh}
        answers = [_told_answer(request, Decision(str(request.decision)), now) for request in fresh]
        return [*self._unnoted_messages(messages), *answers]

    def _unnoted_messages(self, messages: Sequence[Message]) -> Iterator[Told]:
        for message in messages:
            if message.delivered_at is not None and message.key not in self._noted:
                self._noted.add(message.key)
                yield _told_message(message)

    def forget(self) -> None:
        """Note anew: what was handed in may not have been stored."""
        self._noted.clear()

    def _has_written(self, key: str, lines: bytes) -> bool:
        """Write what was not written yet. False: it can't be written now."""
        if key not in self._written and self._write(lines):
            self._written.add(key)
        return key in self._written

    def _write(self, lines: bytes) -> bool:
        try:
            return write_lines(self._run.fifo, lines)
        except AgentGoneError:
            return False  # its end is on its way, and will be judged


def _told_message(message: Message) -> Told:
    # The prompt of a run is no entry: who started it knows it, and the execution has the user's part of it.
    drafts = []
    if message.n > 1:
        data: JsonObject = {"from": "user", "message": message.n}
        drafts.append(EntryDraft(EntryType.SYSTEM, EntryKind.MESSAGE, message.text, data))
    return Told(drafts=drafts, store=lambda connection: message_store.mark_written(connection, message))


def _told_answer(request: Request, decision: Decision, now: datetime) -> Told:
    words = "Allowed" if decision is Decision.ALLOW else "Denied"
    text = f"{words} by the user." + (f"\n{request.message}" if request.message else "")
    data: JsonObject = {"request": request.n, "decision": decision.value}
    return Told(
        drafts=[EntryDraft(EntryType.SYSTEM, EntryKind.REQUEST, text, data)],
        store=lambda connection: request_store.mark_answer_delivered(connection, request, now),
    )


def _too_long(what: str, error: TooLongError) -> EntryDraft:
    """Return the entry that says why words did not reach the agent; the run goes on, and can be cancelled."""
    text = f"{what} did not reach the agent, for its input has no room for it: {error}."
    return EntryDraft(EntryType.ERROR, EntryKind.SYSTEM, text)


def _reopen(request: Request, connection: Connection) -> None:
    request_store.reopen(connection, request)


def _nothing(_: Connection) -> None:
    """Nothing is stored of it but the entry."""
