"""The log of a run on the page: searched, stepped through, filtered, linked to, copied, as its reader does it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from support.board import Board
from support.page import PATIENCE, sign_in

pytestmark = pytest.mark.timeout(120)

_LINES = 3_000
_STEPS = (
    "say The needle is here",
    "run false",
    f"lines {_LINES}",
    "say Another needle",
    "run false",
    "run true",
)


class _LogOnPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_role("log")
        self.field = page.get_by_label("Search the log")
        self.count = page.get_by_role("search").get_by_role("status")

    def top(self) -> int:
        """Return the line that is on top of the screen."""
        script = """(box) => Number([...box.querySelectorAll('[data-sequence]')].find((row) =>
            row.getBoundingClientRect().bottom > box.getBoundingClientRect().top + 1).dataset.sequence)"""
        return int(self.box.evaluate(script))

    def row(self, line: int) -> Locator:
        """Return the row of a line."""
        return self.box.locator(f'[data-sequence="{line}"]')


@pytest.fixture
def log(board: Board, page: Page) -> _LogOnPage:
    """Give the log of a run with two errors far from each other, as a person sees it."""
    board.post("/api/projects/sample", status=201)
    card = board.script("Find it", *_STEPS)
    board.finish(board.run(card))
    sign_in(page, board.link)
    page.goto(f"{board.url}/cards/{card}")
    opened = _LogOnPage(page)
    expect(opened.box).to_have_attribute("data-head", re.compile(r"\d{4}"), timeout=PATIENCE)
    return opened


def test_search_goes_exactly_to_every_match_and_errors_are_a_key_away(log: _LogOnPage) -> None:
    page = log.page
    page.keyboard.press("/")
    expect(log.field).to_be_focused()
    log.field.fill("line 001234")
    expect(log.count).to_have_text("1", timeout=PATIENCE)
    page.keyboard.press("Enter")
    expect(log.count).to_have_text("1 of 1")
    expect(log.box.locator("[data-found]")).to_contain_text("line 001234")
    painted = (
        "[...CSS.highlights.get('log-found')].map((at) => at.startContainer.data.slice(at.startOffset, at.endOffset))"
    )
    assert page.evaluate(painted).count("001234") == 1

    # Enter goes on from match to match and around; Escape leaves the field to the log.
    log.field.fill("needle")
    expect(log.count).to_have_text("3", timeout=PATIENCE)
    # From the line on screen on: of three (the last word of a run repeats its last sentence) the first is behind.
    for place in ("2 of 3", "3 of 3", "1 of 3", "2 of 3"):
        page.keyboard.press("Enter")
        expect(log.count).to_have_text(place)
    page.keyboard.press("Shift+Enter")
    expect(log.count).to_have_text("1 of 3")
    expect(log.box.locator("[data-found]")).to_contain_text("The needle is here")
    page.keyboard.press("Escape")
    expect(log.box).to_be_focused()
    expect(log.field).to_have_value("")

    # Errors first: the button, then the keys.
    page.get_by_role("button", name="Jump to the first error: 2 errors").click()
    first = log.box.locator("[data-found]")
    expect(first).to_have_attribute("data-look", "failed")
    line = int(first.get_attribute("data-sequence") or 0)
    log.box.focus()
    page.keyboard.press("n")
    expect(log.row(line)).not_to_be_attached()
    expect(log.box.locator("[data-found][data-look=failed]")).to_be_visible()
    page.keyboard.press("p")
    expect(log.row(line)).to_have_attribute("data-found", "true")


def test_only_errors_are_shown_and_the_view_is_kept(log: _LogOnPage) -> None:
    page = log.page
    page.get_by_role("button", name="Errors", exact=True).click()
    expect(log.box).to_have_attribute("data-head", "2", timeout=PATIENCE)
    expect(log.box.locator("[data-look=failed]")).to_have_count(2)
    page.get_by_role("button", name="View and download").click()
    page.get_by_role("menuitemradio", name="Hidden").click()
    page.get_by_role("menuitemcheckbox", name="Wrap long lines").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Log as text").click()
    assert download.value.path().read_text("utf-8").count("\tline 00") == _LINES
    page.reload()
    expect(log.box.locator("[data-look]").first).to_be_visible(timeout=PATIENCE)
    expect(log.box.locator("time").first).to_be_hidden()
