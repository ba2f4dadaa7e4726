"""A real Chromium on a real board."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from support.board import Board
from support.chromium import chromium


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
def board(tmp_path: Path) -> Iterator[Board]:
    """Give an empty board: no project yet."""
    with Board(tmp_path / "data") as running:
        yield running
