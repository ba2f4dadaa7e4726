"""The inbox of questions and interrupted runs, and the settings, as a person uses them."""

import json
import re

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from support.axe import violations
from support.board import Board
from support.page import PATIENCE, sign_in

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(name="asking")
def _asking(board: Board) -> Board:
    """Return a board on which two cards ask and one was interrupted."""
    board.post("/api/projects/sample", status=201)
    for title, question in (("Push the branch", "May I push?"), ("Drop the table", "May I drop it?")):
        board.follow(_start(board, title, f"ask {question}"), until=question)
    lost = _start(board, "Import the orders", "say On it.", "hang")
    board.follow(lost, until="On it.")
    recorded = json.loads((board.data / "runs" / lost / "run.json").read_text())
    psutil.Process(recorded["recorder"]["pid"]).kill()
    assert board.finish(lost)["status"] == "interrupted"
    return board


def _start(board: Board, title: str, *steps: str) -> str:
    return board.run(board.script(title, *steps))


def _items(page: Page) -> Locator:
    return page.get_by_role("list", name=re.compile("^What needs you")).locator("> li")


def test_questions_are_answered_by_keyboard_and_the_count_is_in_every_title(asking: Board, page: Page) -> None:
    sign_in(page, asking.link)
    expect(page).to_have_title(re.compile(r"^\(3\) Sample project"), timeout=PATIENCE)
    page.get_by_role("link", name=re.compile("^Needs you")).click()
    expect(page).to_have_title(re.compile(r"^\(3\) Needs you"))
    expect(_items(page)).to_have_count(3)
    assert violations(page) == []

    # j and k go to the answers; no letter answers.
    page.keyboard.press("j")
    first, second, lost = (_items(page).nth(n) for n in range(3))
    expect(first.get_by_role("button", name="Allow once")).to_be_focused()
    page.keyboard.press("j")
    expect(second.get_by_role("button", name="Allow once")).to_be_focused()
    page.keyboard.press("k")
    for letter in "aydn":
        page.keyboard.press(letter)
    expect(_items(page)).to_have_count(3)
    page.keyboard.press("Enter")
    expect(_items(page)).to_have_count(2, timeout=PATIENCE)
    expect(page).to_have_title(re.compile(r"^\(2\) Needs you"))
    # The focus is kept in its place, on no answer: a second Enter answers nothing.
    expect(_items(page).first).to_be_focused()

    # A question that arrives takes no focus, and is there without a reload.
    page.get_by_role("button", name="Deny").click()
    reason = page.get_by_role("textbox", name=re.compile("^Why not"))
    reason.fill("Not on a Friday")
    asked = _start(asking, "Send the mail", "ask May I send it?")
    expect(_items(page)).to_have_count(3, timeout=PATIENCE)
    expect(reason).to_be_focused()
    reason.press("Enter")
    expect(_items(page)).to_have_count(2, timeout=PATIENCE)

    lost = _items(page).filter(has_text="Import the orders")
    lost.get_by_role("button", name="Clear").click()
    expect(_items(page)).to_have_count(1, timeout=PATIENCE)
    page.get_by_role("link", name=re.compile("of the log$")).click()
    expect(page).to_have_url(re.compile(rf"execution={asked}.*#L\d+$"))
    expect(page).to_have_title(re.compile(r"^\(1\) #"))


def test_on_a_phone_a_thumb_answers(asking: Board, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, asking.link)
    page.goto(f"{asking.url}/needs-you")
    expect(_items(page)).to_have_count(3, timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    buttons = _items(page).get_by_role("button").all()
    assert len(buttons) >= 6
    for target in [*buttons, *_items(page).get_by_role("link").all()]:
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    assert violations(page) == []
    _items(page).filter(has_text="Drop the table").get_by_role("button", name="Allow once").click()
    expect(_items(page)).to_have_count(2, timeout=PATIENCE)


def test_on_a_phone_a_question_is_answered_by_a_choice_by_other_words_or_denied_with_a_reason(
    board: Board, page: Page
) -> None:
    board.post("/api/projects/sample", status=201)
    asked = [
        (question, _start(board, question, f"ask {question} | SQLite | PostgreSQL", "say So be it."))
        for question in ("Which for tests?", "Which for life?", "Which for fun?")
    ]
    for question, run in asked:
        board.follow(run, until=question)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, board.link)
    page.goto(f"{board.url}/needs-you")
    expect(page).to_have_title(re.compile(r"^\(3\) Needs you"), timeout=PATIENCE)
    chosen, worded, denied = (_items(page).filter(has_text=question) for question, _ in asked)
    # Nothing is chosen beforehand, and without an answer there is none to send.
    answer = chosen.get_by_role("button", name="Answer")
    expect(answer).to_be_disabled()
    assert violations(page) == []
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(_items(page).nth(place).get_by_role("radio").first).to_be_focused()
    chosen.get_by_role("radio", name="SQLite").focus()
    page.keyboard.press("ArrowDown")
    expect(chosen.get_by_role("radio", name="PostgreSQL")).to_be_checked()
    for target in (*chosen.get_by_role("button").all(), chosen.get_by_text("SQLite"), chosen.get_by_role("textbox")):
        box = target.locator("xpath=ancestor-or-self::*[self::label or self::button or self::input][1]").bounding_box()
        assert box is not None
        assert box["height"] >= 44
    answer.click()
    expect(page).to_have_title(re.compile(r"^\(2\) Needs you"), timeout=PATIENCE)
    worded.get_by_role("radio", name="SQLite").check()
    worded.get_by_role("textbox", name="Something else…").fill("MySQL")
    expect(worded.get_by_role("radio", name="SQLite")).not_to_be_checked()
    worded.get_by_role("button", name="Answer").click()
    expect(page).to_have_title(re.compile(r"^\(1\) Needs you"), timeout=PATIENCE)
    denied.get_by_role("button", name="Deny").click()
    expect(denied.get_by_text("Which for fun?").last).to_be_visible()
    page.get_by_role("textbox", name=re.compile("^Why not")).fill("No fun today")
    denied.get_by_role("button", name="Deny with this reason").click()
    expect(page).to_have_title(re.compile(r"^Needs you"), timeout=PATIENCE)
    told = [[str(entry["content"]) for entry in board.follow(run)] for _, run in asked]
    assert "Answered: PostgreSQL" in told[0]
    assert "Answered: MySQL" in told[1]
    assert "Denied: No fun today" in told[2]


def test_the_settings_tell_how_things_stand_and_keep_what_is_set(board: Board, page: Page) -> None:
    board.post("/api/projects/sample", status=201)
    sign_in(page, board.link)
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("region", name="Data")).to_contain_text(str(board.data), timeout=PATIENCE)
    assert violations(page) == []

    page.get_by_role("button", name="Test Rehearsal").click()
    expect(page.get_by_text("Rehearsal is ready").first).to_be_visible(timeout=PATIENCE)

    project = page.get_by_role("form", name="Sample project")
    project.get_by_label("Name").fill("Shop")
    project.get_by_label("Keep logs for days").fill("7")
    project.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Shop", exact=True)).to_be_visible(timeout=PATIENCE)
    (stored,) = _projects(board)
    assert (stored["name"], stored["retentionDays"]) == ("Shop", 7)

    # Single keys off: C makes no card any more, here and after a reload.
    page.get_by_role("checkbox", name="Single keys").uncheck()
    page.reload()
    expect(page.get_by_role("checkbox", name="Single keys")).not_to_be_checked(timeout=PATIENCE)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("checkbox", name="Single keys").check()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Delete Shop").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the project").click()
    expect(page.get_by_text("No project yet.")).to_be_visible(timeout=PATIENCE)
    assert _projects(board) == []


def test_the_desktop_is_told_only_when_it_was_asked_for_and_nobody_looks(board: Board, page: Page) -> None:
    board.post("/api/projects/sample", status=201)
    # Headless Chromium has no desktop: what would be shown there is written down.
    page.add_init_script(
        """window.told = []; window.asked = 0
        window.Notification = class extends EventTarget {
            static permission = 'default'
            static requestPermission() { window.asked += 1; this.permission = 'granted'; return Promise.resolve() }
            constructor(title, options) { super(); window.told.push([title, options.body]) }
        }
        Object.defineProperty(document, 'visibilityState', { get: () => window.hiddenNow ? 'hidden' : 'visible' })"""
    )
    sign_in(page, board.link)
    page.get_by_role("link", name="Settings").click()
    switch = page.get_by_role("checkbox", name=re.compile("^On the desktop"))
    expect(switch).not_to_be_checked(timeout=PATIENCE)
    assert page.evaluate("window.asked") == 0
    switch.click()
    expect(switch).to_be_checked()
    assert page.evaluate("window.asked") == 1

    seen = _start(board, "Seen", "say Hello.")
    board.finish(seen)
    expect(page.get_by_text(re.compile("^#4: /implement, Succeeded"))).to_have_count(1, timeout=PATIENCE)
    page.evaluate("window.hiddenNow = true")
    board.follow(_start(board, "Push the branch", "ask May I push?"), until="May I push?")
    board.finish(_start(board, "Away", "say Hello."))
    # Said in the page in the same moment.
    expect(page.get_by_text("#6: /implement, Succeeded")).to_have_count(1, timeout=PATIENCE)
    assert sorted(page.evaluate("window.told")) == [
        ["#5 needs you", "May I push?"],
        ["#6: /implement, Succeeded", "Away"],
    ]


def _projects(board: Board) -> list[dict[str, object]]:
    items = board.get("/api/projects")["items"]
    assert isinstance(items, list)
    return items
