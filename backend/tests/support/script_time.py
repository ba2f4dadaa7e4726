"""How much script of a page runs per frame."""

from playwright.sync_api import Page

_COUNT_FRAMES = """() => { window.frames_ = 0
  const next = () => { window.frames_ += 1; requestAnimationFrame(next) }
  requestAnimationFrame(next) }"""


class ScriptTime:
    """Counts the frames of the page that is open, and the processor's time that script took in them.

    Not the time on the clock: beside other work that comes out at three times as much, or ten.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.evaluate(_COUNT_FRAMES)
        self._before = self._now()

    def _now(self) -> tuple[float, int]:
        metrics = {each["name"]: each["value"] for each in self._session.send("Performance.getMetrics")["metrics"]}
        return metrics["ScriptDuration"] * 1000, int(self._page.evaluate("window.frames_"))

    def per_frame(self) -> float:
        """Return the milliseconds since the last call."""
        before, self._before = self._before, self._now()
        return (self._before[0] - before[0]) / max(1, self._before[1] - before[1])
