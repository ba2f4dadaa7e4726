"""A board as its user has it, with a project."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.board import Board
from support.repositories import make_repository
from support.team import Team


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Give a running board of this test's own, which may be killed and started; twenty runs fit at once."""
    with Board(tmp_path / "data", environment={"RETOMA_CONCURRENCY": "20"}) as running:
        running.project(make_repository(tmp_path / "repository"))
        yield running


@pytest.fixture
def team(tmp_path: Path, postgres_url: str, request: pytest.FixtureRequest) -> Iterator[Team]:
    """Give a board that one process serves, without a worker yet; who says nothing for 6 s (or a parameter) is lost."""
    environment = {"RETOMA_LEASE": str(getattr(request, "param", 6)), "RETOMA_CONCURRENCY": "5"}
    with Team(tmp_path / "data", postgres_url, environment=environment) as running:
        running.project(make_repository(tmp_path / "repository"))
        yield running


@pytest.fixture(scope="module")
def shared_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Give a running board that the tests of a module share; none of them may stop it."""
    folder = tmp_path_factory.mktemp("board")
    with Board(folder / "data") as running:
        running.project(make_repository(folder / "repository"))
        yield running
