"""What a card changed: the tab with its counts, the tree, the keys, both layouts, and that a refresh returns to it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from support.axe import violations
from support.board import Board
from support.page import PATIENCE, sign_in
from support.repositories import make_repository

pytestmark = pytest.mark.timeout(120)

_BEFORE = "".join(f"line {n}\n" for n in range(1, 31))
_STEPS = (
    "run sed -i 's/line 3$/line three/; /line 20$/d' shop.py",
    "run mkdir -p src/deep",
    "run seq 1 400 > src/deep/numbers.txt",
    "run printf '\\0\\1' > picture.bin",
    "run rm old.txt",
)


@pytest.fixture
def card(board: Board, tmp_path: Path) -> str:
    """Give a card that has changed four files, of a project of its own."""
    files = {"shop.py": _BEFORE, "old.txt": "old\n", "README.md": "# Shop\n"}
    project = board.project(make_repository(tmp_path / "shop", files))
    return board.card("Change a few files", "```rehearsal\n" + "\n".join(_STEPS) + "\n```\n", project=project)


def test_the_changes_of_a_card_are_read_file_by_file(board: Board, card: str, page: Page) -> None:
    sign_in(page, board.link)
    page.goto(f"{board.url}/cards/{card}?tab=changes")
    tab = page.get_by_role("tab", name=re.compile("^Changes"))
    expect(page.get_by_text("No changes yet")).to_be_visible(timeout=PATIENCE)
    board.finish(board.run(card))
    # The page heard of the end by itself.
    expect(tab).to_have_text(re.compile(r"\+401\s*\u22123"), timeout=PATIENCE)
    tree = page.get_by_role("navigation", name="Changed files")
    names = ["numbers.txt", "old.txt", "picture.bin", "shop.py"]
    assert [_name(button) for button in tree.get_by_role("button").all()] == names
    assert violations(page) == []

    for name in names:
        page.keyboard.press("j")
        expect(tree.locator("[aria-current]")).to_contain_text(name)
    page.keyboard.press("k")
    page.keyboard.press("j")
    shop = page.get_by_role("table", name="Changes of shop.py")
    expect(shop.locator("tr").filter(has_text="line three")).to_have_text(re.compile(r"3\s*\+\s*line three"))
    expect(shop).to_be_in_viewport()
    page.keyboard.press("v")
    expect(page.get_by_text("4 files, 1 viewed").filter(visible=True)).to_be_visible()
    expect(shop).to_be_hidden()

    page.reload()
    expect(page.get_by_text("4 files, 1 viewed").filter(visible=True)).to_be_visible(timeout=PATIENCE)
    expect(tree.locator("[aria-current]")).to_contain_text("shop.py")
    page.keyboard.press("v")
    page.get_by_role("radio", name="Split").check()
    page.keyboard.press("k")
    expect(tree.locator("[aria-current]")).to_contain_text("picture.bin")
    page.keyboard.press("j")
    expect(shop.locator("tr").filter(has_text="line three")).to_have_text(re.compile(r"3\s*\u2212\s*line 3\s*3\s*\+"))
    assert violations(page) == []
    page.reload()
    expect(page.get_by_role("radio", name="Split")).to_be_checked(timeout=PATIENCE)

    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("radio", name="Split")).to_be_hidden()
    expect(shop.locator("tr").filter(has_text="line three")).to_have_text(re.compile(r"3\s*\+\s*line three"))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_of_many_files_only_those_near_the_view_are_drawn(board: Board, tmp_path: Path, page: Page) -> None:
    project = board.project(make_repository(tmp_path / "many"))
    many = "run for n in $(seq 100 299); do seq 1 60 > file-$n.txt; done"
    card = board.card("Many files", f"```rehearsal\n{many}\n```\n", project=project)
    board.finish(board.run(card))
    sign_in(page, board.link)
    page.goto(f"{board.url}/cards/{card}?tab=changes&file=file-250.txt")
    expect(page.get_by_role("table", name="Changes of file-250.txt")).to_be_in_viewport(timeout=PATIENCE)
    expect(page.get_by_role("heading", level=2)).to_have_count(200)
    assert page.get_by_role("table").count() < 10


def _name(button: Locator) -> str:
    return str(button.get_attribute("title")).rpartition("/")[2]
