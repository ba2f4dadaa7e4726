"""An open, empty database with the newest schema: each test runs once on SQLite and once on PostgreSQL.

The migrations run once for each: SQLite's tests get a copy of the file, PostgreSQL's share a database that is emptied.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from support.postgres import empty_database


@pytest.fixture(scope="session", name="migrated_file")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "retoma.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session", name="migrated_postgres")
def _migrated_postgres(postgres_server: URL) -> Iterator[str]:
    with empty_database(postgres_server) as url:
        upgrade(url.render_as_string(hide_password=False))
        yield url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database with the newest schema and nothing in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "retoma.db")
        return f"sqlite:///{tmp_path / 'retoma.db'}"
    shared: str = request.getfixturevalue("migrated_postgres")
    with closing(Database(shared)) as opened:
        opened.write(lambda connection: connection.execute(text("TRUNCATE projects, workers, sweeps CASCADE")).rowcount)
    return shared


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Give that database, open."""
    with closing(Database(url)) as opened:
        yield opened
