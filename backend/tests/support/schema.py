"""What a database is made of, as text that can be compared: every column, key, constraint and index."""

import re
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, make_url, text

from retoma.storage.base import Base
from retoma.storage.database import is_sqlite, migration_engine
from support.postgres import empty_database

_SQLITE = "SELECT type || ' ' || name || ': ' || coalesce(sql, 'automatic') FROM sqlite_master"
_POSTGRES = """
    SELECT 'column ' || table_name || '.' || column_name || ': ' || data_type || ' ' || is_nullable || ' '
           || coalesce(column_default, '') || ' ' || is_identity
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index: ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ': ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


def describe(url: str) -> Sequence[str]:
    """Return a line for each part of the schema, without Alembic's own table."""
    engine = migration_engine(url)
    try:
        with engine.connect() as connection:
            return _lines(connection)
    finally:
        engine.dispose()


def describe_models(url: str, folder: Path) -> Sequence[str]:
    """Return the same for a database of that kind in which the models have created everything."""
    if is_sqlite(url):
        return _described_models(f"sqlite:///{folder / 'models.db'}")
    with empty_database(make_url(url)) as other:
        return _described_models(other.render_as_string(hide_password=False))


def _described_models(url: str) -> Sequence[str]:
    engine = migration_engine(url)
    try:
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
            return _lines(connection)
    finally:
        engine.dispose()


def _lines(connection: Connection) -> Sequence[str]:
    sqlite = connection.dialect.name == "sqlite"
    found = connection.execute(text(_SQLITE if sqlite else _POSTGRES)).scalars().all()
    plain = [re.sub(r"\s+", " ", line.replace("IF NOT EXISTS ", "")) for line in found]
    return sorted(_in_order(line) for line in plain if "alembic_version" not in line)


def _in_order(line: str) -> str:
    """SQLite keeps a table's text as it was written; the order of columns and constraints in it says nothing."""
    table, *constraints = re.split(r",? (?=CONSTRAINT )| (?=\) ?(?:WITHOUT ROWID)?$)", line)
    name, bracket, columns = table.partition(" ( ")
    return " ".join([name + bracket + ", ".join(sorted(columns.split(", "))), *sorted(constraints)])
