"""The screen of a run: its tool calls, the agent's steps, its keys, on paper, and again after a refresh."""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from support import model_script
from support.axe import violations
from support.board import Board
from support.model_script import Place, Text, Thinking, ToolUse, Turn
from support.page import PATIENCE, CardPage, sign_in

pytestmark = pytest.mark.timeout(120)


_HOSTILE = "<img src=x onerror=\"document.title='run'\"> [a link](javascript:alert(1))"


def _made(*steps: str) -> Sequence[ToolUse]:
    return [ToolUse("TaskCreate", {"subject": step, "description": step}) for step in steps]


def _now(number: int, state: str) -> ToolUse:
    return ToolUse("TaskUpdate", {"taskId": str(number), "status": state})


def _mend(place: Place) -> Sequence[Turn]:
    notes = place.path("notes.txt")
    edit = {"file_path": notes, "old_string": "two", "new_string": "second"}
    return (
        (
            Thinking("First the notes.\nThen a look at them.\nNothing else."),
            Text(f"I **plan** first. {_HOSTILE}"),
            *_made("Write the notes", "Correct them", "Look at them"),
        ),
        (_now(1, "in_progress"),),
        (ToolUse("Write", {"file_path": notes, "content": "one\ntwo\n"}),),
        (ToolUse("Edit", dict(edit)),),
        (_now(1, "completed"), _now(2, "completed"), _now(3, "in_progress")),
        (ToolUse("Bash", {"command": "seq 1 40", "description": "Look"}),),
        (Text("All is mended."),),
    )


@pytest.fixture(autouse=True)
def _scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(model_script._SCENARIOS, "mend", _mend)


def _open(page: Page, board: Board, card: str) -> CardPage:
    page.goto(f"{board.url}/cards/{card}")
    expect(page.get_by_role("log")).to_be_visible(timeout=PATIENCE)
    return CardPage(page)


def test_tool_calls_steps_and_paper(claude_board: Board, page: Page) -> None:
    board = claude_board
    card = board.card("Mend the notes", "[[s:mend]]")
    run = board.run(card)
    board.finish(run)
    sign_in(page, board.link)
    shown = _open(page, board, card)
    shown.expect_entry("All is mended.")
    expect(page.get_by_role("tab", name="Plan 2/3")).to_be_visible(timeout=PATIENCE)

    # A tool call says on its line what came of it, and opens to its change.
    call = shown.log.get_by_role("button", name=re.compile("^Edit notes.txt"))
    expect(call).to_contain_text(re.compile(r"\+1 \u22121.*ok"))
    call.click()
    expect(shown.log.locator("li[data-sign='+']")).to_have_text(re.compile("second"))
    expect(shown.log.locator("li[data-sign='-']")).to_have_text(re.compile("two"))
    expect(shown.log.locator("strong").filter(has_text="plan")).to_be_visible(timeout=PATIENCE)
    # What the agent wrote is text: no HTML of it acts, no link of it runs.
    expect(shown.log.get_by_text("<img src=x")).to_be_visible()
    expect(shown.log.locator("img, a[href^='javascript']")).to_have_count(0)
    # Thoughts are folded to their first line.
    thoughts = shown.log.get_by_role("button", name=re.compile("3 lines"))
    expect(shown.log.get_by_text("Nothing else.")).to_have_count(0)
    thoughts.click()
    expect(shown.log.get_by_text("Nothing else.")).to_be_visible()
    assert violations(page) == []

    # On paper: the log in full, and nothing to press.
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_text("The whole log is in its download")).to_be_visible()
    expect(page.get_by_role("button", name="/plan")).to_be_hidden()
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_text("All is mended.").filter(visible=True).first).to_be_visible()
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="screen", color_scheme="light")
    expect(page.get_by_text("The whole log is in its download")).to_have_count(0)

    # The agent's steps, by key.
    page.locator("body").click(position={"x": 5, "y": 700})
    page.keyboard.press("2")
    steps = page.get_by_role("region", name="Steps 2/3")
    expect(steps.get_by_role("listitem")).to_have_text(
        [re.compile("Write the notes.*Done"), re.compile("Correct.*Done"), re.compile("Look.*In progress")]
    )
    assert violations(page) == []
    page.keyboard.press("4")
    expect(page).to_have_url(re.compile("tab=history"))
    assert violations(page) == []


def test_keys_the_end_said_aloud_and_the_line_after_a_refresh(board: Board, page: Page) -> None:
    sign_in(page, board.link)
    page.get_by_role("button", name="Try the sample project").click()
    expect(page.get_by_role("link").filter(has_text="#3").first).to_be_visible(timeout=PATIENCE)
    card = board.script("Talk", "/plan: lines 900", "/test: say waiting", "/test: hang")
    first = board.run(card, "/plan")
    board.finish(first)
    second = board.run(card, "/test")
    shown = _open(page, board, card)
    shown.expect_entry("waiting")

    # `x` asks once; the end is said aloud.
    page.keyboard.press("x")
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_role("status").filter(has_text="/test, Cancelled")).to_be_attached(timeout=PATIENCE)

    # The run before, by key; a refresh returns to it and to the line that was read.
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile(first))
    shown.expect_entry("line 000900")
    shown.log.focus()
    page.keyboard.press("Home")
    line = shown.log.locator('[data-sequence="1"]')
    expect(line).to_be_in_viewport(timeout=PATIENCE)
    page.reload()
    expect(line).to_be_in_viewport(timeout=PATIENCE)
    page.keyboard.press("]")
    shown.expect_entry("waiting")
    expect(page).not_to_have_url(re.compile(first))

    # The card's runs stand above, from the first on, with how each ended: a click reads one.
    phases = page.get_by_role("list", name="Runs of this card, oldest first").get_by_role("link")
    expect(phases).to_have_text([re.compile(r"/plan\s*Succeeded"), re.compile(r"/test\s*Cancelled")])
    phases.first.click()
    expect(page).to_have_url(re.compile(first))
    expect(phases.first).to_have_attribute("aria-current", "page")
    page.keyboard.press("]")
    shown.expect_entry("waiting")

    # `r` offers the same command once more.
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Start /test")).to_be_visible(timeout=PATIENCE)
    assert board.execution(second)["status"] == "cancelled"
