"""Moving cards by finger, by mouse at the edges, and by keys that come faster than the page draws."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from support.axe import violations
from support.board import Board
from support.finger import Finger, touched
from support.page import PATIENCE, sign_in
from support.repositories import make_repository

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def project(board: Board, tmp_path: Path) -> str:
    """Give a project without cards."""
    return board.project(make_repository(tmp_path / "shop"))


@pytest.fixture
def tablet(browser: Browser) -> Iterator[Page]:
    """Give a page that knows nothing but touch, of the size of a tablet."""
    with touched(browser, 1024, 768) as page:
        yield page


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Give a page that knows nothing but touch, of the size of a phone."""
    with touched(browser, 390, 844) as page:
        yield page


def _titles(board: Board, column: str) -> list[object]:
    cards = [card for card in board.cards() if card["column"] == column]
    return [card["title"] for card in sorted(cards, key=lambda card: float(str(card["position"])))]


def _column(page: Page, name: str) -> Locator:
    return page.locator(f'[data-column="{name}"]')


def _card(page: Page, title: str) -> Locator:
    return page.get_by_role("link", name=re.compile(rf"{title}(,|$)"))


_AT_ITS_RIGHT_END = "(each) => each.scrollLeft > 50 && each.scrollLeft + each.clientWidth > each.scrollWidth - 2"
_AT_ITS_LOWER_END = "(each) => each.scrollTop > 50 && each.scrollTop + each.clientHeight > each.scrollHeight - 2"
_HELD = '[data-grabbed="true"]'


def test_a_long_press_takes_a_card_over_the_board_and_a_swipe_only_scrolls(board: Board, tablet: Page) -> None:
    for title in ("First", "Second", "Third"):
        board.card(title)
    sign_in(tablet, board.link)
    finger = Finger(tablet)

    # A swipe from a card scrolls the columns, takes nothing and opens nothing.
    finger.down(_card(tablet, "Second"), x=180)
    finger.move(60, 300)
    expect(tablet.locator(_HELD)).to_have_count(0)
    finger.up()
    columns = tablet.get_by_role("group", name="Columns")
    assert columns.evaluate("(each) => each.scrollLeft") > 50
    columns.evaluate("(each) => { each.scrollLeft = 0 }")

    finger.down(_card(tablet, "Second"))
    expect(tablet.locator(_HELD)).to_have_count(1)
    expect(tablet.get_by_text(re.compile("^#2 held, position 2 of 3 in Backlog"))).to_be_attached()
    finger.over(_column(tablet, "implement"))
    expect(_column(tablet, "implement")).to_have_attribute("data-over", "true")
    expect(_column(tablet, "backlog")).to_have_attribute("data-over", "false")
    # At the right edge the columns that are outside come.
    finger.move(1_010, 400)
    tablet.wait_for_function(_AT_ITS_RIGHT_END, arg=columns.element_handle())
    finger.over(_column(tablet, "review"))
    expect(_column(tablet, "review")).to_have_attribute("data-over", "true")
    finger.up()
    expect(_column(tablet, "review").get_by_role("article")).to_have_count(1)
    expect(tablet.get_by_text("#2 moved to Review")).to_be_attached()
    expect(tablet).not_to_have_url(re.compile("/cards/"))
    expect(tablet.locator(_HELD)).to_have_count(0)
    assert _titles(board, "review") == ["Second"]

    # A tap still opens the card.
    finger.down(_card(tablet, "Second"))
    finger.up()
    expect(tablet).to_have_url(re.compile("/cards/"))


def test_a_held_card_goes_back_when_the_touch_is_interrupted_or_escape_is_pressed(board: Board, tablet: Page) -> None:
    for title in ("First", "Second", "Third"):
        board.card(title)
    sign_in(tablet, board.link)
    finger = Finger(tablet)
    for gives_up in (finger.cancel, lambda: tablet.keyboard.press("Escape")):
        finger.down(_card(tablet, "First"))
        expect(tablet.locator(_HELD)).to_have_count(1)
        finger.over(_column(tablet, "plan"))
        expect(_column(tablet, "plan")).to_have_attribute("data-over", "true")
        gives_up()
        expect(_column(tablet, "plan")).to_have_attribute("data-over", "false")
        expect(tablet.locator(_HELD)).to_have_count(0)
        expect(tablet.get_by_text("#1 is back where it was")).to_be_attached()
    finger.up()
    expect(_column(tablet, "backlog").get_by_role("article")).to_have_count(3)
    expect(tablet).not_to_have_url(re.compile("/cards/"))
    assert _titles(board, "backlog") == ["First", "Second", "Third"]


def test_on_a_phone_a_card_is_moved_by_its_menu_and_within_its_column_by_a_long_press(
    board: Board, phone: Page
) -> None:
    for n in range(1, 13):
        board.card(f"Card {n:02}")
    sign_in(phone, board.link)
    finger = Finger(phone)

    # Held at the lower edge, the column scrolls below the card, even when its old place is out of the page.
    finger.down(_card(phone, "Card 01"))
    expect(phone.locator(_HELD)).to_have_count(1)
    column = _column(phone, "backlog")
    finger.move(180, 835)
    phone.wait_for_function(_AT_ITS_LOWER_END, arg=column.element_handle())
    finger.up()
    expect(phone.get_by_text("#1 moved to Backlog")).to_be_attached()
    assert _titles(board, "backlog")[-1] == "Card 01"

    # The filter takes two rows at most, also when it is set.
    phone.get_by_role("button", name="Filter").tap()
    phone.get_by_label("Filter cards").fill("Card")
    bar = phone.get_by_role("search").bounding_box()
    assert bar is not None
    assert bar["height"] <= 2 * 44 + 8 + 10
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(phone) == []
    phone.get_by_role("button", name="Clear filters").tap()
    phone.get_by_role("button", name="Filter").tap()

    phone.get_by_role("button", name="Actions of #1", exact=True).tap()
    phone.get_by_role("menuitem", name="Move to").tap()
    target = phone.get_by_role("menuitem", name="Review", exact=True)
    box = target.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert violations(phone) == []
    target.tap()
    expect(phone.get_by_text("#1 moved to Review")).to_be_attached()
    phone.get_by_role("button", name=re.compile("^Review 1$")).tap()
    expect(_column(phone, "review").get_by_role("article")).to_have_count(1)
    assert _titles(board, "review") == ["Card 01"]


def test_the_board_and_its_columns_scroll_below_a_card_that_the_mouse_holds_at_an_edge(
    board: Board, page: Page
) -> None:
    for n in range(1, 25):
        board.card(f"Card {n:02}")
    page.set_viewport_size({"width": 900, "height": 700})
    sign_in(page, board.link)
    columns, backlog = page.get_by_role("group", name="Columns"), _column(page, "backlog")
    start = _card(page, "Card 01").bounding_box()
    assert start
    page.mouse.move(start["x"] + 20, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, 400, steps=4)
    page.mouse.move(start["x"] + 40, 690, steps=4)
    page.wait_for_function("(each) => each.scrollTop > 1_000", arg=backlog.element_handle())
    page.mouse.move(895, 400, steps=6)
    page.wait_for_function(_AT_ITS_RIGHT_END, arg=columns.element_handle())
    over = _column(page, "review").bounding_box()
    assert over
    page.mouse.move(over["x"] + 30, 300, steps=3)
    expect(_column(page, "review")).to_have_attribute("data-over", "true")
    page.mouse.up()
    expect(page.get_by_text("#1 moved to Review")).to_be_attached()
    assert _titles(board, "review") == ["Card 01"]


def test_every_key_counts_however_fast_they_come_and_escape_restores_the_place(board: Board, page: Page) -> None:
    for n in range(1, 9):
        board.card(f"Card {n}")
    before = [(card["title"], card["column"], card["position"]) for card in board.cards()]
    sign_in(page, board.link)
    session = page.context.new_cdp_session(page)

    def press(*names: str) -> None:
        """Press keys without waiting for the page in between."""
        page.evaluate("() => { window.pressed = 0; document.onkeydown = () => { window.pressed += 1 } }")
        for name in names:
            session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": name, "code": name})
        page.wait_for_function("(count) => window.pressed === count", arg=len(names))

    _card(page, "Card 5").focus()
    page.keyboard.press("Space")
    # None of them at an edge, where a lost key would not show.
    press(*["ArrowRight"] * 4, *["ArrowLeft"] * 2, "ArrowRight")
    expect(_card(page, "Card 5, Idle, position 1 of 1 in Test")).to_be_focused()
    page.keyboard.press("Escape")
    expect(_card(page, "Card 5, Idle, position 5 of 8 in Backlog")).to_be_focused()
    expect(page.get_by_text("#5 is back where it was")).to_be_attached()
    expect(page.locator(_HELD)).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert [(card["title"], card["column"], card["position"]) for card in board.cards()] == before

    # And ten in a row within the column.
    page.keyboard.press("Space")
    press(*["ArrowUp"] * 3, *["ArrowDown"] * 6, "ArrowUp")
    expect(_card(page, "Card 5, Idle, position 7 of 8 in Backlog")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text("#5 dropped, position 7 of 8 in Backlog")).to_be_attached()
    page.reload()
    expect(_card(page, "Card 5, Idle, position 7 of 8 in Backlog")).to_be_visible(timeout=PATIENCE)


def test_the_columns_start_near_the_top_of_the_window(board: Board, page: Page) -> None:
    board.card("First")
    for width, highest in ((1440, 140), (900, 180)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(board.link if width == 1440 else board.url)
        box = page.get_by_role("article").bounding_box()
        assert box is not None
        assert box["y"] < highest
