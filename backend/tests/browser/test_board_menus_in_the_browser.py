"""What lies above the board, by mouse and key: no menu and no dialog breaks a rule of accessibility."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize

from support.axe import violations
from support.board import Board
from support.page import PATIENCE, sign_in

pytestmark = pytest.mark.timeout(180)

_WIDE: ViewportSize = {"width": 1440, "height": 900}
_PHONE: ViewportSize = {"width": 390, "height": 844}


def test_no_menu_or_dialog_of_the_board_breaks_a_rule_of_accessibility(board: Board, page: Page) -> None:
    board.post("/api/projects/sample", status=201)
    card = board.card("Sums are rounded twice")
    number = board.get(f"/api/cards/{card}")["number"]
    sign_in(page, board.link)
    wrong: list[str] = []

    def check(what: str, kind: str) -> None:
        page.get_by_role("dialog" if kind == "dialog" else "menu").wait_for(timeout=PATIENCE)
        wrong.extend(f"{what} at {_width(page)} px: {each}" for each in violations(page))

    def close() -> None:
        page.keyboard.press("Escape")
        page.get_by_role("dialog").or_(page.get_by_role("menu")).wait_for(state="detached")

    def choose(*words: str) -> None:
        page.get_by_role("button", name=f"Actions of #{number}", exact=True).click()
        for word in words:
            page.get_by_role("menuitem", name=word, exact=True).click()

    for size in (_WIDE, _PHONE):
        page.set_viewport_size(size)
        page.get_by_role("heading", level=1).click()
        for what, key in (("new card", "c"), ("keys", "?")):
            page.keyboard.press(key)
            check(what, "dialog")
            close()
        for what, words in (("card menu", ()), ("move to", ("Move to…",))):
            choose(*words)
            check(what, "menu")
            close()
        page.get_by_role("button", name=re.compile(rf"^Run.*#{number}$")).click()
        check("run", "menu")
        close()
        choose("Edit")
        check("edit card", "dialog")
        close()
    assert wrong == []


def _width(page: Page) -> int:
    size = page.viewport_size
    assert size is not None
    return size["width"]
