"""What holds for every screen: no rule of accessibility is broken, and nothing is wider than the window."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, ViewportSize

from support.axe import violations
from support.board import Board
from support.page import PATIENCE, sign_in

pytestmark = pytest.mark.timeout(180)

_WIDE: ViewportSize = {"width": 1440, "height": 900}
_PHONE: ViewportSize = {"width": 390, "height": 844}
_WIDER_THAN_THE_WINDOW = "() => document.documentElement.scrollWidth - window.innerWidth"


def _screens(board: Board) -> Mapping[str, str]:
    """Return the address of every screen, by what tells that it is there."""
    failed = board.script("A run that failed", "think Let me see.", "run git status", "lines 40", "exit 3")
    board.finish(board.run(failed))
    planned = board.script("A run that planned", "plan <<END\n# Plan\n\n- one\n- two\nEND")
    board.finish(board.run(planned, "/plan"))
    asking = board.script("A run that asks", "say **Ready** for [you](https://example.org).", "ask May I push?")
    board.follow(board.run(asking), until="May I")
    return {
        "Sample project": "/",
        "line 000040": f"/cards/{failed}",
        "Allow once": f"/cards/{asking}",
        "one": f"/cards/{planned}?tab=plan",
        "Failed": f"/cards/{failed}?tab=history",
        "Where is the code?": "/?add=true",
        "of the log": "/needs-you",
        "Data folder": "/settings",
    }


def test_no_screen_breaks_a_rule_of_accessibility_or_is_wider_than_the_window(board: Board, page: Page) -> None:
    board.post("/api/projects/sample", status=201)
    screens = _screens(board)
    sign_in(page, board.link)
    wrong: list[str] = []
    for size in (_WIDE, _PHONE):
        page.set_viewport_size(size)
        for sign, path in screens.items():
            page.goto(f"{board.url}{path}")
            page.get_by_role("main").get_by_text(sign).filter(visible=True).first.wait_for(timeout=PATIENCE)
            name = f"{path} at {size['width']} px"
            wrong += [f"{name}: {each}" for each in violations(page)]
            if (pixels := page.evaluate(_WIDER_THAN_THE_WINDOW)) > 0:
                wrong.append(f"{name}: {pixels} px wider than the window")
    assert wrong == []
