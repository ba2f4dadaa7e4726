"""What the tests of the edge ask for."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import httpx
import pytest

from retoma.storage import migrate
from support.edge import Edge, running_edge


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an empty, migrated SQLite database to copy."""
    file = tmp_path_factory.mktemp("migrated") / "retoma.db"
    migrate.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def edge(tmp_path: Path, migrated: Path) -> Iterator[Edge]:
    """Give the running application on a fresh SQLite database."""
    copyfile(migrated, tmp_path / "retoma.db")
    with running_edge(tmp_path) as edge:
        yield edge


@pytest.fixture
def client(edge: Edge) -> Iterator[httpx.Client]:
    """Give a client that may call."""
    with edge.client() as client:
        yield client
