"""A real Chromium on a real board."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from support.board import Board
from support.chromium import chromium
from support.claude import offline_settings, require_claude
from support.model_server import ModelServer
from support.repositories import make_repository


@pytest.fixture(scope="session", name="browser")
def _browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a fresh profile's page. An error in the page's own code fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@pytest.fixture
def claude_board(tmp_path: Path) -> Iterator[Board]:
    """Give a board with one project, whose agent is the real claude program on a loopback model server."""
    program = require_claude()
    home = tmp_path / "home"
    home.mkdir()
    with ModelServer() as server:
        environment = {
            **offline_settings(server.url),
            "RETOMA_CLAUDE_COMMAND": " ".join(program),
            "HOME": str(home),
        }
        with Board(tmp_path / "data", environment=environment) as running:
            running.project(make_repository(tmp_path / "repository"), agent="claude-code")
            yield running


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Give an empty board: no project yet."""
    with Board(tmp_path / "data") as running:
        yield running
