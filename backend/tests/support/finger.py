"""A finger on the screen, as the browser itself hears of it: nothing of the page is called."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page

_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Finger:
    """One finger, where it is and whether it touches."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._at = (0.0, 0.0)

    def down(self, target: Locator, *, x: float = 24, y: float = 16) -> None:
        """Touch an element, so far from its corner."""
        box = target.bounding_box()
        assert box is not None
        self._at = (box["x"] + x, box["y"] + y)
        self._touch("touchStart", self._at)

    def move(self, x: float, y: float, *, steps: int = 8) -> None:
        """Move to a point of the window, frame by frame."""
        from_x, from_y = self._at
        for step in range(1, steps + 1):
            part = step / steps
            self._touch("touchMove", (from_x + (x - from_x) * part, from_y + (y - from_y) * part))
            self._page.evaluate(_FRAME)
        self._at = (x, y)

    def over(self, target: Locator, *, x: float = 40, y: float = 20) -> None:
        """Move over an element."""
        box = target.bounding_box()
        assert box is not None
        self.move(box["x"] + x, box["y"] + y)

    def up(self) -> None:
        """Let go."""
        self._touch("touchEnd")

    def cancel(self) -> None:
        """Be interrupted by the system, as by a call."""
        self._touch("touchCancel")

    def _touch(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


@contextmanager
def touched(browser: Browser, width: int, height: int) -> Iterator[Page]:
    """Give a page on a device of that size without mouse and keyboard."""
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
