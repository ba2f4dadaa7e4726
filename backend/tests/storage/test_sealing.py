"""Sealing: no reader can tell rows from chunks, before, in the middle of it and after; what is odd is left alone."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from retoma.core.clock import utc_now
from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.errors import ConflictError, UnavailableError
from retoma.core.json import JsonObject
from retoma.executions.model import Execution
from retoma.live.feed import Feed
from retoma.live.frames import encode_entry
from retoma.logs import service, store
from retoma.logs.codec import CODEC, CodecError, Packed, pack, unpack
from retoma.logs.tables import ExecutionLogChunkRow, ExecutionLogRow
from retoma.retention.sealing import seal_cooled
from retoma.storage.base import table_of
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from support import factories

ROWS, CHUNKS = table_of(ExecutionLogRow), table_of(ExecutionLogChunkRow)
many = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXTS = st.text(max_size=30) | st.text(min_size=1, max_size=5).map(lambda text: text * 40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.astimezone())  # noqa: DTZ001


@st.composite
def logs(draw: st.DrawFn) -> Sequence[LogEntry]:
    drafts = draw(
        st.lists(
            st.tuples(
                MOMENTS,
                st.sampled_from(EntryType),
                st.sampled_from(EntryKind),
                TEXTS,
                st.none() | st.dictionaries(TEXTS, JSON, max_size=3),
            ),
            min_size=1,
            max_size=25,
        )
    )
    return [LogEntry(sequence, *draft) for sequence, draft in enumerate(drafts, start=1)]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few entries fill a chunk."""
    monkeypatch.setattr(service, "CHUNK_ENTRIES", 7)
    monkeypatch.setattr(service, "CHUNK_BYTES", 1000)


def make_log(database: Database, entries: Sequence[LogEntry]) -> Execution:
    execution, fence = factories.run(database, factories.create_card(database).id)
    if entries:
        factories.append(database, execution, fence, entries)
    factories.finish(database, execution)
    return execution


def always() -> bool:
    return True


def seal_all(database: Database, goes_on: Callable[[], bool] = always) -> tuple[int, int]:
    steps = list(seal_cooled(database, utc_now() + timedelta(seconds=1), utc_now(), goes_on))
    return sum(executions for executions, _ in steps), sum(entries for _, entries in steps)


def count(database: Database, execution: Execution) -> tuple[int, int]:
    """How many rows and chunks the log has."""
    with database.read() as connection:
        rows, chunks = (
            connection.execute(
                select(func.count()).select_from(table).where(table.c.execution_id == execution.id)
            ).scalar_one()
            for table in (ROWS, CHUNKS)
        )
    return rows, chunks


def pages(database: Database, execution: Execution, head: int) -> Sequence[object]:
    """Every page that a reader may ask for, as it goes onto the wire."""
    found: list[object] = []
    with database.read() as connection:
        for limit in (1, 5, 1000):
            found.extend(
                [encode_entry(entry) for entry in read(connection, execution.id, place, limit)]
                for place in range(head + 3)
                for read in (store.read_after, store.read_before)
            )
        for sequence in range(head + 2):
            entry = store.get_entry(connection, execution.id, sequence)
            found.append(None if entry is None else encode_entry(entry, whole=True))
        found.append(list(store.scan(connection, execution.id)))
        found.append(store.first_sequence(connection, execution.id))
    return found


@pytest.mark.usefixtures("small_chunks")
@many
@given(entries=logs())
def test_any_page_of_any_log_is_the_same_before_in_the_middle_of_and_after_its_sealing(
    database: Database, entries: Sequence[LogEntry]
) -> None:
    execution, head = make_log(database, entries), len(entries)
    before = pages(database, execution, head)
    sealed = service.seal_next(database, execution.id)
    assert 0 < sealed <= 7
    assert count(database, execution) == (head - sealed, 1)
    assert pages(database, execution, head) == before
    assert seal_all(database) == (1, head - sealed)
    assert count(database, execution)[0] == 0
    assert pages(database, execution, head) == before
    assert factories.reload(database, execution).sealed_at is not None


@many
@given(entries=logs())
def test_a_chunk_gives_back_exactly_what_was_packed(entries: Sequence[LogEntry]) -> None:
    plain = [entry for entry in entries if _packs(entry)]
    if plain:
        numbered = [entry._replace(sequence=sequence) for sequence, entry in enumerate(plain, start=5)]
        assert unpack(CODEC, pack(numbered).body, 5, len(numbered)) == numbered


def _packs(entry: LogEntry) -> bool:
    """Whether an entry is as one that comes from a database: those hold no number beyond 64 bits, and no half pair."""
    try:
        pack([entry])
    except TypeError:
        return False
    return True


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("size", [10, 990, 1000, 5000])
def test_a_chunk_is_bounded_by_its_bytes_and_a_larger_entry_has_one_of_its_own(database: Database, size: int) -> None:
    entries = [
        LogEntry(sequence, factories.START, EntryType.INFO, EntryKind.RAW, "x" * size) for sequence in range(1, 5)
    ]
    execution = make_log(database, entries)
    assert seal_all(database) == (1, 4)
    assert count(database, execution) == (0, 1 if size == 10 else 4)
    with database.read() as connection:
        assert store.read_after(connection, execution.id, 0) == entries


def test_only_what_is_over_and_has_cooled_is_sealed(database: Database) -> None:
    running, fence = factories.run(database, factories.create_card(database).id)
    factories.append(database, running, fence, factories.make_entries(1, 3))
    over = make_log(database, factories.make_entries(1, 3))
    early = utc_now() - timedelta(seconds=60)
    assert list(seal_cooled(database, early, utc_now(), always)) == []
    assert seal_all(database) == (1, 3)
    assert count(database, running) == (3, 0)
    assert count(database, over) == (0, 1)
    assert factories.reload(database, running).sealed_at is None
    assert seal_all(database) == (0, 0)


def test_an_empty_log_is_sealed_at_once(database: Database) -> None:
    execution = make_log(database, [])
    assert seal_all(database) == (1, 0)
    assert factories.reload(database, execution).sealed_at is not None


@pytest.mark.usefixtures("small_chunks")
def test_a_sealing_that_was_cut_off_is_gone_on_with(database: Database) -> None:
    entries = factories.make_entries(1, 30)
    execution = make_log(database, entries)
    asked = iter([True] * 3 + [False] * 100)
    _, sealed = seal_all(database, lambda: next(asked))
    assert 0 < sealed < 30
    assert factories.reload(database, execution).sealed_at is None
    assert seal_all(database) == (1, 30 - sealed)
    with database.read() as connection:
        assert store.read_after(connection, execution.id, 0) == entries


@pytest.mark.usefixtures("small_chunks")
def test_two_that_seal_one_log_do_no_harm(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = factories.make_entries(1, 20)
    execution = make_log(database, entries)

    def while_another_is_first(some: Sequence[LogEntry]) -> Packed:
        monkeypatch.setattr(service, "pack", pack)
        assert service.seal_next(database, execution.id) == 7
        return pack(some)

    monkeypatch.setattr(service, "pack", while_another_is_first)
    with pytest.raises(ConflictError):
        service.seal_next(database, execution.id)
    assert count(database, execution) == (13, 1)
    assert seal_all(database) == (1, 13)
    with database.read() as connection:
        assert store.read_after(connection, execution.id, 0) == entries


def test_a_log_with_a_hole_is_left_as_it_is_and_keeps_no_other_from_being_sealed(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = (make_log(database, factories.make_entries(1, 9)) for _ in range(2))
    hole = delete(ROWS).where(ROWS.c.execution_id == broken.id, ROWS.c.sequence == 4)
    database.write(lambda connection: connection.execute(hole).rowcount)
    with caplog.at_level(logging.WARNING):
        assert seal_all(database) == (1, 9)
    assert "hole after entry 3" in caplog.text
    assert (count(database, broken), count(database, whole)) == ((8, 0), (0, 1))


def test_data_nested_as_deep_as_it_may_be_stored_is_sealed_too(database: Database) -> None:
    nested = orjson.loads('{"a":' * 253 + "1" + "}" * 253)
    execution = make_log(database, [factories.make_entries(1, 1)[0]._replace(data=nested)])
    before = pages(database, execution, 1)
    assert seal_all(database) == (1, 1)
    assert pages(database, execution, 1) == before


@pytest.mark.usefixtures("small_chunks")
def test_what_does_not_come_back_as_it_was_is_left_as_it_is_and_keeps_no_other_from_being_sealed(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd, plain = (make_log(database, factories.make_entries(1, number)) for number in (3, 5))

    def forgets(entries: Sequence[LogEntry]) -> Packed:
        return pack(entries if len(entries) == 5 else [*entries[:-1], entries[-1]._replace(content="other")])

    monkeypatch.setattr(service, "pack", forgets)
    with caplog.at_level(logging.WARNING):
        assert seal_all(database) == (1, 5)
    assert "Entries 1 to 3 did not come back" in caplog.text
    assert (count(database, odd), count(database, plain)) == ((3, 0), (0, 1))


@pytest.mark.parametrize("resumes", [0, 500, 777])
def test_a_reader_goes_on_from_its_cursor_whatever_was_sealed_meanwhile(database: Database, resumes: int) -> None:
    """WebSocket, SSE and the page's gaps all read by Feed.after."""
    execution = make_log(database, factories.make_entries(1, 2200))
    feed = Feed(database)

    def read_on(cursor: int) -> Sequence[tuple[int, bytes]]:
        return asyncio.run(feed.after(execution, cursor))

    whole = [(entry.sequence, encode_entry(entry)) for entry in factories.make_entries(1, 2200)]
    got = whole[:resumes]
    while more := read_on(got[-1][0] if got else 0):
        got.extend(more)
        service.seal_next(database, execution.id)
    assert got == whole
    assert count(database, execution) == (0, 3)


@pytest.mark.usefixtures("small_chunks")
def test_readers_see_each_entry_once_at_any_moment_of_a_sealing(database: Database) -> None:
    entries = list(factories.make_entries(1, 120))
    execution = make_log(database, entries)
    sealing = threading.Thread(target=seal_all, args=(database,))
    sealing.start()
    rounds = 0
    while sealing.is_alive() or not rounds:
        with database.read() as connection:
            assert list(store.scan(connection, execution.id)) == entries
            assert store.read_after(connection, execution.id, 3, 80) == entries[3:83]
            assert store.read_before(connection, execution.id, 118, 80) == entries[37:117]
        rounds += 1
    sealing.join()
    assert count(database, execution)[0] == 0


@pytest.mark.parametrize("damage", [{"body": b"rubbish"}, {"codec": 99}, {"entries": 8}])
def test_a_chunk_that_cannot_be_read_is_told_with_its_entries(database: Database, damage: JsonObject) -> None:
    execution = make_log(database, factories.make_entries(1, 9))
    seal_all(database)
    spoil = update(CHUNKS).where(CHUNKS.c.execution_id == execution.id).values(damage)
    database.write(lambda connection: connection.execute(spoil).rowcount)
    with database.read() as connection, pytest.raises(UnavailableError, match=r"Entries 1 to [89] can't be read"):
        store.read_after(connection, execution.id, 0)


def test_a_flipped_bit_anywhere_in_a_chunk_is_noticed() -> None:
    entries = list(factories.make_entries(1, 50))
    body = pack(entries).body
    for place in range(len(body)):
        spoilt = body[:place] + bytes([body[place] ^ 4]) + body[place + 1 :]
        try:
            assert unpack(CODEC, spoilt, 1, 50) == entries, "a bit that means nothing"
        except CodecError:
            continue


@pytest.mark.usefixtures("small_chunks")
def test_entries_are_deleted_from_the_end_of_a_log_chunk_by_chunk(database: Database) -> None:
    entries = factories.make_entries(1, 30)
    execution = make_log(database, entries)
    for _ in range(3):
        service.seal_next(database, execution.id)

    def delete_last(connection: Connection) -> int:
        return store.delete_last(connection, execution.id, 5)

    left = 30
    while gone := database.write(delete_last):
        assert gone <= 7
        left -= gone
        with database.read() as connection:
            assert store.read_after(connection, execution.id, 0) == entries[:left]
    assert left == 0
    assert count(database, execution) == (0, 0)
