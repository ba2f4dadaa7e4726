"""What a page costs while something goes on."""

from dataclasses import dataclass

from playwright.sync_api import Page

_COUNT = """() => { window.frames_ = 0
  const next = () => { window.frames_ += 1; requestAnimationFrame(next) }
  requestAnimationFrame(next) }"""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of a while: the frames, and the milliseconds of script in all."""

    frames: int
    script: float

    @property
    def per_frame(self) -> float:
        """Milliseconds of script per frame; one of 60 a second has 16.7 ms."""
        return self.script / max(1, self.frames)


class Frames:
    """Counts from its making on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        # The processor's time: beside other work the clock on the wall comes out at three times as much, or ten.
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.evaluate(_COUNT)
        self._before = self._now()

    def _now(self) -> tuple[float, int]:
        return self.script(), int(self._page.evaluate("window.frames_"))

    def script(self) -> float:
        """Return the milliseconds of script since its making; the page may have gone elsewhere meanwhile."""
        metrics = {each["name"]: each["value"] for each in self._session.send("Performance.getMetrics")["metrics"]}
        return float(metrics["ScriptDuration"]) * 1000

    def cost(self) -> Cost:
        """Return what it was since the last call."""
        before, self._before = self._before, self._now()
        return Cost(script=self._before[0] - before[0], frames=self._before[1] - before[1])
