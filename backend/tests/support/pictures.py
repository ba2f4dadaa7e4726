"""Take the pictures of the README and docs: a real board, real runs of the rehearsal agent, a real Chromium."""

import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize

from support.board import Board
from support.chromium import chromium
from support.scene import Scene

_PICTURES = Path(__file__).resolve().parents[3] / "docs" / "pictures"
_SIZE: ViewportSize = {"width": 1440, "height": 860}
_PHONE: ViewportSize = {"width": 390, "height": 844}

# The README and docs/screens.md show these: each screen once in one of the two.
_SHOWN = {
    *("board-light", "board-dark", "run-light", "run-dark"),
    *("changes-dark", "needs-you-light", "history-dark", "phone-light"),
}


def main() -> None:
    """Write the pictures."""
    _PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Board(Path(folder) / "data") as board, chromium() as browser:
        scene = Scene.play(board)
        sample = next(str(card["id"]) for card in board.cards() if card["number"] == 1)
        for command in ("/plan", "/implement"):
            board.finish(board.run(sample, command))
        _take(scene, browser, "light", sample)
        _take(scene, browser, "dark", sample)


def _take(scene: Scene, browser: Browser, scheme: Literal["light", "dark"], sample: str) -> None:
    context = browser.new_context(viewport=_SIZE, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(str(scene.board.post("/api/links")["url"]))
    page.locator("h1").wait_for()
    screens = scene.screens()
    for name, screen in {
        "board": "board",
        "needs-you": "needs you",
        "history": "history",
        "changes": "changes",
    }.items():
        address, sign = screens[screen]
        page.goto(address)
        page.locator(sign).first.wait_for()
        _save(page, f"{name}-{scheme}")
    page.goto(f"{scene.board.url}/cards/{sample}")
    page.get_by_role("log").get_by_text("Finished").wait_for()
    page.get_by_role("log").locator("code", has_text="slugify").first.wait_for()
    _save(page, f"run-{scheme}")
    page.set_viewport_size(_PHONE)
    page.goto(screens["card that asks"][0])
    page.locator(screens["card that asks"][1]).first.wait_for()
    _save(page, f"phone-{scheme}")
    context.close()


def _save(page: Page, name: str) -> None:
    if name not in _SHOWN:
        return
    # What is fetched when it is wanted is there then, and drawn.
    page.wait_for_load_state("networkidle")
    page.screenshot(path=_PICTURES / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
