"""A reader of a long log: opens it, jumps, scrolls, follows, and measures what that takes."""

import time

from playwright.sync_api import Page

from support.frames import Frames
from support.page import PATIENCE

# A brisk wheel: 25 notches a second.
SPEED = 3_000

# Nothing is missing on the screen or near it, and for ten frames nothing has moved.
_SETTLED = """(box) => new Promise((done) => {
  let calm = 0, before = ''
  const look = () => {
    const now = `${box.scrollTop} ${box.scrollHeight} ${box.querySelectorAll('[data-sequence]').length}`
    calm = now === before && !box.querySelector('[data-skeleton]') ? calm + 1 : 0
    before = now
    if (calm < 10) requestAnimationFrame(look)
    else done()
  }
  look()
})"""
_TOP = """(box, line) => {
  const rows = [...box.querySelectorAll('[data-sequence]')]
  const top = box.getBoundingClientRect().top + box.clientTop
  const row = line === null
    ? rows.find((each) => each.getBoundingClientRect().bottom > top)
    : rows.find((each) => each.dataset.sequence === String(line))
  return [Number(row.dataset.sequence), row.getBoundingClientRect().top - top]
}"""


class LogReader:
    """The log of one execution on a page."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address
        self.box = page.get_by_role("log")
        self._session = page.context.new_cdp_session(page)
        # Each opening is the first one: it leads to the end, not to the place where the page was left.
        page.add_init_script("if (location.protocol !== 'about:') sessionStorage.clear()")

    def open(self, last: int) -> float:
        """Open the page anew; return the seconds until the log's last line was there."""
        self._page.goto("about:blank")
        began = time.perf_counter()
        self._page.goto(self._address, wait_until="commit")
        self.box.locator(f'[data-sequence="{last}"]').wait_for(timeout=PATIENCE)
        took = time.perf_counter() - began
        self.settle()
        self._frames = Frames(self._page)
        return took

    def settle(self) -> None:
        """Wait until all that is to be seen is there, and rests."""
        self.box.evaluate(_SETTLED)

    def await_head(self, head: int) -> None:
        """Wait until the page has heard of all entries up to `head`, and rests."""
        self._page.locator(f'[role="log"][data-head="{head}"]').wait_for(timeout=PATIENCE)
        self.settle()

    def await_counts(self) -> None:
        """Wait until the server, which has no index of the log, has counted all that the page wants to know."""
        self._page.wait_for_load_state("networkidle", timeout=3 * PATIENCE)

    def head(self) -> int:
        """Return the last line that the page has shown."""
        return int(self.box.get_attribute("data-head") or 0)

    def elements(self) -> int:
        """Return how many elements the page has."""
        return int(self._page.evaluate("document.querySelectorAll('*').length"))

    def height(self) -> int:
        """Return the height of what the log's box scrolls, in pixels."""
        return int(self.box.evaluate("(box) => box.scrollHeight"))

    def to_end(self) -> float:
        """Return the pixels below what is to be seen."""
        return float(self.box.evaluate("(box) => box.scrollHeight - box.clientHeight - box.scrollTop"))

    def jump(self, line: int) -> float:
        """Go to a line as a link does; return how many pixels it is off the top once all has settled."""
        self._page.evaluate("(line) => { location.hash = `#L${line}` }", line)
        self.box.locator(f'[data-sequence="{line}"]').wait_for(timeout=PATIENCE)
        self.settle()
        return float(self.box.evaluate(_TOP, line)[1])

    def top(self) -> tuple[int, float]:
        """Return the line on top, and where it begins, in pixels from the top."""
        line, pixels = self.box.evaluate(_TOP, None)
        return int(line), float(pixels)

    def wheel(self, pixels: int, speed: int = SPEED) -> float:
        """Turn the wheel (below zero: towards the end); return the milliseconds of script per frame."""
        place = self.box.bounding_box()
        assert place
        self._frames.cost()
        self._session.send(
            "Input.synthesizeScrollGesture",
            {
                "x": place["x"] + place["width"] / 2,
                "y": place["y"] + place["height"] / 2,
                "yDistance": pixels,
                "speed": speed,
                "gestureSourceType": "mouse",
            },
        )
        return self._frames.cost().per_frame

    def scroll(self, pixels: int, times: int = 3, speed: int = SPEED) -> float:
        """Turn the wheel so often, the same way; return the milliseconds of script per frame, the least.

        Other work on the machine only ever adds to it: beside some, single turns come out at half as much again.
        """
        return min(self.wheel(pixels, speed) for _ in range(times))

    def search(self, words: str) -> None:
        """Look for words, or for none, until all that has them on the screen is painted."""
        self._page.get_by_label("Search the log").fill(words)
        self._page.wait_for_function("(any) => CSS.highlights.has('log-found') === any", arg=words != "")
        self.settle()

    def follow(self) -> None:
        """Go to the end, and stay there."""
        self.box.focus()
        self._page.keyboard.press("End")
        self.settle()

    def watch(self, milliseconds: int) -> float:
        """Look on for a while; return the milliseconds of script per frame."""
        self._frames.cost()
        self._page.wait_for_timeout(milliseconds)
        return self._frames.cost().per_frame

    def script(self) -> float:
        """Return the milliseconds of script since it was measured last."""
        return self._frames.cost().script

    def heap(self) -> float:
        """Return the page's JavaScript heap in MB (10⁶ bytes), once all that nobody needs is gone."""
        self._session.send("HeapProfiler.collectGarbage")
        return float(self._session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6
