"""The page in the reader's language, and in the one the reader chose."""

import re

from playwright.sync_api import Browser, Page, expect

from support.board import Board
from support.page import PATIENCE


def test_a_portuguese_browser_gets_the_page_in_portuguese_and_the_choice_outlives_a_reload(
    board: Board, browser: Browser
) -> None:
    board.post("/api/projects/sample", status=201)
    context = browser.new_context(locale="pt-BR", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(board.link)

    expect(page.get_by_role("button", name=re.compile("^Novo cartão")).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    assert page.locator("html").get_attribute("lang") == "pt-BR"
    page.get_by_role("button", name=re.compile("^Novo cartão")).first.click()
    expect(page.get_by_role("dialog").get_by_label("O que deve ser feito")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")

    _choose(page, "English")
    expect(page.get_by_role("button", name=re.compile("^New card")).first).to_be_visible(timeout=PATIENCE)
    assert page.locator("html").get_attribute("lang") == "en"
    page.reload()
    expect(page.get_by_role("button", name=re.compile("^New card")).first).to_be_visible(timeout=PATIENCE)
    _choose(page, "Português")
    expect(page.get_by_role("button", name=re.compile("^Novo cartão")).first).to_be_visible(timeout=PATIENCE)
    context.close()
    assert errors == []


def test_a_refusal_is_said_in_portuguese_with_the_servers_own_sentence_behind(board: Board, browser: Browser) -> None:
    context = browser.new_context(locale="pt-BR", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(board.link)
    page.get_by_label(re.compile("^Pasta do repositório")).fill("/nowhere/at-all")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Este valor não foi aceito: “/nowhere/at-all is not there"))).to_be_visible(
        timeout=PATIENCE
    )
    context.close()


def test_an_english_reader_never_fetches_the_second_language(board: Board, page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(board.link)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    assert any("/assets/index-" in url for url in fetched)
    assert not any("pt-BR" in url for url in fetched)


def _choose(page: Page, language: str) -> None:
    with page.expect_navigation():
        page.get_by_role("radio", name=language).check(no_wait_after=True)
