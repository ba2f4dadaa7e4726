"""The history of all runs: the list, search, charts, and two runs side by side."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from retoma.settings import Settings
from retoma.storage import migrate
from retoma.storage.database import Database
from support.axe import violations
from support.board import Board
from support.many_runs import add_runs, make_board
from support.page import PATIENCE, sign_in

pytestmark = pytest.mark.timeout(120)

_RUNS = 1_000
_GONE = "UPDATE executions SET log_removed_at = '2025-03-01 00:00:00.000000'"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Give a board with a thousand runs of long ago, whose logs are gone."""
    data = tmp_path / "data"
    data.mkdir()
    url = Settings(data=data).url
    migrate.upgrade(url)
    with closing(Database(url)) as database:
        make_board(database)
        add_runs(database, 1, _RUNS)
        database.write(lambda connection: connection.execute(text(_GONE)))
    with Board(data) as running:
        running.post("/api/projects/sample", status=201)
        yield running


def _script(board: Board, title: str, *steps: str) -> str:
    """Make a card of the sample project, whose repository there is; return its id."""
    project = str(board.post("/api/projects/sample")["id"])
    return board.card(title, "```rehearsal\n" + "\n".join(steps) + "\n```\n", project=project)


def test_all_runs_are_read_with_few_of_them_mounted_and_new_ones_come_in_by_themselves(
    board: Board, page: Page
) -> None:
    sign_in(page, board.link)
    page.get_by_role("link", name="History").click()
    rows = page.locator("[data-run]")
    expect(rows.first).to_contain_text("log removed on", timeout=PATIENCE)
    run = board.run(_script(board, "Just begun", "say here", "hang"))
    expect(page.locator(f'[data-run="{run}"]')).to_contain_text("Running", timeout=PATIENCE)

    box = page.get_by_role("region", name="Runs of all cards, newest first")
    oldest = page.locator('[data-run="run-1"]')
    while not oldest.count():
        box.evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.get_by_text(f"{_RUNS + 1:,} runs, that is all")).to_be_visible(timeout=PATIENCE)
    assert rows.count() < 60

    place = page.locator('[data-run="run-5"]').bounding_box()
    begun = board.run(_script(board, "Begun meanwhile", "say here"))
    expect(page.get_by_text(f"{_RUNS + 2:,} runs, that is all")).to_be_visible(timeout=PATIENCE)
    assert page.locator('[data-run="run-5"]').bounding_box() == place

    page.get_by_role("group", name="Status, one of").get_by_role("button", name="Succeeded").click()
    expect(page).to_have_url(re.compile("status=success"))
    expect(page.locator(f'[data-run="{begun}"]')).to_contain_text("Succeeded", timeout=PATIENCE)
    page.reload()
    expect(page.locator(f'[data-run="{run}"]')).to_have_count(0)
    page.locator(f'[data-run="{begun}"]').get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(f"execution={begun}"))


def test_a_text_opens_the_log_at_its_line(board: Board, page: Page) -> None:
    run = board.run(_script(board, "A haystack", "lines 300", "say the needle lies here"))
    board.finish(run)
    line = next(entry["sequence"] for entry in board.log(run) if "the needle" in str(entry["content"]))
    sign_in(page, board.link)
    page.goto(f"{board.url}/history")
    page.get_by_role("searchbox").fill("lies needle")
    page.get_by_role("link", name=re.compile(f"^Line {line}")).click(timeout=PATIENCE)
    expect(page).to_have_url(re.compile(f"execution={run}.*#L{line}$"))
    expect(page.get_by_role("log").locator(f'[data-sequence="{line}"]')).to_be_visible(timeout=PATIENCE)


def test_charts_have_tables_two_runs_compare_and_nothing_breaks_a_rule_of_accessibility(
    board: Board, page: Page
) -> None:
    card = _script(board, "Twice", "say one")
    for _ in range(2):
        board.finish(board.run(card, "/plan"))
    sign_in(page, board.link)
    page.goto(f"{board.url}/history?view=charts&by=command")
    page.get_by_role("button", name="How runs ended: as a table").click(timeout=PATIENCE)
    groups = board.get("/api/stats?by=command")["groups"]
    assert isinstance(groups, list)
    for group in groups:
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=group["key"], exact=True))
        expect(row.get_by_role("cell").first).to_have_text(str(group["executions"]))
    assert violations(page) == []
    page.goto(f"{board.url}/history")
    expect(page.locator("[data-run]").first).to_be_visible(timeout=PATIENCE)
    assert violations(page) == []

    page.goto(f"{board.url}/cards/{card}?tab=history")
    for place in range(2):
        page.get_by_role("checkbox").nth(place).check(timeout=PATIENCE)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("region", name="Two runs side by side")).to_contain_text("Both say the same.")
    assert violations(page) == []


def test_the_plans_of_two_runs_are_compared_line_by_line(board: Board, page: Page) -> None:
    card = _script(board, "Planned twice", *_planning("- read", "- write"), "/test: say Fine.")
    first = _finished(board, card, "/plan")
    steps = "\n".join(_planning("- read", "- test first", "- write"))
    with board.client() as client:
        changed = {"description": f"```rehearsal\n{steps}\n/test: say Fine.\n```\n"}
        client.patch(f"/api/cards/{card}", json=changed).raise_for_status()
    second, tested, again = (_finished(board, card, command) for command in ("/plan", "/test", "/test"))
    sign_in(page, board.link)
    compared = page.get_by_role("region", name="Two runs side by side")
    plan = compared.get_by_role("region", name="Plan")
    page.goto(f"{board.url}/cards/{card}?tab=history&compare={first},{second}")
    expect(compared).to_contain_text("Lines only earlier: 0, only later: 1", timeout=PATIENCE)
    expect(plan.locator('[data-kind="added"]')).to_contain_text("- test first")
    expect(plan.locator('[data-kind="same"]')).to_have_count(4)
    assert violations(page) == []
    page.goto(f"{board.url}/cards/{card}?tab=history&compare={second},{tested}")
    expect(compared).to_contain_text("Only the earlier run gave a plan.")
    page.goto(f"{board.url}/cards/{card}?tab=history&compare={tested},{again}")
    expect(compared).to_contain_text("Neither run gave a plan.")

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{board.url}/cards/{card}?tab=history")
    table = page.get_by_role("table", name="Runs of this card")
    expect(table.get_by_role("button", name="Resume").first).to_be_in_viewport(ratio=1, timeout=PATIENCE)
    assert table.evaluate("(each) => each.parentElement.scrollWidth <= each.parentElement.clientWidth")


def _planning(*lines: str) -> list[str]:
    return ["/plan: plan <<END", "# Plan", "", *lines, "END", "/plan: say Ready."]


def _finished(board: Board, card: str, command: str) -> str:
    run = board.run(card, command)
    assert board.finish(run)["status"] == "success"
    return run
