"""What holds for every screen: accessible, readable with longer words, still where stillness is asked for."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from support.axe import violations
from support.board import Board
from support.longer import lengthen_words
from support.overflow import misfits
from support.page import PATIENCE, sign_in
from support.repositories import make_repository
from support.scene import Scene

pytestmark = pytest.mark.timeout(180)

_WIDE: ViewportSize = {"width": 1440, "height": 900}
_PHONE: ViewportSize = {"width": 390, "height": 844}
_SCREEN_OF_A_DESK: ViewportSize = {"width": 2560, "height": 1440}

# A board, and its screens: the address of each, and a selector of what is there once it is whole.
_Empty = tuple[Board, Mapping[str, tuple[str, str]]]

# What lies above a screen, by the button that opens it.
_ABOVE = {"new card": 'button[aria-keyshortcuts="c"]', "palette": 'button[aria-keyshortcuts^="Control+K"]'}

_MOVING = "() => document.getAnimations().map(({ effect }) => effect.target.outerHTML.slice(0, 100))"


@pytest.fixture(scope="module", name="scene")
def _scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with Board(tmp_path_factory.mktemp("scene") / "data") as board:
        yield Scene.play(board)


@pytest.fixture(scope="module", name="empty")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Empty]:
    """Give a board with a project and nothing else, and the addresses of what it has to say."""
    folder = tmp_path_factory.mktemp("empty")
    with Board(folder / "data") as board:
        project = board.project(make_repository(folder / "shop"))
        yield (
            board,
            {
                "empty board": (f"{board.url}/projects/{project}", "[data-column=backlog] button"),
                "nobody waits": (f"{board.url}/needs-you", "main h2"),
                "no run yet": (f"{board.url}/history", "main h2"),
            },
        )


def _sign_in(page: Page, board: Board) -> None:
    sign_in(page, str(board.post("/api/links")["url"]))


def _states(page: Page, scene: Scene, empty: _Empty) -> Iterator[str]:
    """Go from screen to screen, and open what lies above the board; yield the name of each."""
    board, empty_screens = empty
    _sign_in(page, board)
    _sign_in(page, scene.board)
    screens = scene.screens()
    for name, (address, sign) in {**empty_screens, **screens}.items():
        page.goto(address)
        page.locator(sign).first.wait_for(timeout=PATIENCE)
        yield name
    page.goto(screens["board"][0])
    page.set_viewport_size(_WIDE)
    for name, button in _ABOVE.items():
        page.locator(button).first.click(timeout=PATIENCE)
        page.get_by_role("dialog").wait_for(timeout=PATIENCE)
        yield name
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden", timeout=PATIENCE)
        page.set_viewport_size(_WIDE)
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for(timeout=PATIENCE)
    yield "keys"


def _sizes(page: Page, *sizes: ViewportSize) -> Iterator[str]:
    for size in sizes:
        page.set_viewport_size(size)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        yield f"at {size['width']} px"


def test_no_screen_breaks_a_rule_of_accessibility(scene: Scene, empty: _Empty, page: Page) -> None:
    wrong = [
        f"{name} {size}: {each}"
        for name in _states(page, scene, empty)
        for size in _sizes(page, _WIDE, _PHONE)
        for each in violations(page)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_longer_words_are_neither_cut_nor_over_one_another(
    scene: Scene, empty: _Empty, browser: Browser, language: str
) -> None:
    context = browser.new_context(locale=language, viewport=_WIDE, reduced_motion="reduce")
    page = context.new_page()
    lengthen_words(page)
    wrong = [
        f"{name} {size}: {each}"
        for name in _states(page, scene, empty)
        for size in _sizes(page, _PHONE, _WIDE, _SCREEN_OF_A_DESK)
        for each in misfits(page)
    ]
    assert "Retomaona" in page.get_by_role("navigation").first.inner_text()
    context.close()
    assert wrong == []


def test_nothing_moves_for_who_asked_for_stillness(scene: Scene, browser: Browser) -> None:
    context = browser.new_context(viewport=_WIDE, reduced_motion="reduce")
    page = context.new_page()
    _sign_in(page, scene.board)
    page.goto(scene.screens()["card that runs"][0])
    page.locator('h1 + [data-status="running"]').wait_for(timeout=PATIENCE)
    assert page.evaluate(_MOVING) == []
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").wait_for(timeout=PATIENCE)
    assert page.evaluate(_MOVING) == []
    # The run goes on all the time: for everybody else its arc turns.
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_function("document.getAnimations().length > 0", timeout=PATIENCE)
    context.close()


def test_the_page_follows_the_system_from_light_to_dark_until_one_is_chosen(scene: Scene, page: Page) -> None:
    def expect_scheme(scheme: str) -> None:
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme

    page.emulate_media(color_scheme="light")
    _sign_in(page, scene.board)
    expect_scheme("light")
    page.emulate_media(color_scheme="dark")
    expect_scheme("dark")
    page.get_by_role("radio", name="Light").check()
    expect_scheme("light")
    page.reload()
    expect_scheme("light")
    page.get_by_role("radio", name="System").check()
    expect_scheme("dark")
