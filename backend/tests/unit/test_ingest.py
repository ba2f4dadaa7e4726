"""Lines become entries in one fenced transaction: no gap, requests numbered, the last line on the card."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retoma.agents.adapter import (
    Acknowledged,
    Adapter,
    AdapterState,
    Parsed,
    PlanProposed,
    QuestionClosed,
    QuestionOpened,
    SessionStarted,
    Signal,
    Stream,
    UsageReported,
)
from retoma.agents.claude_code import ClaudeCodeAdapter
from retoma.agents.rehearsal import RehearsalAdapter
from retoma.core.clock import utc_now
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.core.status import Status, Usage
from retoma.executions import message_store, request_store, service, store
from retoma.executions.model import Execution, RequestState
from retoma.live.frames import encode_entry
from retoma.logs import store as logs
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from retoma.worker.ingest import Batch, LostClaimError, Position, commit, note, stored_position, take_in
from retoma.worker.settle import fail
from retoma.worker.tail import Line, Tail
from support import factories

LINES = st.lists(st.integers(0, 3), max_size=30)


class Scripted(ClaudeCodeAdapter):
    """An agent whose lines say how many entries they mean, and which signals: `2 ask:k`."""

    def parse(self, stream: Stream, line: bytes, state: AdapterState) -> Parsed:
        count, *words = line.decode().split(" ")
        kind = EntryKind.REQUEST if any(word.startswith("ask") for word in words) else EntryKind.MESSAGE
        drafts = [
            EntryDraft(EntryType.INFO, kind, f"{line.decode()} #{index}\nmore", {"index": index})
            for index in range(int(count))
        ]
        signals = [SIGNALS[word.split(":")[0]](word.partition(":")[2]) for word in words]
        return Parsed(drafts, signals, {"lines": int(str(state.get("lines", 0))) + 1})


def _ask(key: str) -> Signal:
    return QuestionOpened(key=key, text=f"May I {key}?", tool="Bash", input={"command": key})


SIGNALS: Mapping[str, Callable[[str], Signal]] = {
    "ask": _ask,
    "close": lambda key: QuestionClosed(key=key),
    "ack": lambda key: Acknowledged(key=key),
    "plan": lambda text: PlanProposed(text=text),
    "usage": lambda tokens: UsageReported(usage=Usage(input_tokens=int(tokens))),
    "session": lambda name: SessionStarted(session=name, version=None),
}
ADAPTER: Adapter = Scripted()


def lines_of(*contents: str, start: int = 0) -> list[tuple[Line, datetime]]:
    lines = []
    for content in contents:
        start += len(content) + 1
        lines.append((Line(content.encode(), start), factories.START))
    return lines


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    upgrade(database_url)
    with closing(Database(database_url)) as opened:
        yield opened


class Intake:
    """The worker's place in one execution."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.execution, self.fence = factories.run(database, factories.create_card(database).id)
        self.position = stored_position(self.execution, ADAPTER)

    def take(self, *contents: str, stream: Stream = Stream.STDOUT) -> Status | None:
        start = self.position.stdout_offset if stream is Stream.STDOUT else self.position.stderr_offset
        return self.store(take_in(ADAPTER, self.position, stream, lines_of(*contents, start=start), part=0))

    def store(self, batch: Batch) -> Status | None:
        moved = self.database.write(lambda connection: commit(connection, self.execution, self.fence, batch, utc_now()))
        self.position = batch.after
        return moved

    def reload(self) -> Execution:
        return factories.reload(self.database, self.execution)

    def sequences(self) -> Sequence[int]:
        with self.database.read() as connection:
            return [entry.sequence for entry in logs.read_after(connection, self.execution.id, 0)]


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database)


def start_position() -> Position:
    return Position(
        head=0,
        stdout_offset=0,
        stderr_offset=0,
        stdout_part=0,
        stderr_part=0,
        adapter_state=ADAPTER.start_state(),
        requests=0,
        plan=None,
        last_line=None,
        usage=None,
        session_started=False,
        closed_by_us=False,
    )


@given(first=LINES, second=LINES, err=LINES)
def test_sequences_have_no_gap_whatever_the_lines_mean(
    first: Sequence[int], second: Sequence[int], err: Sequence[int]
) -> None:
    position, sequences = start_position(), list[int]()
    for stream, counts in ((Stream.STDOUT, first), (Stream.STDERR, err), (Stream.STDOUT, second)):
        offset = position.stdout_offset if stream is Stream.STDOUT else position.stderr_offset
        batch = take_in(ADAPTER, position, stream, lines_of(*map(str, counts), start=offset), part=0)
        sequences += [entry.sequence for entry in batch.entries]
        position = batch.after
    assert sequences == list(range(1, position.head + 1))
    assert position.head == sum((*first, *second, *err))
    assert (position.stdout_offset, position.stderr_offset) == (2 * (len(first) + len(second)), 2 * len(err))


def test_entries_offsets_state_and_head_are_stored_together_and_read_back(intake: Intake) -> None:
    intake.take("2", "0", "1 usage:7 plan:Do-it session:s")
    intake.take("1", stream=Stream.STDERR)
    execution = intake.reload()
    assert intake.sequences() == [1, 2, 3, 4]
    assert (execution.head_sequence, execution.journal_offset, execution.stderr_offset) == (4, 35, 2)
    assert execution.usage == Usage(input_tokens=7)
    position = stored_position(execution, ADAPTER)
    assert position == intake.position
    assert (position.plan, position.adapter_state) == ("Do-it", {"lines": 4})


def test_the_last_line_is_the_first_line_of_the_newest_entry_worth_showing(intake: Intake) -> None:
    intake.take("1 usage:1")
    assert intake.reload().last_line == "1 usage:1 #0"
    intake.take("0")
    system = EntryDraft(EntryType.SYSTEM, EntryKind.SYSTEM, "of no interest")
    blank = EntryDraft(EntryType.INFO, EntryKind.MESSAGE, " \n ")
    intake.store(note(intake.position, [system, blank], factories.START))
    assert intake.reload().last_line == "1 usage:1 #0"
    intake.store(note(intake.position, [blank._replace(content="\n" + "w" * 500)], factories.START))
    assert intake.reload().last_line == "w" * 200


def test_questions_are_numbered_and_the_entry_that_shows_one_names_it(intake: Intake) -> None:
    assert intake.take("2 ask:a", "1", "1 ask:b") is Status.WAITING
    assert intake.take("1 ask:c") is None
    with intake.database.read() as connection:
        asked = request_store.list_requests(connection, [intake.execution.id], open_only=True)
        entries = logs.read_after(connection, intake.execution.id, 0)
    assert [(request.n, request.key, request.sequence) for request in asked] == [(1, "a", 2), (2, "b", 4), (3, "c", 5)]
    named = {entry.sequence: entry.data["request"] for entry in entries if entry.data and "request" in entry.data}
    assert named == {2: 1, 4: 2, 5: 3}


def test_the_status_follows_the_open_questions(intake: Intake) -> None:
    assert intake.take("1 ask:a", "1 ask:b") is Status.WAITING
    assert intake.take("0 close:a") is None
    assert intake.reload().status is Status.WAITING
    assert intake.take("0 close:b") is Status.RUNNING
    assert intake.reload().status is Status.RUNNING
    assert intake.take("1 ask:c", "0 close:c") is None
    with intake.database.read() as connection:
        found = request_store.list_requests(connection, [intake.execution.id], open_only=False)
    assert [request.state for request in found] == [RequestState.WITHDRAWN] * 3


def test_a_question_asked_twice_under_one_name_does_not_stop_the_log(intake: Intake) -> None:
    assert intake.take("1 ask:a") is Status.WAITING
    intake.take("1 ask:a", "1 ask:b", "1")
    assert intake.sequences() == [1, 2, 3, 4]
    intake.database.write(
        lambda connection: service.answer(
            connection, intake.execution.public_id, 1, decision="allow", message=None, now=utc_now()
        )
    )
    with intake.database.read() as connection:
        found = request_store.list_requests(connection, [intake.execution.id], open_only=True)
    assert [(request.n, request.key) for request in found] == [(3, "b")]


def test_an_acknowledged_message_is_not_sent_again(intake: Intake) -> None:
    message = factories.send(intake.database, intake.execution)
    intake.take(f"0 ack:{message.key}")
    with intake.database.read() as connection:
        assert message_store.list_undelivered(connection, intake.execution.id) == []


def test_a_line_that_was_too_long_is_kept_part_by_part_and_the_next_worker_knows(intake: Intake) -> None:
    parts = [
        (Line("é".encode() * 3, 6, 1, last=False), factories.START),
        (Line(b"\xffrest", 12, 2, last=False), factories.START),
    ]
    intake.store(take_in(ADAPTER, intake.position, Stream.STDOUT, parts, part=2))
    assert stored_position(intake.reload(), ADAPTER).stdout_part == 2
    with intake.database.read() as connection:
        entries = logs.read_after(connection, intake.execution.id, 0)
    assert [entry.content for entry in entries] == ["ééé", "�rest"]
    assert [entry.data and entry.data["part"] for entry in entries] == [1, 2]
    assert all(entry.data and entry.data["lastPart"] is False for entry in entries)
    assert entries[1].data
    assert entries[1].data["invalidUtf8"] is True


def test_a_batch_of_a_worker_that_lost_its_claim_stores_nothing(intake: Intake) -> None:
    intake.take("2")
    factories.claim(intake.database, intake.execution)
    before = intake.reload()
    with pytest.raises(LostClaimError):
        intake.take("1 ask:a")
    assert intake.reload() == before
    assert intake.sequences() == [1, 2]


def test_a_batch_that_was_stored_already_is_refused(intake: Intake) -> None:
    batch = take_in(ADAPTER, intake.position, Stream.STDOUT, lines_of("2"), part=0)
    intake.store(batch)
    with pytest.raises(LostClaimError):
        intake.store(batch)
    assert intake.sequences() == [1, 2]


def test_nothing_is_stored_after_the_end(intake: Intake) -> None:
    assert intake.database.write(lambda c: store.move(c, intake.execution.id, Status.ERROR, fence=intake.fence))
    with pytest.raises(LostClaimError):
        intake.take("1")
    assert intake.sequences() == []


def test_a_nul_in_the_output_does_not_stop_the_log(intake: Intake) -> None:
    adapter = ClaudeCodeAdapter()
    lines = lines_of("broken\0line", "and on")
    intake.store(take_in(adapter, intake.position, Stream.STDOUT, lines, part=0))
    assert intake.sequences() == [1, 2]
    first = replace(intake.position, last_line=None)
    intake.store(take_in(adapter, first, Stream.STDERR, lines_of("\0"), part=0))
    assert intake.sequences() == [1, 2, 3]


def test_a_line_on_which_the_adapter_breaks_is_kept_and_the_next_ones_are_read() -> None:
    batch = take_in(ADAPTER, start_position(), Stream.STDOUT, lines_of("no number", "1"), part=0)
    assert [(entry.kind, entry.content) for entry in batch.entries] == [
        (EntryKind.RAW, "no number"),
        (EntryKind.MESSAGE, "1 #0\nmore"),
    ]


@pytest.mark.parametrize("levels", [100, 240, 250, 300, 1015, 1100, 100_000])
def test_a_line_with_data_nested_ever_deeper_is_kept_and_can_be_read(intake: Intake, levels: int) -> None:
    nested = '{"a":' * levels + "1" + "}" * levels
    content = f'[{{"type":"tool_use","id":"t","name":"X","input":{nested}}}]'
    line = f'{{"type":"assistant","message":{{"role":"assistant","content":{content}}}}}'
    position = replace(intake.position, adapter_state=ClaudeCodeAdapter().start_state())
    intake.store(take_in(ClaudeCodeAdapter(), position, Stream.STDOUT, lines_of(line), part=0))
    with intake.database.read() as connection:
        (entry,) = logs.read_after(connection, intake.execution.id, 0)
    assert entry.kind is (EntryKind.TOOL if levels <= 240 else EntryKind.RAW)
    assert orjson.loads(encode_entry(entry, whole=True))["content"] == entry.content


def capped(intake: Intake, *contents: str, stream: Stream = Stream.STDOUT, cap: int) -> Batch:
    start = intake.position.stdout_offset if stream is Stream.STDOUT else intake.position.stderr_offset
    batch = take_in(ADAPTER, intake.position, stream, lines_of(*contents, start=start), part=0, cap_bytes=cap)
    intake.store(batch)
    return batch


def test_behind_the_cap_only_questions_are_kept_but_every_line_is_read(intake: Intake) -> None:
    capped(intake, "1", stream=Stream.STDERR, cap=10)  # 2 bytes, which count too
    batch = capped(intake, "1", "2", "3", "1", "2", "1 ask:k", "1 usage:5 plan:P", cap=10)
    assert intake.position.capped_at == (8, 2)
    marker = batch.entries[7]
    assert (marker.type, marker.kind) == (EntryType.WARNING, EntryKind.SYSTEM)
    assert marker.data == {"by": "retoma", "capBytes": 10, "cappedAt": [8, 2]}
    assert [entry.kind for entry in batch.entries[8:]] == [EntryKind.REQUEST]
    execution = intake.reload()
    assert (execution.status, execution.journal_offset) == (Status.WAITING, intake.position.stdout_offset)
    with intake.database.read() as connection:
        [request] = request_store.list_requests(connection, [execution.id], open_only=True)
    assert request.sequence == batch.entries[8].sequence
    assert execution.usage == Usage(input_tokens=5)
    assert stored_position(execution, ADAPTER) == intake.position
    assert (intake.position.plan, intake.position.adapter_state) == ("P", {"lines": 8})


def test_the_cap_sets_in_once_also_for_the_next_worker_and_another_setting(intake: Intake) -> None:
    capped(intake, "1", "1", cap=2)
    intake.position = stored_position(intake.reload(), ADAPTER)
    assert capped(intake, "1", cap=2).entries == []
    assert capped(intake, "1", cap=0).entries == []
    assert capped(intake, "1", stream=Stream.STDERR, cap=1000).entries == []
    assert intake.position.capped_at == (2, 0)


def test_without_a_cap_everything_is_kept(intake: Intake) -> None:
    assert len(capped(intake, *["1"] * 50, cap=0).entries) == 50
    assert len(capped(intake, *["1"] * 50, cap=200).entries) == 50, "just as many bytes as there may be"
    assert intake.position.capped_at is None


UGLY_LINE = b"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\x80\xff\xc3\xe2\x82z\0\r\x1b[0m"


@pytest.mark.parametrize("adapter", [ClaudeCodeAdapter(), RehearsalAdapter()], ids=lambda adapter: adapter.name)
def test_bytes_that_come_split_anywhere_mean_what_they_mean_together(tmp_path: Path, adapter: Adapter) -> None:
    """Each byte of good and bad UTF-8 as the border between two writes, and between two reads."""
    line = b'{"type":"say","text":"' + UGLY_LINE + b'"}'
    content = UGLY_LINE + b"\n" + line + b"\n" + UGLY_LINE
    file = tmp_path / "out.jsonl"
    found = set()
    for split in range(len(content) + 1):
        for chunk_bytes in (1, 3, 100_000):
            file.write_bytes(content[:split])
            position, texts = replace(start_position(), adapter_state=adapter.start_state()), list[object]()
            with closing(Tail(file, 0, chunk_bytes=chunk_bytes)) as tail:
                lines = read_all(tail)
                with file.open("ab") as stream:
                    stream.write(content[split:])
                lines += [*read_all(tail), *tail.rest()]
            timed = [(one, factories.START) for one in lines]
            for entry in take_in(adapter, position, Stream.STDOUT, timed, part=0).entries:
                texts += [entry.content, str(entry.data)]
            found.add(tuple(texts))
    assert len(found) == 1
    assert UGLY_LINE.decode(errors="replace") in next(iter(found))


def read_all(tail: Tail) -> list[Line]:
    lines, more = list[Line](), True
    while more:
        read, more = tail.read()
        lines += read
    return lines


def test_a_start_that_failed_after_a_wish_to_cancel_is_cancelled(intake: Intake) -> None:
    assert intake.database.write(lambda connection: store.request_cancel(connection, intake.execution.id, utc_now()))
    latest, position = intake.reload(), intake.position
    intake.database.write(lambda c: fail(c, latest, intake.fence, position, "No such program.", utc_now()))
    ended = intake.reload()
    assert (ended.status, ended.error) == (Status.CANCELLED, "Cancelled by the user.")
    assert ended.evidence is not None
    assert ended.evidence["startError"] == "No such program."
