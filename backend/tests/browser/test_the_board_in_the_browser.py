"""The board as a person uses it: filter, palette, drag and keys, and how it bears two thousand cards."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.axe import violations
from support.board import Board
from support.page import PATIENCE, sign_in
from support.repositories import make_repository

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def project(board: Board, tmp_path: Path) -> str:
    """Give a project without cards."""
    return board.project(make_repository(tmp_path / "shop"))


def _card(board: Board, title: str, **more: object) -> str:
    return str(board.post("/api/cards", {"title": title, **more}, status=201)["id"])


def test_a_filter_is_the_address_and_is_kept_by_a_refresh(board: Board, project: str, page: Page) -> None:
    _card(board, "The cart is slow", labels=["bug"])
    _card(board, "A page for orders", column="plan", labels=["feature"])
    _card(board, "The cart loses things", column="review", labels=["bug"])
    sign_in(page, board.link)
    cards = page.get_by_role("article")
    expect(cards).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("cart")
    expect(cards).to_have_count(2)
    expect(page).to_have_url(re.compile(rf"/projects/{project}\?text=cart$"))
    page.get_by_label("Any label").select_option("feature")
    expect(page.get_by_role("heading", name="No card matches")).to_be_visible()
    expect(page.get_by_role("search").get_by_text("0 of 3")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="No card matches")).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Any label").select_option("bug")
    expect(cards).to_have_count(2)
    assert violations(page) == []
    page.get_by_role("button", name="Clear filters").click()
    expect(cards).to_have_count(3)
    expect(page.get_by_label("Filter cards")).to_have_value("")


def test_the_palette_finds_cards_and_does_what_their_menu_does(board: Board, project: str, page: Page) -> None:
    _card(board, "The cart is slow")
    quiet = _card(board, "A page for orders", description="```rehearsal\nsay here\n```\n")
    sign_in(page, board.link)
    page.get_by_role("link", name=re.compile("The cart is slow")).focus()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Command palette")
    expect(palette.get_by_role("group", name="This card").get_by_role("option")).to_have_count(10)
    assert violations(page) == []
    page.keyboard.type("move review")
    expect(palette.get_by_role("option", selected=True)).to_have_text("Move to Review#1")
    page.keyboard.press("Enter")
    expect(page.locator('[data-column="review"]').get_by_role("article")).to_have_count(1)
    page.keyboard.press("Control+k")
    page.keyboard.type("orders")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/cards/{quiet}$"))
    page.keyboard.press("Control+k")
    page.keyboard.type("run plan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_text("Succeeded", exact=True).first).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts").get_by_text("Grab the card")).to_be_visible()
