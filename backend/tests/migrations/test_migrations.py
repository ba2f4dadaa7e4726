"""Migrations on SQLite and PostgreSQL: up, down, again, from any half-way state, and never over a newer schema."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Text, inspect, text

import retoma
from retoma.core.errors import InvalidError
from retoma.storage.base import Base
from retoma.storage.database import Database, is_sqlite, migration_engine
from retoma.storage.migrate import current, downgrade, head, revisions, upgrade
from support import factories
from support.schema import describe, describe_models

PROGRAM = Path(__file__).with_name("killed_upgrade.py")
SOURCES = [str(Path(str(retoma.__file__)).parents[1]), str(Path(__file__).parents[1])]
TABLES = [import_module(f"retoma.{room}.tables") for room in ("projects", "cards", "executions", "logs", "search")]


def execute(url: str, *statements: str) -> None:
    engine = migration_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.fixture
def migrated(database_url: str) -> str:
    upgrade(database_url)
    return database_url


def test_an_empty_database_goes_up_down_and_up_again(database_url: str) -> None:
    assert current(database_url) is None
    upgrade(database_url)
    first = describe(database_url)
    assert current(database_url) == head()
    downgrade(database_url, "base")
    assert current(database_url) is None
    assert describe(database_url) == []
    upgrade(database_url)
    assert describe(database_url) == first


def test_a_second_upgrade_changes_nothing_and_keeps_what_is_stored(migrated: str) -> None:
    with closing(Database(migrated)) as database:
        execution, fence = factories.run(database, factories.create_card(database).id)
        factories.append(database, execution, fence, factories.make_entries(1, 3))
        stored = factories.reload(database, execution)
    schema = describe(migrated)
    upgrade(migrated)
    assert describe(migrated) == schema
    with closing(Database(migrated)) as database:
        assert factories.reload(database, execution) == stored


def test_the_migrated_schema_is_the_models(migrated: str) -> None:
    engine = migration_engine(migrated)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            assert compare_metadata(context, Base.metadata) == []
    finally:
        engine.dispose()


def test_tables_columns_keys_and_partial_indexes_are_those_that_the_models_would_create(
    migrated: str, tmp_path: Path
) -> None:
    assert describe(migrated) == describe_models(migrated, tmp_path)


def test_words_that_grow_are_text_and_no_type_of_the_server(migrated: str) -> None:
    engine = migration_engine(migrated)
    try:
        inspector = inspect(engine)
        for table, column in (
            ("executions", "status"),
            ("executions", "command"),
            ("execution_logs", "type"),
            ("execution_logs", "kind"),
            ("cards", "column"),
            ("requests", "state"),
            ("messages", "state"),
        ):
            kinds = {found["name"]: found["type"] for found in inspector.get_columns(table)}
            assert isinstance(kinds[column], Text), (table, column)
        if not is_sqlite(migrated):
            with engine.connect() as connection:
                assert connection.execute(text("SELECT count(*) FROM pg_type WHERE typtype = 'e'")).scalar_one() == 0
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    "missing",
    [
        ["DROP INDEX ux_executions_card_id_active", "DROP INDEX ix_requests_open"],
        ["DROP TABLE messages", "DROP TABLE requests"],
        [
            f"DROP TABLE {table}"
            for table in (
                "messages",
                "requests",
                "execution_logs",
                "execution_log_chunks",
                "search_blocks",
                "executions",
            )
        ],
    ],
    ids=["indexes", "last tables", "most tables"],
)
def test_a_half_made_schema_is_completed(migrated: str, missing: Sequence[str]) -> None:
    whole = describe(migrated)
    execute(migrated, *missing, "DELETE FROM alembic_version")
    assert describe(migrated) != whole
    upgrade(migrated)
    assert describe(migrated) == whole
    assert current(migrated) == head()


def test_a_newer_database_is_refused_and_left_as_it_is(migrated: str) -> None:
    execute(migrated, "UPDATE alembic_version SET version_num = '9999'", "DROP INDEX ix_requests_open")
    schema = describe(migrated)
    with pytest.raises(InvalidError, match=r"revision 9999.*newer version"):
        upgrade(migrated)
    with pytest.raises(InvalidError, match="9999"):
        downgrade(migrated, "base")
    assert current(migrated) == "9999"
    assert describe(migrated) == schema


def test_an_upgrade_killed_at_any_statement_is_completed_by_the_next(database_url: str, tmp_path: Path) -> None:
    expected = describe_models(database_url, tmp_path)
    whole = [_schema_at(database_url, revision) for revision in ("base", *revisions())]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)}
    # In one database: each kill leaves behind what it leaves behind, and the next attempt meets it.
    done = subprocess.run(
        [sys.executable, str(PROGRAM), database_url], env=environment, capture_output=True, text=True, check=True
    )
    left_behind = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(left_behind) > 10
    assert all(schema in whole for schema in left_behind)  # a migration stands whole, or not at all
    assert describe(database_url) == expected
    assert current(database_url) == head()


def _schema_at(url: str, revision: str) -> Sequence[str]:
    if revision != "base":
        upgrade(url, revision)
    schema = describe(url)
    downgrade(url, "base")
    return schema
