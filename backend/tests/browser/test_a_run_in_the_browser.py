"""The main job, as its user sees it: M10, M11, M12 and the manual tests of the specification's section 4."""

import re

import pytest
from playwright.sync_api import Page, expect

from retoma.agents.adapter import Stream
from retoma.agents.claude_code import ClaudeCodeAdapter
from support.board import Board
from support.page import PATIENCE, create_card, drag_card, move_card, open_card, sign_in

pytestmark = pytest.mark.timeout(180)

_STEPS = 14


def _reread(board: Board, execution: str) -> list[str]:
    """Read the journal again with the adapter alone, from its first byte: what the log must have of the agent."""
    adapter = ClaudeCodeAdapter()
    state, contents = adapter.start_state(), []
    for line in (board.data / "runs" / execution / "out.jsonl").read_bytes().splitlines():
        parsed = adapter.parse(Stream.STDOUT, line, state)
        state = parsed.state
        contents += [draft.content for draft in parsed.entries]
    return contents


def _ours(board: Board, execution: str) -> list[int]:
    """Return the sequences of the entries that Retoma itself wrote: here, that it is back."""
    entries = [(entry, dict(entry["data"] or {})) for entry in board.log(execution)]  # type: ignore[call-overload]
    ours = [(int(str(entry["sequence"])), data) for entry, data in entries if data.get("by") == "retoma"]
    assert [data.get("recovery") for _, data in ours] == ["re-attached"]
    return [sequence for sequence, _ in ours]


def _assert_page_equals_journal(shown: list[tuple[int, str]], ours: list[int], journal: list[str]) -> None:
    assert [sequence for sequence, _ in shown] == list(range(1, len(shown) + 1))
    of_the_agent = [(sequence, text) for sequence, text in shown if sequence not in ours]
    for (sequence, text), content in zip(of_the_agent, journal, strict=True):
        expected = f"#{len(content)}" if text.startswith("#") and text[1:].isdigit() else content
        assert text == expected, f"entry {sequence}"


def _active_run(board: Board) -> str:
    (active,) = [card["activeExecution"] for card in board.cards() if card["activeExecution"]]
    assert isinstance(active, dict)
    return str(active["id"])


def test_a_claude_run_goes_on_over_refresh_and_kill_and_is_whole_afterwards(claude_board: Board, page: Page) -> None:
    board = claude_board
    sign_in(page, board.link)
    create_card(page, "Mend the tail", f"Please do it. [[s:steps:{_STEPS}:0.5]]")
    card = open_card(page, "Mend the tail")
    page.get_by_role("button", name="/plan").first.click()

    # Live: nobody refreshes anything.
    card.expect_entry("step 2")
    run = _active_run(board)

    # Refresh in the middle: what was there is there, and it goes on from where it stood.
    page.reload()
    card.expect_entry("step 2")
    card.expect_entry("step 4")

    # kill -9 of the server: the page says so; the agent does not notice.
    board.kill()
    expect(page.get_by_text(re.compile("Reconnecting|Offline")).filter(visible=True).first).to_be_visible(
        timeout=PATIENCE
    )
    assert board.processes_of(run)
    board.start()

    # The same page resumes at its cursor, without a refresh.
    expect(page.get_by_text(re.compile("^Live")).filter(visible=True).first).to_be_visible(timeout=PATIENCE)
    card.expect_entry("step 7")
    card.expect_status("Running")

    # The end, and a refresh after it: the whole log, entry by entry, and the plan.
    board.finish(run)
    card.expect_status("Succeeded")
    page.reload()
    card.expect_status("Succeeded")
    execution = board.execution(run)
    shown = card.read_from_first_to_last(int(str(execution["headSequence"])))
    _assert_page_equals_journal(list(shown), _ours(board, run), _reread(board, run))
    page.get_by_role("tab", name=re.compile("^Plan")).click()
    plan = board.get(f"/api/cards/{execution['cardId']}")["plan"]
    expect(page.get_by_text(str(plan).splitlines()[0].strip("# ")).first).to_be_visible(timeout=PATIENCE)


def test_a_question_is_answered_on_the_page_and_the_agent_goes_on(claude_board: Board, page: Page) -> None:
    sign_in(page, claude_board.link)
    create_card(page, "Ask first", "[[s:perm]]")
    card = open_card(page, "Ask first")
    page.get_by_role("button", name="/implement").first.click()
    card.expect_status("Needs you")
    page.get_by_role("button", name="Allow once").click()
    card.expect_status("Succeeded")
    card.expect_entry("I went on after your answer.")


def test_a_first_time_user_sees_a_whole_rehearsal(board: Board, page: Page) -> None:
    sign_in(page, board.link)
    first_card = page.get_by_role("button", name="New card").first
    expect(first_card).to_be_disabled()
    expect(first_card).to_have_attribute("title", "A card belongs to a project: add one first")
    page.get_by_role("button", name="Try the sample project").click()
    expect(page.get_by_role("link").filter(has_text="#3").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Rehearsal").filter(visible=True).first).to_be_visible()
    first = board.cards()[0]
    card = open_card(page, str(first["title"]))
    for command in ("/plan", "/implement", "/test", "/review"):
        page.get_by_role("button", name=command).first.click()
        expect(page.get_by_text(command).first).to_be_visible()
        card.expect_status("Running")
        execution = _wait_for_answerable_end(board, str(first["id"]))
        assert (execution["command"], execution["status"]) == (command, "success")
        card.expect_status("Succeeded")
    page.goto(board.url)
    expect(page.get_by_role("button", name="Done 1", exact=True)).to_be_visible(timeout=PATIENCE)


def _wait_for_answerable_end(board: Board, card: str) -> dict[str, object]:
    active = board.get(f"/api/cards/{card}")["activeExecution"]
    assert isinstance(active, dict)
    return board.finish(str(active["id"]))


def test_a_card_is_made_edited_moved_run_cancelled_and_cleared(board: Board, page: Page) -> None:
    sign_in(page, board.link)
    first_card = page.get_by_role("button", name="New card").first
    expect(first_card).to_be_disabled()
    expect(first_card).to_have_attribute("title", "A card belongs to a project: add one first")
    page.get_by_role("button", name="Try the sample project").click()
    create_card(page, "Hang about", "```rehearsal\nsay waiting\nhang\n```")
    move_card(page, "Hang about", "Review")
    _expect_place(page, "Hang about", "Review")
    drag_card(page, "Hang about", "Plan")
    _expect_place(page, "Hang about", "Plan")
    page.reload()
    _expect_place(page, "Hang about", "Plan")
    card = open_card(page, "Hang about")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Title").fill("Hang on")
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("Hang on"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="/test").first.click()
    card.expect_entry("waiting")
    page.get_by_role("button", name="Cancel run").first.click()
    page.get_by_role("button", name="Cancel the run").click()
    card.expect_status("Cancelled")
    page.get_by_role("button", name="Clear").first.click()
    expect(page.get_by_text("Nothing is running").first).to_be_visible(timeout=PATIENCE)
    assert [c["activeExecution"] for c in board.cards() if c["title"] == "Hang on"] == [None]


def _expect_place(page: Page, title: str, column: str) -> None:
    name = re.compile(rf"{title}.* in {column}$")
    expect(page.get_by_role("link", name=name)).to_be_visible(timeout=PATIENCE)


def test_a_live_log_grows_without_a_request_for_entries(board: Board, page: Page) -> None:
    sign_in(page, board.link)
    first_card = page.get_by_role("button", name="New card").first
    expect(first_card).to_be_disabled()
    expect(first_card).to_have_attribute("title", "A card belongs to a project: add one first")
    page.get_by_role("button", name="Try the sample project").click()
    create_card(page, "Many lines", "```rehearsal\nlines 100 rate 20\n```")
    card = open_card(page, "Many lines")
    page.get_by_role("button", name="/test").first.click()
    card.expect_entry("line 000010")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    card.expect_entry("line 000060")
    # What the rail's ticks count is asked for while the log grows, at most every two seconds; no entry comes with it.
    entries = [url for url in asked if "/logs/search?limit=0&" not in url]
    assert entries == [], "it all comes over the WebSocket that is open"


def test_the_page_without_a_link_says_where_to_find_one(board: Board, page: Page) -> None:
    page.goto(board.url)
    expect(page.get_by_text("retoma link")).to_be_visible(timeout=PATIENCE)


def test_an_address_of_what_is_gone_says_so_and_leads_to_the_board(board: Board, page: Page) -> None:
    board.post("/api/projects/sample", status=201)
    sign_in(page, board.link)
    for address in ("/cards/0123456789abcdef", f"/cards/{board.cards()[0]['id']}?execution=0123456789abcdef"):
        page.goto(board.url + address)
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("0123456789abcdef")).to_be_visible()
        expect(page.get_by_role("button", name="Try again")).to_have_count(0)
        page.get_by_role("link", name="Go to the board").click()
        expect(page.get_by_role("link").filter(has_text="#3").first).to_be_visible(timeout=PATIENCE)


def test_a_link_works_once(board: Board, page: Page) -> None:
    sign_in(page, board.link)
    answer = page.request.get(board.link, max_redirects=0)
    assert answer.status == 401
