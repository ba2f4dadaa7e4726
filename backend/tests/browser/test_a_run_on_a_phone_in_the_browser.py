"""A card on a phone: everything that can be done is in sight, and the log has room."""

import pytest
from playwright.sync_api import Browser, expect

from support.board import Board
from support.page import PATIENCE, sign_in

_TOGETHER = "(buttons) => new Set(buttons.map((button) => Math.round(button.getBoundingClientRect().top))).size"


@pytest.mark.parametrize(("language", "delete", "end"), [("en-US", "Delete", "exit 0"), ("pt-BR", "Excluir", "crash")])
def test_all_that_can_be_done_with_a_card_is_in_sight(
    board: Board, browser: Browser, language: str, delete: str, end: str
) -> None:
    board.post("/api/projects/sample", status=201)
    card = board.script("On a phone", "run exit 3", end)
    board.finish(board.run(card))
    context = browser.new_context(locale=language, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, board.link)
    page.goto(f"{board.url}/cards/{card}")
    actions = page.locator("[class*=actions]").filter(has=page.get_by_role("button", name=delete))
    expect(actions.get_by_role("button")).to_have_count(10, timeout=PATIENCE)
    for button in actions.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0, button
        assert box["x"] + box["width"] <= 390, (button, box)
    assert actions.get_by_role("button").evaluate_all(_TOGETHER) == 2
    toolbar = page.locator("[role=group][data-own-keys]").first.bounding_box()
    assert toolbar is not None
    assert toolbar["height"] <= 108, "the log's bar has two rows"
    context.close()
