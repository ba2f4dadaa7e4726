"""A board with runs of every kind, made once; and empty databases of both kinds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.board import Board
from support.repositories import make_repository

# In the place of Claude Code: an agent whose output is hostile wherever it is shown.
_HOSTILE = r"""
printf '<script>document.title = "owned"</script><img src=x onerror=alert(1)>\n'
printf '\033[31mred\033[0m \033]8;;http://evil.invalid\007link\033]8;;\007\n'
printf 'nul \0 in it, \342\200\256turned\n'
printf '````\nfence\n```\n'
exit 2
"""


@pytest.fixture(scope="session", name="hostile_agent")
def _hostile_agent(tmp_path_factory: pytest.TempPathFactory) -> str:
    program = tmp_path_factory.mktemp("agent") / "hostile"
    program.write_text("#!/bin/sh\n" + _HOSTILE)
    program.chmod(0o755)
    return str(program)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory, hostile_agent: str) -> Iterator[Board]:
    """Give a running board that a module's tests share: one card with three runs that are over."""
    folder = tmp_path_factory.mktemp("original")
    environment = {"RETOMA_CLAUDE_COMMAND": hostile_agent, "RETOMA_TOKEN": ""}
    with Board(folder / "data", environment=environment) as running:
        running.project(make_repository(folder / "repository"))
        card = running.script("A card <b>& more", "say hello", "lines 2500", "run echo one >&2", "exit 0")
        assert running.finish(running.run(card))["status"] == "success"
        assert running.finish(running.run(card, agent="claude-code"))["status"] == "error"
        running.finish(running.run(card, "/plan"))
        yield running


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Board]:
    """Give a second board, with a project and nothing in it."""
    with Board(tmp_path / "other") as running:
        running.project(make_repository(tmp_path / "elsewhere"))
        yield running


@pytest.fixture
def on_postgresql(tmp_path: Path, postgres_url: str) -> Iterator[Board]:
    """Give one whose data is in PostgreSQL."""
    with Board(tmp_path / "on-postgresql", environment={"RETOMA_DATABASE_URL": postgres_url}) as running:
        running.project(make_repository(tmp_path / "its-repository"))
        yield running
