"""A log that was removed because of its age, and old logs that wait for a person, as the page shows them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.board import Board
from support.command import retoma
from support.false_clock import FalseClock
from support.page import PATIENCE, sign_in
from support.recorder import until

pytestmark = pytest.mark.timeout(120)

_DAYS = 31


@pytest.fixture
def clock(tmp_path: Path) -> FalseClock:
    return FalseClock(tmp_path / "offset")


@pytest.fixture
def board(tmp_path: Path, clock: FalseClock) -> Iterator[Board]:
    """Give a board whose server has a clock that a test sets, and that sweeps every second."""
    with Board(tmp_path / "data", environment={**clock.for_the_server, "RETOMA_SWEEP_EVERY": "1"}) as running:
        running.post("/api/projects/sample", status=201)
        yield running


def test_old_logs_wait_for_a_person_and_then_an_open_page_says_that_its_log_is_gone(
    board: Board, clock: FalseClock, page: Page
) -> None:
    card = board.script("An old run", "say here", "lines 50", "exit 3")
    board.finish(board.run(card))
    clock.set(_DAYS * 86_400)
    until(lambda: bool(board.get("/api/sweeps")["items"]), 30)
    sign_in(page, board.link)
    waits = page.get_by_role("region", name="Old logs")
    expect(waits).to_contain_text("1 of 1 would go at once, more than half")
    expect(waits).to_contain_text("retoma prune --yes")
    page.goto(f"{board.url}/cards/{card}")
    expect(page.get_by_role("log").get_by_text("line 000050")).to_be_visible(timeout=PATIENCE)

    assert retoma("prune", "--yes", "--data", board.data).returncode == 0
    gone = page.get_by_text(re.compile(r"^The log was removed on .*, 31 days after the run had ended\. The result"))
    expect(gone).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("log")).to_be_hidden()
    expect(page.get_by_role("main").get_by_text("Failed", exact=True).first).to_be_visible()
    page.get_by_role("tab", name=re.compile("^History")).click()
    expect(page.get_by_role("row").get_by_text("log removed")).to_be_visible()
    page.reload()
    page.get_by_role("tab", name="Log").click()
    expect(gone).to_be_visible(timeout=PATIENCE)
    expect(waits).to_be_hidden()
