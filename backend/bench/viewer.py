"""L1: the log viewer in a real Chromium: 1,000,000 entries that are stored, 10,000,000 that the page believes in."""

import os
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from bench.report import Bar, Figure, at_most, count, milliseconds, times
from support.chromium import chromium
from support.edge import running_edge
from support.log_reader import SPEED, LogReader
from support.long_log import answer_pages
from support.long_runs import RATE, LongRuns

_SMALL = 1_090  # as many rounds of the generator less than a million: both end with the same entries
_FAST = 14_400  # pixels a second: 240 in each of sixty frames
_SEARCHED = "the writer"


def measure(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of L1."""
    size = _SMALL + 20 * 1_009 if quick else 1_000_000
    with (
        tempfile.TemporaryDirectory(prefix="retoma-bench-", dir=os.environ.get("RETOMA_BENCH_FOLDER")) as folder,
        chromium() as browser,
        running_edge(Path(folder)) as edge,
    ):
        runs = LongRuns(edge, _SMALL, size)
        runs.index()
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        viewer = _Viewer(page, runs, size, rounds=1 if quick else 7, seconds=0.3 if quick else 2)
        yield from viewer.scrolling()
        yield from viewer.following(1 if quick else 10)
        yield from viewer.jumping()
        yield viewer.heap()
        yield from viewer.refreshing(1 if quick else 15)
        yield from viewer.ten_times_as_many(10 * size)


class _Viewer:
    """One page, and the logs that it reads."""

    def __init__(self, page: Page, runs: LongRuns, size: int, rounds: int, seconds: float) -> None:
        self._page, self._runs, self._size = page, runs, size
        self._rounds, self._seconds = rounds, seconds
        self._what = f"{count(size)} entries"
        self._small, self._large = runs.reader(page, _SMALL), runs.reader(page, size)

    def _open(self) -> LogReader:
        self._large.open(self._runs.head(self._size))
        return self._large

    def _there_and_back(self, reader: LogReader, speed: int = SPEED) -> float:
        """Scroll towards the beginning and back; return the seconds of script per frame, the median."""
        pixels = int(self._seconds * speed)
        return statistics.median([reader.wheel(way * pixels, speed) for way in (1, -1) * self._rounds]) / 1000

    def scrolling(self) -> Iterator[Figure]:
        """Turn the wheel at the end, in the middle, fast, and with words that are looked for."""
        self._small.open(_SMALL)
        control = self._there_and_back(self._small)
        reader = self._open()
        at_end = self._there_and_back(reader)
        what = f"script per frame, wheel of {count(SPEED)} px/s, {self._what}"
        yield Figure("L1", what, _fine(at_end), _at_most_ms(at_end, 2.5))
        words = f"the same against {count(_SMALL)} entries ({_fine(control)})"
        yield Figure("L1", words, times(at_end / control), at_most(at_end / control, 1.5, "1.5 ×"))
        reader.jump(self._size * 6 // 10)
        middle = self._there_and_back(reader)
        yield Figure("L1", f"the same at row {count(self._size * 0.6)}", _fine(middle), _at_most_ms(middle, 2.5))
        fast = self._there_and_back(reader, _FAST)
        yield Figure("L1", f"the same there, wheel of {count(_FAST)} px/s", _fine(fast))
        reader.search(_SEARCHED)
        searched = self._there_and_back(reader)
        words = "the same there while two common words are found in most lines"
        yield Figure("L1", words, _fine(searched), _at_most_ms(searched, 2.5))

    def following(self, seconds: int) -> Iterator[Figure]:
        """Follow what is appended; then look at what is above it."""
        reader, lines = self._open(), (seconds + 1) * RATE
        for words, query in (("", ""), (", while words are found", _SEARCHED)):
            reader.search(query)
            reader.follow()
            with self._runs.growing(self._size, lines):
                script = reader.watch(seconds * 1000) / 1000
            reader.await_head(self._runs.head(self._size))
            what = f"script per frame, following {RATE} entries/s{words}"
            yield Figure("L1", what, _fine(script), _at_most_ms(script, 5))
        gap = reader.to_end()
        told = f"{gap:.0f} px after {count(2 * lines)} entries"
        yield Figure("L1", "the same: below what is seen at the end", told, at_most(gap, 0, "0 px"))
        reader.wheel(SPEED)
        reader.settle()
        before = reader.top()
        with self._runs.growing(self._size, 3 * RATE):
            reader.watch(2_000)
        reader.await_head(self._runs.head(self._size))
        after = reader.top()
        moved = abs(after[0] - before[0]) + abs(after[1] - before[1])
        told = f"{after[0] - before[0]} rows, {after[1] - before[1]:.0f} px in {count(3 * RATE)} entries"
        yield Figure("L1", "scrolled up while entries come: moved", told, at_most(moved, 0, "0"))

    def jumping(self) -> Iterator[Figure]:
        """Jump to and fro."""
        reader, size = self._open(), self._size
        lines = (size * 6 // 10, 1, size - 500, size // 4, size // 4 + 700, 37, size * 6 // 10)
        exact = sum(abs(reader.jump(line)) <= 1 for line in lines)
        what = f"jumps in {self._what} that end exactly there"
        yield Figure("L1", what, f"{exact} of {len(lines)}", Bar("all", exact == len(lines)))

    def heap(self) -> Figure:
        """Read more places than the page keeps, and look at its heap."""
        reader = self._open()
        before, jumps = reader.heap(), 3 if self._rounds == 1 else 80
        for place in range(1, jumps + 1):
            reader.jump(self._size * place // (jumps + 1))
        after = reader.heap()
        what = f"heap after {jumps} jumps (at first {before:.1f} MB)"
        return Figure("L1", what, f"{after:.1f} MB", at_most(after, 30, "30 MB"))

    def refreshing(self, rounds: int) -> Iterator[Figure]:
        """Open the page anew, in turn."""
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            took[0].append(self._small.open(_SMALL))
            took[1].append(self._large.open(self._runs.head(self._size)))
        small, large = map(statistics.median, took)
        what = f"refresh until the last line is there, {self._what} ({milliseconds(large)})"
        words = f"{what} against {count(_SMALL)} ({milliseconds(small)})"
        yield Figure("L1", words, times(large / small), at_most(large / small, 1.2, "1.2 ×"))

    def ten_times_as_many(self, many: int) -> Iterator[Figure]:
        """Let the page believe in a log of `size`, then in one of `many`; only what it asks for is made."""
        heights, scripts = list[int](), list[float]()
        exact, lines = 0, [many * 9 // 10, many // 2]
        for head in (self._size, many):
            self._page.unroute_all()
            answer_pages(self._page, self._runs.runs[_SMALL], head)
            self._small.open(head)
            off, seen = list[float](), list[int]()
            for line in (head * 9 // 10, head // 2):
                off.append(abs(self._small.jump(line)))
                seen.append(self._small.height())
            exact = sum(each <= 1 for each in off)
            heights.append(max(seen))
            scripts.append(self._there_and_back(self._small))
        what = f"{count(many)} entries: jumps to {' and '.join(map(count, lines))} that end exactly there"
        yield Figure("L1", what, f"{exact} of {len(lines)}", Bar("all", exact == len(lines)))
        height = heights[1] / heights[0]
        words = f"the same: height of the element ({count(heights[1])} px), against {self._what}"
        yield Figure("L1", words, times(height), at_most(height, 1.05, "1.05 ×"))
        script = scripts[1] / scripts[0]
        words = f"the same: script per frame, wheel ({_fine(scripts[1])}), against {self._what}"
        yield Figure("L1", words, times(script), at_most(script, 1.5, "1.5 ×"))


def _fine(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _at_most_ms(seconds: float, bar: float) -> Bar:
    return at_most(seconds * 1000, bar, f"{bar:g} ms")
