"""The dump of a database: exact, whichever kind it comes from and goes to."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, insert, text

from retoma.cards.tables import CardRow
from retoma.executions.tables import ExecutionRow
from retoma.logs.store import mark_nul_row
from retoma.logs.tables import ExecutionLogChunkRow, ExecutionLogRow
from retoma.projects.tables import ProjectRow
from retoma.storage.base import Base
from retoma.storage.database import migration_engine, snapshot
from retoma.storage.dump import Part, dump, end_load, load
from retoma.storage.migrate import upgrade
from support.postgres import empty_database

for room in ("projects", "cards", "executions", "logs", "search"):
    import_module(f"retoma.{room}.tables")

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - timezones= gives it one
NUMBERS = st.floats(allow_nan=False, width=64)
JSON = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS, lambda x: st.lists(x, max_size=3))
ENTRY = st.tuples(MOMENTS, WORDS, JSON)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite database with the newest schema, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "retoma.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="module")
def on_postgresql(postgres_server: URL) -> Iterator[str]:
    """Give a PostgreSQL database with the newest schema."""
    with empty_database(postgres_server) as url:
        address = url.render_as_string(hide_password=False)
        upgrade(address)
        yield address


@contextmanager
def _emptied(url: str) -> Iterator[str]:
    engine = migration_engine(url)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE projects, workers, recoveries, sweeps CASCADE"))
    engine.dispose()
    yield url


def _read(url: str) -> Sequence[Part]:
    with snapshot(url) as connection:
        return list(dump(connection, leaves_out=frozenset(), blanks={}))


def _load(url: str, parts: Sequence[Part]) -> None:
    engine = migration_engine(url)
    with engine.begin() as connection:
        for part in parts:
            assert load(connection, iter(part.content.splitlines()), on_nul=mark_nul_row) == part.rows
        end_load(connection)
    engine.dispose()


Entry = tuple[datetime, str, object]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What the rows of each table are made of."""

    words: str
    moment: datetime
    number: float
    maybe: float | None
    entries: list[Entry]
    body: bytes

    def store(self, url: str) -> None:
        """Store a project with a card, a run, its log and a chunk."""
        words, moment = self.words, self.moment
        engine = migration_engine(url)
        with engine.begin() as connection:
            project = {"id": "p", "name": words, "path": words, "default_branch": "main", "agent": "a"}
            connection.execute(insert(ProjectRow), {**project, "created_at": moment})
            card = {"id": "c", "project_id": "p", "number": 1, "title": words, "description": words, "column": "plan"}
            more = {"position": self.number, "labels": [words], "pinned": True}
            connection.execute(insert(CardRow), {**card, **more, "created_at": moment, "updated_at": moment})
            run = {"id": 2**40, "public_id": "e", "card_id": "c", "command": "/plan", "agent": "a", "status": "success"}
            more = {"is_active": False, "agent_session": "s", "created_at": moment, "duration": self.maybe}
            offsets = {"head_sequence": 0, "journal_offset": 0, "stderr_offset": 0, "fence": 2**50}
            connection.execute(insert(ExecutionRow), {**run, **more, **offsets, "evidence": {words: words}})
            for sequence, (when, content, data) in enumerate(self.entries, start=1):
                entry = {"execution_id": 2**40, "sequence": sequence, "type": "info", "kind": "message"}
                values = {**entry, "timestamp": when, "content": content, "data": data}
                connection.execute(insert(ExecutionLogRow), values)
            chunk = {"execution_id": 2**40, "first_sequence": 1, "entries": 1, "raw_bytes": 1, "codec": 1}
            times = {"first_timestamp": moment, "last_timestamp": moment}
            connection.execute(insert(ExecutionLogChunkRow), {**chunk, **times, "body": self.body})
        engine.dispose()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.builds(
        Rows,
        words=WORDS,
        moment=MOMENTS,
        number=NUMBERS,
        maybe=st.none() | NUMBERS,
        entries=st.lists(ENTRY),
        body=st.binary(),
    )
)
def test_any_rows_go_from_sqlite_to_postgresql_and_back_and_are_the_same(
    tmp_path: Path, migrated: Path, on_postgresql: str, rows: Rows
) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    for file in (one, two):
        shutil.copy(migrated, file)
    rows.store(f"sqlite:///{one}")
    parts = _read(f"sqlite:///{one}")
    assert {part.table for part in parts} == set(Base.metadata.tables) - {"search_blocks"}, "the index is made anew"
    with _emptied(on_postgresql) as url:
        _load(url, parts)
        assert _read(url) == parts
        _load(f"sqlite:///{two}", _read(url))
    assert _read(f"sqlite:///{two}") == parts


def test_a_log_with_nul_signs_is_marked_where_the_database_can_not_hold_them(
    tmp_path: Path, migrated: Path, on_postgresql: str
) -> None:
    shutil.copy(migrated, tmp_path / "one.db")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    entry: Entry = (moment, "a\0b", {"x": 1})
    Rows(words="w", moment=moment, number=1.0, maybe=None, entries=[entry], body=b"").store(
        f"sqlite:///{tmp_path / 'one.db'}"
    )
    with _emptied(on_postgresql) as url:
        _load(url, _read(f"sqlite:///{tmp_path / 'one.db'}"))
        with snapshot(url) as connection:
            row = connection.execute(text("SELECT content, data FROM execution_logs")).one()
            assert tuple(row) == ("a␀b", '{"x":1,"nulReplaced":true}')
        engine = migration_engine(url)
        with engine.begin() as connection:
            added = "INSERT INTO recoveries (worker, started_at, continued, caught_up, settled, interrupted, runs)"
            connection.execute(text(f"{added} VALUES ('w', now(), 0, 0, 0, 0, '[]')"))
            taken = "SELECT nextval(pg_get_serial_sequence('executions', 'id'))"
            assert connection.scalar(text(taken)) == 2**40 + 1, "keys go on behind those that were loaded"
        engine.dispose()
