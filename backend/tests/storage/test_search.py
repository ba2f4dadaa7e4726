"""The search finds what a look through everything finds: indexed or not, sealed or not, page by page, in any script."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select, text

import retoma
from retoma.cards import store as card_store
from retoma.core.clock import utc_now
from retoma.core.entries import EntryKind, EntryType
from retoma.core.status import Command
from retoma.executions.model import Execution
from retoma.logs.service import seal_next
from retoma.search import indexer, model, store
from retoma.search.indexer import catch_up
from retoma.search.matching import fold
from retoma.search.model import Wanted
from retoma.search.tables import SearchBlockRow
from retoma.storage.base import table_of
from retoma.storage.database import Database
from support import factories
from support.searching import add_entries, find_all, make_log, make_past, pages

PROGRAM = Path(__file__).with_name("indexing_program.py")
SOURCES = [str(Path(str(retoma.__file__)).parents[1]), str(Path(__file__).parents[1])]
some = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])

PIECES = [
    *["settle_run", "SettleRun", "settleRun", "src/retoma/store.py", "100%", "50%_off", "a\\b", '"quoted"', 'say "hi"'],
    *[
        "Größe",
        "GRÖSSE",
        "straße",
        "ÄÖÜ",
        "für",
        "保存する",
        "保存",
        "日本語のログ",
        "İstanbul",
        "ΟΔΟΣ",
        "οδος",
        "οδοσ",
    ],
    *[
        "\N{KELVIN SIGN}elvin",
        "kelvin",
        "<b>x</b>",
        "\t",
        "\n",
        "it's",
        "a",
        "ab",
        "abc",
        "\N{ROCKET}",
        "x\x00y",
        "…",
        "{}",
        "'",
    ],
]
# PostgreSQL's text has no NUL: its picture stands for it. So the reference is asked about neither.
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=6).map(" ".join)
GLUED = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
ANY = TEXTS | GLUED


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of four entries: a few entries are a past with many of them."""
    for module in (model, indexer):
        monkeypatch.setattr(module, "BLOCK_ENTRIES", 4)


def queries(data: st.DataObject, texts: Sequence[str]) -> str:
    """Draw what somebody may look for: parts of what is there, in any case, words and phrases, and what is nowhere."""
    terms = []
    for _ in range(data.draw(st.integers(1, 2))):
        source = data.draw(st.sampled_from([*texts, "nowhere", *PIECES]) | ANY).replace("\0", "").replace("␀", "")
        begin = data.draw(st.integers(0, len(source)))
        part = source[begin : begin + data.draw(st.integers(1, 12))]
        part = data.draw(st.sampled_from([part, part.upper(), part.lower(), part.swapcase()]))
        terms.append(f'"{part}"' if data.draw(st.booleans()) else part)
    return " ".join(terms)


@some
@given(data=st.data())
def test_a_search_finds_what_a_look_through_everything_finds(database: Database, data: st.DataObject) -> None:
    database.write(lambda connection: connection.execute(text("DELETE FROM projects")).rowcount)
    logs = data.draw(st.lists(st.lists(ANY, max_size=11), min_size=1, max_size=3))
    past = make_past(database, logs, data.draw(st.lists(ANY, min_size=5, max_size=5)))
    everything = [content for _, texts in [*past.cards, *past.runs, *past.entries] for content in texts]
    asked = [query for _ in range(4) if (query := queries(data, everything)).strip()]
    expected = [past.find(query) for query in asked]

    def check(stage: str) -> None:
        for query, names in zip(asked, expected, strict=True):
            assert find_all(database, query) == names, (stage, query)

    check("before any indexing")
    index_some(database, data.draw(st.integers(0, 4)))
    check("in the middle of it")
    catch_up(database)
    check("indexed")
    for execution in past.executions[:2]:
        while seal_next(database, execution.id):
            pass
    check("some sealed")


def index_some(database: Database, steps: int) -> None:
    left = iter(range(steps))
    catch_up(database, lambda _seconds: next(left, None) is None)


@settings(deadline=None, max_examples=200)
@given(content=ANY, data=st.data())
@example(content="ΟΔΟΣ", data=None)
def test_a_part_of_a_text_folds_to_a_part_of_the_folded_text(content: str, data: st.DataObject | None) -> None:
    begin = 1 if data is None else data.draw(st.integers(0, len(content)))
    part = content[begin:] if data is None else content[begin : begin + data.draw(st.integers(0, 12))]
    assert len(fold(content)) == len(content)
    assert fold(content)[begin : begin + len(part)] == fold(part)


def test_every_page_gets_on_however_little_time_it_has(database: Database) -> None:
    texts = [f"line {n} {'needle' if n % 5 == 0 else 'hay'}" for n in range(1, 41)]
    logs = [make_log(database, texts) for _ in range(3)]
    whole = find_all(database, "needle")
    assert whole == [(log.public_id, n) for log in reversed(logs) for n in range(40, 0, -5)]
    for _ in range(2):
        found = list(pages(database, "needle", seconds=0))
        assert [name for page in found for name in page] == whole
        assert len(found) > len(whole), "it could not be done in one"
        catch_up(database)


def test_a_cursor_means_the_same_while_entries_come_and_blocks_and_chunks_are_made(database: Database) -> None:
    over = make_log(database, [f"needle {n}" for n in range(1, 31)])
    execution, fence = factories.run(database, factories.create_card(database).id)
    add_entries(database, execution, fence, [f"needle {n}" for n in range(1, 21)])
    expected = [(execution.public_id, n) for n in range(20, 0, -1)] + [(over.public_id, n) for n in range(30, 0, -1)]
    found: list[object] = []
    for number, page in enumerate(pages(database, "needle", limit=3)):
        found += page
        add_entries(database, execution, fence, ["needle, later"] * 2)
        index_some(database, 2)
        if number % 3 == 0:
            seal_next(database, over.id)
    assert found == expected
    assert find_all(database, "needle", limit=50)[0] == (
        execution.public_id,
        factories.reload(database, execution).head_sequence,
    )


def test_a_line_of_a_moment_ago_is_found_whatever_the_index_has(database: Database) -> None:
    execution, fence = factories.run(database, factories.create_card(database).id)
    for round_ in range(12):
        add_entries(database, execution, fence, [f"round{round_}x", "filler", "filler"])
        assert find_all(database, f"round{round_}x") == [(execution.public_id, 3 * round_ + 1)]
        catch_up(database)
        assert find_all(database, f"round{round_}x") == [(execution.public_id, 3 * round_ + 1)]
    factories.finish(database, execution)
    catch_up(database)
    assert factories.reload(database, execution).indexed_at is not None
    assert len(find_all(database, "filler", limit=50)) == 24


def test_what_is_removed_or_deleted_is_not_found(database: Database) -> None:
    kept, removed, deleted = (make_log(database, ["needle"] * 6) for _ in range(3))
    catch_up(database)
    database.write(lambda connection: card_store.delete_card(connection, deleted.card_id))
    remove = text("UPDATE executions SET log_removed_at = created_at WHERE id = :id")
    database.write(lambda connection: connection.execute(remove, {"id": removed.id}).rowcount)
    assert find_all(database, "needle") == [(kept.public_id, n) for n in range(6, 0, -1)]
    database.write(lambda connection: store.delete_blocks(connection, removed.id))
    assert {block.execution_id for block in blocks(database)} == {kept.id}
    catch_up(database)
    assert {block.execution_id for block in blocks(database)} == {kept.id}


def test_blocks_that_are_lost_are_made_again_and_nothing_is_missed_meanwhile(database: Database) -> None:
    log = make_log(database, ["needle"] * 6)
    catch_up(database)
    before = blocks(database)
    database.write(lambda connection: store.delete_blocks(connection, log.id))
    assert len(find_all(database, "needle")) == 6
    catch_up(database)
    assert blocks(database) == before


def test_filters_narrow_down_what_is_found(database: Database) -> None:
    tool = {"tool": "Edit", "input": {"file_path": "/repository/src/Store.py", "new": "the needle\nin the input"}}
    log = make_log(
        database, ["Edit src/Store.py", "needle", "needle"], data={1: tool, 3: {"filePath": "/repository/other.py"}}
    )
    make_log(database, ["nothing"] * 5)
    first, second, third = ((log.public_id, n) for n in (1, 2, 3))

    def found(**wanted: object) -> Sequence[object]:
        return find_all(database, wanted=Wanted(**wanted))  # type: ignore[arg-type] # each test's own

    for _ in range(2):
        assert found(terms=("needle",)) == [third, second, first]
        assert found(terms=("needle",), path="src/store") == [first]
        assert found(path="other.py") == [third]
        assert found(terms=("needle",), types=frozenset({list(EntryType)[2]})) == [second]
        assert found(terms=("needle",), kinds=frozenset({list(EntryKind)[1]})) == [first]
        assert found(terms=("needle",), card_id=log.card_id) == [third, second, first]
        assert found(terms=("needle",), card_id="another") == []
        assert found(terms=("needle",), project_id="another") == []
        assert found(terms=("needle",), command=Command.REVIEW) == []
        assert found(terms=("needle",), command=Command.PLAN, agent="rehearsal") == [third, second, first]
        assert found(terms=("needle",), agent="claude-code") == []
        moment = factories.START
        assert found(terms=("needle",), start=moment.replace(microsecond=2), end=moment.replace(microsecond=3)) == [
            second
        ]
        assert found(terms=("needle",), start=utc_now()) == []
        catch_up(database)


def test_a_block_in_which_something_cannot_be_is_not_read(database: Database) -> None:
    make_log(database, [f"entry number{n:04d} of many" for n in range(1, 200)])
    catch_up(database)
    with statements() as seen:
        assert find_all(database, "needle") == []
    assert not [statement for statement in seen if "FROM execution_logs" in statement]
    with statements() as seen:
        assert len(find_all(database, "number0117")) == 1
    assert len([statement for statement in seen if "FROM execution_logs" in statement]) <= 3


def test_a_page_costs_as_many_statements_however_many_cards_it_is_about(database: Database) -> None:
    counts = []
    for cards in (2, 20):
        while len(find_all(database, "needle", limit=100)) < cards:
            make_log(database, ["needle"])
        catch_up(database)
        with statements() as seen:
            assert len(next(pages(database, "needle", limit=100))) == cards
        counts.append(len([statement for statement in seen if "FROM execution_log" not in statement]))
    assert counts[0] == counts[1]


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def blocks(database: Database) -> Sequence[model.Block]:
    table = table_of(SearchBlockRow)
    with database.read() as connection:
        return [model.Block(*row) for row in connection.execute(select(table).order_by(*table.primary_key))]


def test_an_indexer_killed_anywhere_is_gone_on_with_by_the_next(database: Database, url: str) -> None:
    log = make_log(database, [f"needle {n}" for n in range(1, 33)])
    expected = find_all(database, "needle", limit=50)
    # Dies before its n-th write: each time one further.
    kills = 0
    while run_indexer(url, writes=kills % 4) == -signal.SIGKILL:
        kills += 1
        assert find_all(database, "needle", limit=50) == expected
    assert kills > 3
    covered = [(block.execution_id, block.first_sequence) for block in blocks(database)]
    assert covered == [(log.id, first) for first in range(1, 33, 4)]
    assert factories.reload(database, log).indexed_at is not None
    assert find_all(database, "needle", limit=50) == expected


def run_indexer(url: str, *, writes: int) -> int:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)}
    return subprocess.run([sys.executable, str(PROGRAM), url, str(writes + 1)], env=environment, check=False).returncode


def test_two_indexers_at_once_are_harmless(database: Database, url: str) -> None:
    logs: list[Execution] = [make_log(database, [f"needle {n}" for n in range(1, 61)]) for _ in range(4)]
    others = [Database(url), database] if not url.startswith("sqlite") else [database, database]
    begin = threading.Barrier(2)

    def index(of: Database) -> None:
        begin.wait()
        catch_up(of)

    threads = [threading.Thread(target=index, args=[of]) for of in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if others[0] is not database:
        others[0].close()
    covered = [(block.execution_id, block.first_sequence) for block in blocks(database)]
    assert covered == [(log.id, first) for log in logs for first in range(1, 61, 4)]
    assert len(find_all(database, "needle", limit=100)) == 240
