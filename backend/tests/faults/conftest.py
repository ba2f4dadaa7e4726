"""A board whose disk will fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.board import Board
from support.repositories import make_repository


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Give a running board of this test's own."""
    with Board(tmp_path / "data") as running:
        running.project(make_repository(tmp_path / "repository"))
        yield running
