"""A board as its user has it, with a project."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.board import Board
from support.repositories import make_repository


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Give a running board of this test's own, which may be killed and started; twenty runs fit at once."""
    with Board(tmp_path / "data", environment={"RETOMA_CONCURRENCY": "20"}) as running:
        running.project(make_repository(tmp_path / "repository"))
        yield running


@pytest.fixture(scope="module")
def shared_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Give a running board that the tests of a module share; none of them may stop it."""
    folder = tmp_path_factory.mktemp("board")
    with Board(folder / "data") as running:
        running.project(make_repository(folder / "repository"))
        yield running
