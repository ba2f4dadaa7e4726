"""What the tests of the edge ask for."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, event

from support.edge import Edge, running_edge


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    """Give the running application on a fresh SQLite database."""
    with running_edge(tmp_path) as edge:
        yield edge


@pytest.fixture
def client(edge: Edge) -> Iterator[httpx.Client]:
    """Give a client that may call."""
    with edge.client() as client:
        yield client


@pytest.fixture
def statements(edge: Edge) -> Iterator[list[str]]:
    """Give the list of SQL statements that any connection runs from now on."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)
