"""A board with a past, on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest
from storage.conftest import _migrated_file, _migrated_postgres, database, url

from retoma.settings import Settings
from retoma.storage.database import Database
from support.past import NEVER, Past

__all__ = ["_migrated_file", "_migrated_postgres", "database", "url"]


@pytest.fixture
def past(database: Database, url: str, tmp_path: Path) -> Past:
    """Give a board with nothing in it yet."""
    return Past(database, Settings(data=tmp_path, database_url=url, seal_after=NEVER))
