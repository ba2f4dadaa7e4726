"""A document of a card, read: every value checked, each log packed into chunks on the way, in a file that passes.

What was not over when it was exported is over here: its run is another board's.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

import orjson

from retoma.backup.archive import Stream
from retoma.backup.document import (
    FORMAT,
    USAGE,
    VERSION,
    Run,
    Whole,
    card_document,
    entry_document,
    read_entries,
    run_document,
)
from retoma.backup.fields import Fields
from retoma.backup.json_reader import JsonReader
from retoma.cards.model import Card, Column
from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.errors import InvalidError
from retoma.core.json import JsonValue
from retoma.core.status import Command, Status, Usage
from retoma.executions.model import Execution, Message, MessageState, Request, RequestState
from retoma.logs.chunk_store import Chunk
from retoma.logs.service import CHUNK_ENTRIES, pack_chunk
from retoma.logs.store import without_nul
from retoma.storage.database import Database

_NOT_OVER = "It was not over when the card was exported; what it came to is not known here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A chunk whose body lies in the passing file, from `start` on."""

    chunk: Chunk
    start: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRun:
    """One execution of a document, and its log."""

    run: Run
    log: Sequence[Stored]
    digest: bytes  # of its entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A card of a document."""

    card: Card
    runs: Sequence[ReadRun]
    bodies: IO[bytes]

    def body(self, stored: Stored) -> bytes:
        """Return the body of a chunk."""
        self.bodies.seek(stored.start)
        return self.bodies.read(stored.length)


@contextmanager
def read_document(stream: Stream, *, folder: Path) -> Iterator[Document]:
    """Read a whole document; `folder` is where the file is made that its bodies are in until the end.

    InvalidError where anything is not right.
    """
    with tempfile.TemporaryFile(dir=folder) as bodies:
        yield _read(stream, bodies)


def _read(stream: Stream, bodies: IO[bytes]) -> Document:
    reader = JsonReader(stream)
    head: dict[str, JsonValue] = {}
    found: list[ReadRun] | None = None
    for name in reader.members():
        if name == "executions" and found is None:
            found = [_Log(bodies).read(reader, f"executions[{number}]") for number, _ in enumerate(reader.elements())]
        else:
            head[name] = reader.value()
    reader.end()
    document = Fields(head, "document")
    if head.get("format") != FORMAT or found is None:
        raise InvalidError("The file is no export of a card.")
    if head.get("version") != VERSION:
        raise InvalidError("The file was exported by a newer Retoma; import it with that one.")
    card, exported = _card(Fields(head.get("card"), "card")), document.moment("exportedAt")
    runs = [replace(one, run=_as_over(one.run, card, exported)) for one in found]
    _refuse_twice([one.run.execution.public_id for one in runs])
    return Document(card=card, runs=runs, bodies=bodies)


def is_same(document: Document, database: Database, whole: Whole) -> bool:
    """Whether a document says of a card what this board has of it, its number aside.

    A log that retention has removed, there or here, was the same.
    """
    if _without_number(document.card) != _without_number(whole.card) or len(document.runs) != len(whole.runs):
        return False
    for read, run in zip(document.runs, whole.runs, strict=True):
        if _without_removal(read.run) != _without_removal(run):
            return False
        is_removed = read.run.execution.log_removed_at is not None or run.execution.log_removed_at is not None
        if not is_removed and read.digest != _digest_of_log(database, run.execution):
            return False
    return True


def _without_number(card: Card) -> JsonValue:
    return {**card_document(card), "number": None}


def _without_removal(run: Run) -> bytes:
    return _line({**run_document(run), "logRemovedAt": None})


def _digest_of_log(database: Database, execution: Execution) -> bytes:
    content = hashlib.sha256()
    for entry in read_entries(database, execution):
        content.update(_line(entry_document(without_nul(entry))))
    return content.digest()


def _line(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) + b"\n"


def _refuse_twice(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise InvalidError("The file has an execution twice.")


class _Log:
    """Packs the log of one execution into chunks as it comes."""

    def __init__(self, bodies: IO[bytes]) -> None:
        self._bodies = bodies
        self._waiting: list[LogEntry] = []
        self._stored: list[Stored] = []
        self._content = hashlib.sha256()
        self._head = 0

    def read(self, reader: JsonReader, place: str) -> ReadRun:
        head: dict[str, JsonValue] = {}
        for name in reader.members():
            if name != "entries":
                head[name] = reader.value()
                continue
            for _ in reader.elements():
                self._add(Fields(reader.value(), f"{place}.entries[{self._head}]"))
        while self._waiting:
            self._pack()
        fields = Fields(head, place)
        run = _run(fields)
        expected = 0 if run.execution.log_removed_at is not None else run.execution.head_sequence
        if self._head != expected:
            raise fields.wrong("entries", f"are {self._head}, where {expected} are right")
        return ReadRun(run=run, log=self._stored, digest=self._content.digest())

    def _add(self, fields: Fields) -> None:
        self._head += 1
        entry = LogEntry(
            fields.whole("sequence", least=self._head, most=self._head),
            fields.moment("timestamp"),
            fields.one_of("type", EntryType),
            fields.one_of("kind", EntryKind),
            fields.text("content"),
            fields.mapping_or_none("data"),
        )
        self._content.update(_line(entry_document(without_nul(entry))))
        self._waiting.append(entry)
        if len(self._waiting) >= CHUNK_ENTRIES:
            self._pack()

    def _pack(self) -> None:
        packed_entries, packed = pack_chunk(self._waiting)
        start = self._bodies.seek(0, 2)
        self._bodies.write(packed.body)
        chunk = Chunk.of(packed_entries, packed)
        self._stored.append(Stored(chunk=chunk, start=start, length=len(packed.body)))
        del self._waiting[: len(packed_entries)]


def _card(fields: Fields) -> Card:
    return Card(
        id=fields.id("id"),
        project_id="",
        number=fields.whole("number", least=1, most=2**31 - 1),
        title=fields.words("title"),
        description=fields.text("description"),
        column=fields.one_of("column", Column),
        position=0.0,
        labels=fields.texts("labels"),
        pinned=fields.flag("pinned"),
        agent=fields.text_or_none("agent"),
        plan=fields.text_or_none("plan"),
        branch=fields.text_or_none("branch"),
        workspace=None,
        created_at=fields.moment("createdAt"),
        updated_at=fields.moment("updatedAt"),
    )


def _run(fields: Fields) -> Run:
    evidence = fields.mapping_or_none("evidence")
    execution = Execution(
        id=0,
        public_id=fields.id("id"),
        card_id="",
        command=fields.one_of("command", Command),
        agent=fields.text("agent"),
        status=fields.one_of("status", Status),
        is_active=fields.flag("isActive"),
        attempt_of=fields.text_or_none("attemptOf"),
        agent_session=fields.text("agentSession"),
        prompt=fields.text_or_none("prompt"),
        created_at=fields.moment("createdAt"),
        started_at=fields.moment_or_none("startedAt"),
        completed_at=fields.moment_or_none("completedAt"),
        duration=fields.number_or_none("duration"),
        result=fields.text_or_none("result"),
        error=fields.text_or_none("error"),
        exit_code=fields.small_or_none("exitCode"),
        evidence=evidence or None,
        usage=_usage(fields),
        head_sequence=fields.whole("headSequence"),
        last_line=fields.text_or_none("lastLine"),
        journal_offset=0,
        stderr_offset=0,
        adapter_state=None,
        owner=None,
        lease_until=None,
        fence=0,
        cancel_requested_at=fields.moment_or_none("cancelRequestedAt"),
        idempotency_key=None,
        log_removed_at=fields.moment_or_none("logRemovedAt"),
    )
    if execution.status.over and execution.completed_at is None:
        raise fields.wrong("completedAt", "is missing")
    if (execution.duration or 0) < 0:
        raise fields.wrong("duration", "is negative")
    if execution.completed_at is not None and execution.completed_at < (execution.started_at or execution.created_at):
        raise fields.wrong("completedAt", "is before its start")
    requests = [_request(one) for one in fields.objects("requests")]
    messages = [_message(one) for one in fields.objects("messages")]
    for name, some in (("requests", requests), ("messages", messages)):
        if len({one.n for one in some}) < len(some) or len({one.key for one in some}) < len(some):
            raise fields.wrong(name, "has one of them twice")
    return Run(execution=execution, requests=requests, messages=messages)


def _usage(fields: Fields) -> Usage | None:
    value = fields.mapping_or_none("usage")
    if value is None:
        return None
    found = Fields(value, "usage")
    counts = {ours: found.number_or_none(name) for name, ours in USAGE.items()}
    cost = counts.pop("cost_usd")
    return Usage(**{name: None if count is None else int(count) for name, count in counts.items()}, cost_usd=cost)


def _request(fields: Fields) -> Request:
    return Request(
        execution_id=0,
        n=fields.whole("n", least=1, most=2**31 - 1),
        key=fields.text("key"),
        sequence=fields.whole("sequence"),
        question=fields.text("question"),
        tool=fields.text_or_none("tool"),
        input=fields.mapping("input"),
        state=fields.one_of("state", RequestState),
        decision=fields.text_or_none("decision"),
        message=fields.text_or_none("message"),
        created_at=fields.moment("createdAt"),
        answered_at=fields.moment_or_none("answeredAt"),
        delivered_at=fields.moment_or_none("deliveredAt"),
    )


def _message(fields: Fields) -> Message:
    return Message(
        execution_id=0,
        n=fields.whole("n", least=1, most=2**31 - 1),
        key=fields.text("key"),
        text=fields.text("text"),
        wire="",  # it is never sent from here
        state=fields.one_of("state", MessageState),
        created_at=fields.moment("createdAt"),
        delivered_at=fields.moment_or_none("deliveredAt"),
    )


def _as_over(run: Run, card: Card, exported: datetime) -> Run:
    """Return a run as it is on this board: over, and nobody is asked or told anything more."""
    execution = replace(run.execution, card_id=card.id)
    if not execution.status.over:
        began = execution.started_at or execution.created_at
        execution = replace(
            execution,
            status=Status.INTERRUPTED,
            completed_at=max(exported, began),
            duration=max(0.0, (exported - began).total_seconds()),
            error=_NOT_OVER,
            evidence={**(execution.evidence or {}), "exportedUnfinished": True},
        )
    requests = [
        replace(one, state=RequestState.WITHDRAWN) if one.state is RequestState.OPEN else one for one in run.requests
    ]
    messages = [
        replace(one, state=MessageState.UNDELIVERED)
        if one.state in {MessageState.QUEUED, MessageState.SENDING}
        else one
        for one in run.messages
    ]
    return Run(execution=execution, requests=requests, messages=messages)
