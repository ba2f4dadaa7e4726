"""Take the pictures of the README: a real board, real runs of the rehearsal agent, a real Chromium."""

import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize

from support.board import Board
from support.chromium import chromium

_PICTURES = Path(__file__).resolve().parents[3] / "docs" / "pictures"
_SIZE: ViewportSize = {"width": 1440, "height": 860}

# Titles and scripts: each leaves its card in another state.
_CARDS = {
    "Retry the payment webhook with backoff": ("/implement", "run ls -la\nthink The delay doubles.\nsay Done.\nexit 0"),
    "Round prices before the tax is added": ("/test", "run python3 -m unittest -v\nsay Two tests fail.\nexit 1"),
    "Move sessions out of the cookie": ("/implement", "say The branch is ready.\nask May I push retoma/6 to origin?"),
    "Import orders from the old shop": (
        "/implement",
        "think The old dump has no time zones.\nrun git status --short\nlines 400 rate 40\nhang",
    ),
    "Cache the product pages": ("/plan", "plan <<END\n# Plan\n\n1. Measure first\n2. Cache by path\nEND"),
}


def main() -> None:
    """Write the pictures."""
    _PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Board(Path(folder) / "data") as board, chromium() as browser:
        board.post("/api/projects/sample", status=201)
        sample = str(board.cards()[0]["id"])
        for command in ("/plan", "/implement"):
            board.finish(board.run(sample, command))
        runs = {title: _start(board, title) for title in _CARDS}
        board.follow(runs["Import orders from the old shop"], until="line 000120")
        board.follow(runs["Move sessions out of the cookie"], until="May I push")
        _take(board, browser, "light")
        _take(board, browser, "dark")


def _start(board: Board, title: str) -> str:
    command, script = _CARDS[title]
    return board.run(board.script(title, *script.splitlines()), command)


def _take(board: Board, browser: Browser, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(viewport=_SIZE, color_scheme=scheme)
    page = context.new_page()
    page.goto(str(board.post("/api/links")["url"]))
    page.get_by_role("link").filter(has_text="Import orders").first.wait_for()
    page.screenshot(path=_PICTURES / f"board-{scheme}.png", animations="disabled")
    page.get_by_role("link").filter(has_text="#1").first.click()
    page.get_by_role("log").get_by_text("Finished").wait_for()
    page.get_by_role("log").locator("code", has_text="slugify").first.wait_for()
    page.screenshot(path=_PICTURES / f"run-{scheme}.png", animations="disabled")
    context.close()


if __name__ == "__main__":
    main()
