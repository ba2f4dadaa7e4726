"""What holds for every screen: accessible, readable with longer words, still where stillness is asked for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from support.axe import violations
from support.board import Board
from support.longer import lengthen_words
from support.overflow import misfits
from support.page import PATIENCE, sign_in
from support.scene import Scene

pytestmark = pytest.mark.timeout(180)

_WIDE: ViewportSize = {"width": 1440, "height": 900}
_PHONE: ViewportSize = {"width": 390, "height": 844}
_SCREEN_OF_A_DESK: ViewportSize = {"width": 2560, "height": 1440}

# What lies above a screen, by the key that opens it.
_ABOVE = {"new card": "c", "palette": "Control+k", "keys": "?"}


@pytest.fixture(scope="module", name="scene")
def _scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with Board(tmp_path_factory.mktemp("scene") / "data") as board:
        yield Scene.play(board)


@pytest.fixture(scope="module", name="first")
def _first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with Board(tmp_path_factory.mktemp("first") / "data") as board:
        yield board


def _link(scene: Scene) -> str:
    return str(scene.board.post("/api/links")["url"])


def _states(scene: Scene, page: Page) -> Iterator[str]:
    """Go from screen to screen, and open what lies above the board; yield the name of each."""
    screens = scene.screens()
    for name, (path, sign) in screens.items():
        page.goto(f"{scene.board.url}{path}")
        page.locator(sign).first.wait_for(timeout=PATIENCE)
        yield name
    page.goto(f"{scene.board.url}{screens['board'][0]}")
    page.set_viewport_size(_WIDE)
    # A new card needs its project, and a key that opens nothing yet is lost.
    page.locator('button[aria-keyshortcuts="c"]:enabled').first.wait_for(timeout=PATIENCE)
    for name, key in _ABOVE.items():
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for(timeout=PATIENCE)
        yield name
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden", timeout=PATIENCE)


def _sizes(page: Page, *sizes: ViewportSize) -> Iterator[str]:
    for size in sizes:
        page.set_viewport_size(size)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        yield f"at {size['width']} px"


def test_no_screen_breaks_a_rule_of_accessibility(scene: Scene, page: Page) -> None:
    sign_in(page, _link(scene))
    wrong = [
        f"{name} {size}: {each}"
        for name in _states(scene, page)
        for size in _sizes(page, _WIDE, _PHONE)
        for each in violations(page)
    ]
    print("\n".join(wrong))
    assert wrong == []


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_longer_words_are_neither_cut_nor_over_one_another(scene: Scene, browser: Browser, language: str) -> None:
    context = browser.new_context(locale=language, viewport=_WIDE, reduced_motion="reduce")
    page = context.new_page()
    lengthen_words(page)
    sign_in(page, _link(scene))
    assert "Retomaona" in page.get_by_role("navigation").first.inner_text()
    wrong = [
        f"{name} {size}: {each}"
        for name in _states(scene, page)
        for size in _sizes(page, _PHONE, _WIDE, _SCREEN_OF_A_DESK)
        for each in misfits(page)
    ]
    context.close()
    print("\n".join(wrong))
    assert wrong == []
