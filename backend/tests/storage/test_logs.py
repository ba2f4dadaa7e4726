"""Log entries: every page by cursor is a part of the whole, a hole is never read over, any text comes back."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.errors import UnavailableError
from retoma.logs import store as logs
from retoma.storage.database import Database
from support import factories

many = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


def one_entry(content: str) -> LogEntry:
    return LogEntry(1, factories.START, EntryType.INFO, EntryKind.RAW, content, {"text": content})


def read_by_pages(database: Database, execution_id: int, limits: Sequence[int]) -> list[LogEntry]:
    found: list[LogEntry] = []
    for limit in limits:
        with database.read() as connection:
            found += logs.read_after(connection, execution_id, found[-1].sequence if found else 0, limit)
    return found


@many
@given(total=st.integers(0, 60), seed=st.integers(0, 1000))
def test_pages_in_both_directions_are_the_whole_log(database: Database, total: int, seed: int) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    entries = list(factories.make_entries(1, total))
    chance = random.Random(seed)
    at = 0
    while at < total:
        size = chance.randint(1, 20)
        factories.append(database, execution, fence, entries[at : at + size])
        at += size
    limits = [chance.randint(1, 9) for _ in range(total + 1)]
    assert read_by_pages(database, execution.id, limits) == entries
    back: list[LogEntry] = []
    for limit in limits:
        with database.read() as connection:
            before = back[0].sequence if back else total + 1
            back = [*logs.read_before(connection, execution.id, before, limit), *back]
    assert back == entries
    cursor = chance.randint(0, total + 3)
    with database.read() as connection:
        assert logs.read_after(connection, execution.id, cursor) == entries[cursor:]
        expected = entries[cursor - 1] if 1 <= cursor <= total else None
        assert logs.get_entry(connection, execution.id, cursor) == expected


def test_the_log_of_another_execution_is_not_read(database: Database) -> None:
    for _ in range(2):
        execution, fence = factories.run(database, factories.create_card(database).id)
        factories.append(database, execution, fence, factories.make_entries(1, 3))
        with database.read() as connection:
            assert len(logs.read_after(connection, execution.id, 0)) == 3
            assert len(logs.read_before(connection, execution.id, 10)) == 3


@pytest.mark.parametrize("missing", [2, 5])
def test_a_hole_in_the_log_is_told_instead_of_read_over(database: Database, missing: int) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    factories.append(database, execution, fence, factories.make_entries(1, 6))
    remove = text("DELETE FROM execution_logs WHERE sequence = :missing")
    database.write(lambda connection: connection.execute(remove, {"missing": missing}).rowcount)
    with database.read() as connection:
        with pytest.raises(UnavailableError, match=f"hole after entry {missing - 1}"):
            logs.read_after(connection, execution.id, 0)
        with pytest.raises(UnavailableError, match=f"hole after entry {missing - 1}"):
            logs.read_before(connection, execution.id, 7)
        with pytest.raises(UnavailableError, match=f"hole after entry {missing - 1}"):
            logs.read_after(connection, execution.id, missing - 1)  # the page itself has none: it begins behind it


@pytest.mark.parametrize(
    "content",
    ["", "\U0001f680 семь \u202e بسم", "\r\n\t\x01\x1b[31m\x7f", "' OR 1=1 -- %s ? :name", "�", "x" * 10_000_000],
    ids=["empty", "emoji and scripts", "control", "sql", "replacement", "10 MB"],
)
def test_any_text_comes_back_as_it_was(database: Database, content: str) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    factories.append(database, execution, fence, [one_entry(content)])
    with database.read() as connection:
        assert logs.get_entry(connection, execution.id, 1) == one_entry(content)


def test_a_nul_in_an_entry_or_a_field_is_stored_on_both_databases(database: Database, url: str) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    factories.append(database, execution, fence, [one_entry("before\0after")])
    factories.ask(database, execution)
    factories.send(database, execution, text="a\0b")
    # PostgreSQL's text can't hold it: there its picture stands for it, and the entry says so.
    shown = "before\0after" if url.startswith("sqlite") else "before␀after"
    with database.read() as connection:
        entry = logs.get_entry(connection, execution.id, 1)
    assert entry is not None
    marked = {} if url.startswith("sqlite") else {"nulReplaced": True}
    assert (entry.content, entry.data) == (shown, {"text": "before\0after", **marked})
    assert factories.reload(database, execution).last_line == shown


def test_half_of_a_surrogate_pair_does_not_stop_the_log(database: Database) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    factories.append(database, execution, fence, [one_entry("a\ud800b\udc80")])
    with database.read() as connection:
        entry = logs.get_entry(connection, execution.id, 1)
    assert entry is not None
    assert entry.content.startswith("a")
    assert "b" in entry.content


@many
@given(content=st.text(max_size=200))
def test_every_valid_text_survives(database: Database, content: str) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    factories.append(database, execution, fence, [one_entry(content)])
    with database.read() as connection:
        entry = logs.get_entry(connection, execution.id, 1)
    assert entry is not None
    assert entry.content.replace("␀", "\0") == content.replace("␀", "\0")
    # PostgreSQL's text has no NUL: an entry in which one was replaced says so.
    assert {"nulReplaced": True, **(entry.data or {})} == {"nulReplaced": True, "text": content}


def test_a_page_of_huge_entries_is_cut_short_and_the_next_one_goes_on(database: Database) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    contents = [f"{number}" * 400_000 for number in range(1, 6)]
    entries = [one_entry(content)._replace(sequence=number) for number, content in enumerate(contents, start=1)]
    factories.append(database, execution, fence, entries)
    with database.read() as connection:
        pages, cursor = [], 0
        while page := logs.read_after(connection, execution.id, cursor):
            pages.append([entry.content for entry in page])
            cursor = page[-1].sequence
        last = logs.read_before(connection, execution.id, 6)
    assert [content for page in pages for content in page] == contents
    assert max(len(page) for page in pages) == 2
    assert [entry.content for entry in last] == contents[-2:]
