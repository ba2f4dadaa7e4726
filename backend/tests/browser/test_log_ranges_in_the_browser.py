"""Lines of a log that are chosen on the page: linked to, copied, and found inside folded text."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from support.axe import violations
from support.board import Board
from support.page import PATIENCE, sign_in

pytestmark = pytest.mark.timeout(120)

_LINES = 3_000
_WRITTEN = "\n".join(f"row {n}" if n != 350 else "the needle in the file" for n in range(400))
_READ = "() => navigator.clipboard.readText()"
_TOP = """() => { const box = document.querySelector('[role=log]').getBoundingClientRect()
    const rows = [...document.querySelectorAll('[role=log] [data-sequence]')]
    return Number(rows.find((row) => row.getBoundingClientRect().bottom > box.top + 1).dataset.sequence) }"""
_WORD_IS_SEEN = """() => { const [found] = CSS.highlights.get('log-found') ?? []
    if (!found) return false
    const range = document.createRange()
    range.setStart(found.startContainer, found.startOffset)
    range.setEnd(found.endContainer, found.endOffset)
    const word = range.getBoundingClientRect()
    const box = document.querySelector('[role=log]').getBoundingClientRect()
    return word.height > 0 && word.top >= box.top && word.bottom <= box.bottom }"""


class _Lines:
    """The log on the page, and the lines in it that are chosen."""

    def __init__(self, page: Page, board: Board, card: str, execution: str) -> None:
        self.page = page
        self.address = f"{board.url}/cards/{card}"
        self.board = board
        self.execution = execution
        self.box = page.get_by_role("log")
        self.bar = page.get_by_role("group", name="Chosen lines")
        self.marked = self.box.locator("[data-marked]")

    def open(self, hash_: str = "") -> None:
        """Open the address anew."""
        self.page.goto("about:blank")
        self.page.goto(self.address + hash_)
        expect(self.box).to_have_attribute("data-head", re.compile(r"\d"), timeout=PATIENCE)

    def number(self, line: int) -> Locator:
        """Return the number of a line."""
        return self.page.get_by_role("link", name=f"Link to line {line}", exact=True)

    def said(self, first: int, last: int) -> str:
        """Return what the entries say, as the API has it."""
        return "\n".join(str(entry["content"]) for entry in self.board.log(self.execution)[first - 1 : last])


def _wrong_for_somebody(lines: _Lines) -> list[str]:
    """Choose lines, and name what is wrong with them for a reader, in both colour schemes, and on a phone."""
    page = lines.page
    lines.open("#L40-L52")
    expect(lines.marked).to_have_count(13)
    wrong = violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(lines.bar).to_be_visible()
    wrong += violations(page)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        wrong.append("wider than a phone")
    for button in lines.bar.get_by_role("button").all():
        box = button.bounding_box()
        if box is not None and (box["height"] < 44 or box["x"] + box["width"] > 390):
            wrong.append(f"{button.inner_text()}: {box}")
    return wrong


@pytest.fixture(name="open_run")
def _open_run(board: Board, page: Page) -> Callable[..., _Lines]:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def open_run(*steps: str, until: str | None = None) -> _Lines:
        board.post("/api/projects/sample", status=201)
        card = board.script("Choose lines", *steps)
        execution = board.run(card)
        board.follow(execution, until=until)
        sign_in(page, board.link)
        return _Lines(page, board, card, execution)

    return open_run


def test_a_range_is_chosen_linked_to_and_copied(open_run: Callable[..., _Lines]) -> None:
    lines = open_run(f"lines {_LINES}", "run false")
    page = lines.page
    lines.open("#L1200")
    expect(lines.bar).to_contain_text("Line 1,200")
    lines.number(1205).click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile("#L1200-L1205$"))
    expect(lines.marked).to_have_count(6)
    expect(page.locator("[role=status][aria-live=polite]")).to_have_text("Lines 1,200 to 1,205 chosen")

    # The link leads another reader there, whatever the card runs by then; so does a refresh.
    lines.bar.get_by_role("button", name="Copy link").click()
    link = page.evaluate(_READ)
    assert link == f"{lines.address}?execution={lines.execution}#L1200-L1205"
    page.goto("about:blank")
    page.goto(link)
    expect(lines.marked).to_have_count(6, timeout=PATIENCE)
    assert page.evaluate(_TOP) == 1200
    page.reload()
    expect(lines.marked).to_have_count(6, timeout=PATIENCE)
    assert page.evaluate(_TOP) == 1200

    # From far above, over lines that were never on the page.
    lines.box.focus()
    page.keyboard.press("Home")
    lines.number(3).click()
    page.keyboard.press("End")
    expect(lines.box).to_have_attribute("data-following", "true")
    lines.number(2_990).click(modifiers=["Shift"])
    lines.bar.get_by_role("button", name="Copy 2,988 lines").click()
    expect(page.get_by_text("2,988 lines copied").first).to_be_visible()
    assert page.evaluate(_READ) == lines.said(3, 2_990)

    # The keyboard alone: Enter on a number, Shift with the arrows, the usual copy, Escape.
    lines.number(2_985).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page).to_have_url(re.compile("#L2985-L2987$"))
    page.keyboard.press("Control+c")
    expect(page.get_by_text("3 lines copied").first).to_be_visible()
    assert page.evaluate(_READ) == lines.said(2_985, 2_987)
    page.keyboard.press("Escape")
    expect(lines.bar).to_be_hidden()
    assert "#" not in page.url

    assert _wrong_for_somebody(lines) == []


def test_hidden_and_folded_lines_are_shown_when_they_are_asked_for(open_run: Callable[..., _Lines]) -> None:
    lines = open_run(
        "run false",
        "lines 200",
        f"write a.txt <<END\n{_WRITTEN}\nEND",
        "run seq 900100 900500",
        "lines 200",
        "say All is there.",
        "sleep 60",
        until="All is there",
    )
    page = lines.page
    lines.open()
    # A filter that hides the line of the address goes; the run goes on meanwhile.
    page.get_by_role("button", name="Errors", exact=True).click()
    expect(lines.box).to_have_attribute("data-head", "1", timeout=PATIENCE)
    page.evaluate("location.hash = '#L100-L101'")
    expect(lines.marked).to_have_count(2, timeout=PATIENCE)
    assert page.evaluate(_TOP) == 100
    expect(page.get_by_text("Line 100 was filtered out: everything is shown again.").first).to_be_visible()
    expect(page.get_by_role("button", name="Everything")).to_have_attribute("aria-pressed", "true")

    # The found word is on the screen: in a long output, and in what was written to a file.
    for query in ("900450", '"needle in"'):
        page.get_by_label("Search the log").fill(query)
        page.keyboard.press("Enter")
        page.wait_for_function(_WORD_IS_SEEN)
        expect(lines.box.locator("[data-found] [aria-expanded=true]").first).to_be_attached()
