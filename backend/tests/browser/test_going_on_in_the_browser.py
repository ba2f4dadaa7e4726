"""Over a restart, a kill and a lost connection, as the user of the page lives through them."""

import json
import re
import sqlite3
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from support.board import Board
from support.model_server import ModelServer
from support.page import PATIENCE, CardPage, create_card, open_card, sign_in

pytestmark = pytest.mark.timeout(120)


def _see(what: Locator) -> None:
    expect(what.first).to_be_visible(timeout=PATIENCE)


def _kill_agent(board: Board, run: str) -> None:
    psutil.Process(json.loads((board.data / "runs" / run / "run.json").read_text())["agent"]["pid"]).kill()


def _active_run(board: Board) -> str:
    (active,) = [card["activeExecution"] for card in board.cards() if card["activeExecution"]]
    assert isinstance(active, dict)
    return str(active["id"])


def _waiting_card(board: Board, page: Page, title: str, script: str) -> CardPage:
    """Open a card whose agent waits for an answer."""
    sign_in(page, board.link)
    create_card(page, title, script)
    card = open_card(page, title)
    page.get_by_role("button", name="/implement").first.click()
    card.expect_status("Needs you")
    return card


def _say(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Message to the agent")
    field.fill(text)
    field.press("Enter")
    expect(field).to_have_value("")


def test_a_question_and_a_message_outlive_a_kill_of_the_server_on_the_same_page(
    claude_board: Board, model: ModelServer, page: Page
) -> None:
    board = claude_board
    card = _waiting_card(board, page, "Ask first", "[[s:perm]]")
    run = _active_run(board)
    on_the_way = page.get_by_role("list", name="Your messages on their way")
    _say(page, "Mind the tests.")
    # An agent that waits for an answer hears nothing else.
    _see(on_the_way.get_by_text("On its way"))

    board.kill()
    _see(page.get_by_text(re.compile("Reconnecting|Offline")).filter(visible=True))
    board.start()
    restarted = page.get_by_role("region", name="After the restart")
    _see(restarted.get_by_text(re.compile("^Server restarted at .*: 1 run goes on")))

    # No refresh: the question is still there, and its answer still counts.
    page.get_by_role("button", name="Allow once").click()
    card.expect_status("Succeeded")
    card.expect_entry("I went on after your answer.")
    expect(on_the_way).to_be_hidden(timeout=PATIENCE)
    _see(card.log.locator('[data-look="user"]').filter(has_text="Mind the tests."))
    _see(card.log.locator('[data-look="recovery"]').filter(has_text="run re-attached"))
    assert [str(entry["content"]) for entry in board.log(run)].count("Mind the tests.") == 1
    assert model.requests[-1].said.count("Mind the tests.") == 1

    # Dismissed is dismissed, also after a refresh.
    restarted.get_by_role("button").click()
    page.reload()
    card.expect_status("Succeeded")
    expect(restarted).to_be_hidden()


def test_a_killed_run_is_resumed_with_the_words_it_did_not_hear(
    claude_board: Board, model: ModelServer, page: Page
) -> None:
    board = claude_board
    card = _waiting_card(board, page, "Cut off", "[[s:perm]]")
    run = _active_run(board)
    _say(page, "Mind the tests.")
    _see(page.get_by_text("On its way"))
    page.get_by_role("textbox", name="Message to the agent").fill("And the docs.")
    _kill_agent(board, run)

    # Why, what proves it, and what to do next.
    card.expect_status("Interrupted")
    ended = page.get_by_role("region", name="How the run ended")
    _see(ended.get_by_text("Claude Code was ended by signal 9 before its turn ended."))
    ended.get_by_text("Evidence: Signal SIGKILL").click()
    _see(ended.get_by_role("definition").filter(has_text="9 (SIGKILL)"))
    unheard = page.get_by_role("region", name="Words the agent did not hear")
    _see(unheard.get_by_text("Not delivered: the run ended first"))
    _see(unheard.get_by_text("And the docs."))

    unheard.get_by_role("button", name="Resume with it").click()
    dialog = page.get_by_role("dialog")
    _see(dialog.get_by_text("Mind the tests."))
    expect(dialog.get_by_role("textbox")).to_have_value("And the docs.")
    dialog.get_by_role("button", name="Resume", exact=True).click()
    _see(page.get_by_role("link", name=re.compile("^Resumes the run of")))
    card.expect_status("Succeeded")
    assert board.execution(_active_run(board))["attemptOf"] == run
    assert [model.requests[-1].said.count(text) for text in ("Mind the tests.", "And the docs.")] == [1, 1]

    # The history knows which goes on from which, and the earlier one can be gone on with again.
    page.get_by_role("tab", name=re.compile("^History")).click()
    _see(page.get_by_role("row").nth(1).get_by_text(re.compile("^resumes ")))
    page.get_by_role("row").nth(2).get_by_role("button", name="Resume").click()
    _see(page.get_by_role("tab", name=re.compile(r"^History\s*3$")))
    card.expect_status("Succeeded")
    assert board.execution(_active_run(board))["attemptOf"] == run


def test_words_typed_while_the_server_is_away_arrive_once_when_it_is_back(
    board: Board, page: Page, tmp_path: Path
) -> None:
    board.post("/api/projects/sample", status=201)
    gate = tmp_path / "gate"
    script = f"```rehearsal\nrun until [ -e {gate} ]; do sleep 0.05; done\nsay after\nexit 0\n```"
    sign_in(page, board.link)
    create_card(page, "Listens", script)
    card = open_card(page, "Listens")
    page.get_by_role("button", name="/implement").first.click()
    field = page.get_by_role("textbox", name="Message to the agent")
    expect(field).to_be_enabled(timeout=PATIENCE)
    run = _active_run(board)

    # A draft survives a refresh.
    field.fill("First,")
    field.press("Shift+Enter")
    field.press_sequentially("a draft.")
    page.reload()
    expect(field).to_have_value("First,\na draft.", timeout=PATIENCE)
    field.press("Enter")
    _see(card.log.locator('[data-look="user"]').filter(has_text="a draft."))

    # The server stores it, and the answer is lost: the same message is sent again, not another one.
    def lose_the_answer(route: Route) -> None:
        assert route.fetch().status == 202
        route.abort()

    page.route("**/messages", lose_the_answer, times=1)
    _say(page, "Second.")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden(timeout=PATIENCE)

    # Nobody is there to store it: it waits in the page, and goes out by itself.
    board.kill()
    _say(page, "Third.")
    _see(page.get_by_role("alert").filter(has_text="Kept here."))
    board.start()
    _see(card.log.locator('[data-look="user"]').filter(has_text="Third."))
    gate.touch()
    card.expect_status("Succeeded")
    said = [entry["content"] for entry in board.log(run) if dict(entry["data"] or {}).get("from") == "user"]  # type: ignore[call-overload]
    assert said == ["First,\na draft.", "Second.", "Third."]


def test_a_server_that_is_not_well_says_so_on_the_page(board: Board, page: Page) -> None:
    sign_in(page, board.link)
    trouble = page.get_by_role("alert").filter(has_text="The server is not well.")
    blocker = sqlite3.connect(board.data / "retoma.db", isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        page.reload()
        _see(trouble.get_by_text("The database has not taken a write for 2 s."))
    finally:
        blocker.close()
    trouble.get_by_role("button", name="Check again").click()
    expect(trouble).to_be_hidden(timeout=PATIENCE)
