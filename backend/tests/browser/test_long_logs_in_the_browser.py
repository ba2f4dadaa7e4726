"""The log viewer at size: a million entries of mixed heights that are stored, ten million that are not."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from retoma.core.entries import EntryKind, EntryType, LogEntry
from support.edge import running_edge
from support.frames import Frames
from support.log_reader import LogReader
from support.long_log import START, answer_pages, entries
from support.long_runs import LongRuns
from support.page import PATIENCE

pytestmark = pytest.mark.timeout(240)

_MILLION = 1_000_000
# As many rounds of the generator less: both logs end with the same entries.
_THOUSAND = 1_090
# As many rows as the page's window has.
_WINDOW = 3_000
_LINES = 2_000
# MB. How many milliseconds of script a frame may have is for the bench to say (L1): here one log is held to another.
_HEAP = 30.0
# Lines that have the words and are not painted, or are painted and not there.
_UNPAINTED = """() => {
  const painted = [...CSS.highlights.get('log-found')].map(
    (range) => range.startContainer.parentElement.closest('[role=log] [data-index]'))
  const found = [...document.querySelectorAll('[role=log] [data-index]')].filter((row) =>
    [...row.querySelectorAll('[data-content]')].some((text) => /the|e/i.test(text.textContent)))
  return [...new Set(painted).symmetricDifference(new Set(found))].map((row) => row?.dataset.sequence)
}"""


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongRuns]:
    with running_edge(tmp_path_factory.mktemp("long")) as edge:
        runs = LongRuns(edge, _THOUSAND, _MILLION)
        runs.index()
        yield runs


def _scripts(reader: LogReader, last: int, middle: int) -> list[float]:
    """Return the script per frame at the end, in the middle, and there while words of most lines are found."""
    reader.open(last)
    at_end = reader.scroll(2_000)
    reader.jump(middle)
    in_the_middle = reader.scroll(-2_000)
    reader.search("the e")
    return [at_end, in_the_middle, reader.scroll(-2_000)]


def test_a_million_entries_are_as_light_as_a_thousand(logs: LongRuns, page: Page) -> None:
    few, many = logs.reader(page, _THOUSAND), logs.reader(page, _MILLION)
    rounds: list[tuple[list[float], list[float]]] = []
    for _ in range(2):  # by turns: what else the machine does meets both
        control = _scripts(few, _THOUSAND, 500)
        elements = few.elements()
        rounds.append((control, _scripts(many, _MILLION, 600_000)))
        assert many.elements() <= 1.05 * elements
        assert page.evaluate(_UNPAINTED) == []
    few_least, many_least = (
        [round(min(each), 2) for each in zip(*side, strict=True)] for side in zip(*rounds, strict=True)
    )
    ratios = [million / thousand for thousand, million in zip(few_least, many_least, strict=True)]
    off = [many.jump(line) for line in (999_000, 1, 250_000, 250_700, 37, 600_000)]
    print(f"script per frame: {few_least} and {many_least} ms; jumps off by {off} px; heap {many.heap():.1f} MB")
    assert max(map(abs, off)) <= 1
    assert max(ratios) <= 1.5
    assert many.heap() <= _HEAP


@contextmanager
def _growing(logs: LongRuns, readers: Mapping[int, LogReader], lines: int) -> Iterator[None]:
    """Append to the logs of all readers at once; then all of them have come to the end, and stayed there."""
    with ExitStack() as stack:
        for size in readers:
            stack.enter_context(logs.growing(size, lines))
        yield
    for size, reader in readers.items():
        reader.await_head(logs.head(size))
        assert reader.to_end() == 0


def _followed(logs: LongRuns, readers: Mapping[int, LogReader], words: str) -> list[float]:
    """Return the microseconds of script per entry that comes, 500 a second, of each reader; all read at once."""
    for reader in readers.values():
        reader.search(words)
        reader.follow()
    with _growing(logs, readers, 500):
        pass  # until then the browser compiles what it is going to need
    for reader in readers.values():
        reader.script()
    with _growing(logs, readers, _LINES):
        pass
    return [1_000 * reader.script() / _LINES for reader in readers.values()]


def test_five_hundred_entries_a_second_are_followed_or_left_alone(logs: LongRuns, page: Page) -> None:
    logs.add(_WINDOW)
    reader = logs.reader(page, _MILLION)
    # Side by side: whatever else the machine does meets both.
    readers = {_WINDOW: logs.reader(page.context.new_page(), _WINDOW), _MILLION: reader}
    for size, each in readers.items():
        each.open(logs.head(size))
        each.await_counts()
    for words in ("", "the writer"):
        few, many = _followed(logs, readers, words)
        print(f"script per entry: {few:.0f} µs, of a million {many:.0f} µs")
        assert many <= 1.5 * few

    reader.wheel(2_000)
    reader.settle()
    before = reader.top()
    with logs.growing(_MILLION, 1_000):
        reader.watch(500)
    reader.await_head(logs.head(_MILLION))
    assert reader.top() == before
    assert reader.heap() <= _HEAP


def test_ten_million_entries_are_as_near_as_one(logs: LongRuns, page: Page) -> None:
    heights, scripts = [], []
    reader = logs.reader(page, _THOUSAND)
    for head in (_MILLION, 10 * _MILLION):
        page.unroute_all()
        answer_pages(page, logs.runs[_THOUSAND], head)
        reader.open(head)
        assert abs(reader.jump(head * 9 // 10)) <= 1
        height = reader.height()
        assert abs(reader.jump(head // 2)) <= 1
        heights.append(max(height, reader.height()))
        scripts.append(reader.scroll(-2_000))
    print(f"element {heights} px, script per frame {scripts} ms, heap {reader.heap():.1f} MB")
    assert heights[1] <= 1.05 * heights[0]
    assert scripts[1] <= 1.5 * scripts[0]
    assert reader.heap() <= _HEAP


def _opened(logs: LongRuns, context: BrowserContext, size: int) -> tuple[float, list[str]]:
    """Open a log on a page of its own; return the milliseconds of script, and what was asked for about the log."""
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path) if "/logs" in request.url else None)
    opening = Frames(page)
    logs.reader(page, size).open(logs.head(size))
    script = opening.script()
    page.close()
    return script, asked


def test_opening_a_million_entries_is_as_light_as_opening_a_thousand(logs: LongRuns, page: Page) -> None:
    """How soon the last line is there, on the clock, is for the bench to say (L1)."""
    rounds = [[_opened(logs, page.context, size) for size in (_THOUSAND, _MILLION)] for _ in range(6)]
    few, many = (min(script for script, _ in side) for side in zip(*rounds, strict=True))
    print(f"script to open: {few:.0f} ms of a thousand, {many:.0f} ms of a million")
    assert many <= 1.2 * few
    asked = [{len(paths) for _, paths in side} for side in zip(*rounds, strict=True)]
    assert max(asked[1]) <= max(asked[0])


def test_a_line_of_a_megabyte_is_a_row_like_others_until_it_is_opened(logs: LongRuns, page: Page) -> None:
    run, line = logs.add(200), 201
    text = "0123456789" * 100_000
    logs.edge.append(run, [LogEntry(line, START, EntryType.INFO, EntryKind.RAW, text), *entries(line + 1, 400)])
    reader = logs.reader(page, 200)
    reader.open(400)
    control = reader.scroll(500, times=6)
    reader.jump(line - 10)
    assert reader.scroll(-500, times=6) <= 1.5 * control
    assert abs(reader.jump(line)) <= 1
    row = reader.box.locator(f'[data-sequence="{line}"]')
    assert len(row.inner_text()) < 5_000
    row.get_by_role("button", name="Open all").click()
    whole = row.get_by_role("region")
    expect(whole).to_be_visible(timeout=PATIENCE)
    assert whole.text_content() == text
    assert reader.heap() <= _HEAP
