"""`make bench` is run by people, seldom: a quick run of each measure shows that it still measures something."""

import re
from collections.abc import Callable, Iterator

import pytest

from bench import __main__ as bench
from bench import board, ingest, live, memory, pages, readers, search, startup, viewer
from bench.report import Figure, at_least, at_most, count, percentile, row, times

# What each measure has to tell, and how many of its figures have a bar.
QUICK: dict[str, tuple[Callable[[], Iterator[Figure]], set[str], int]] = {
    "ingest": (lambda: ingest.measure(quick=True), {"P1"}, 3),
    "latency": (lambda: live.measure_latency(quick=True), {"P2"}, 2),
    "pages": (lambda: pages.measure(quick=True, which=frozenset({"p3", "p4", "p6"})), {"P3", "P4", "P6"}, 6),
    "board": (lambda: board.measure(quick=True), {"P5"}, 2),
    "memory": (lambda: memory.measure(quick=True, full=False), {"P7"}, 3),
    "startup": (lambda: startup.measure(quick=True), {"P8"}, 3),
    "readers": (lambda: readers.measure(quick=True), {"P9"}, 2),
    "search": (lambda: search.measure(quick=True), {"S1"}, 7),
    "viewer": (lambda: viewer.measure(quick=True), {"L1"}, 14),
    "agent": (lambda: live.measure_agent(quick=True), {"P10"}, 0),
}


@pytest.mark.timeout(120)  # each starts the board; on a busy machine that takes a while
@pytest.mark.parametrize("name", QUICK)
def test_a_measure_yields_its_figures(name: str) -> None:
    measure, numbers, bars = QUICK[name]
    figures = list(measure())
    assert {figure.measure for figure in figures} == numbers
    assert sum(figure.bar is not None for figure in figures) >= bars
    for figure in figures:
        found = re.findall(r"\d[\d,.]*", figure.value)
        assert any(float(number.replace(",", "")) > 0 for number in found)
        assert row(figure).count("|") == 6


def test_an_unknown_measure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        bench.main(["p11"])
    assert refused.value.code == 2
    assert "there is no p11" in capsys.readouterr().err


def test_a_bar_is_reached_from_its_own_side() -> None:
    assert at_least(100, 100, "100 ×").reached
    assert not at_least(99.9, 100, "100 ×").reached
    assert at_most(3, 3, "3 ×").reached
    assert not at_most(3.01, 3, "3 ×").reached
    assert row(Figure("P5", "what", "4 ×", at_most(4, 3, "3 ×"))) == "| P5 | what | 4 × | ≤ 3 × | **no** |"


def test_figures_are_written_as_people_read_them() -> None:
    assert [count(value) for value in (0.4, 7, 94, 58_649, 1_000_000)] == ["0", "7", "94", "58,600", "1,000,000"]
    assert [times(value) for value in (0.244, 9.99, 126.4)] == ["0.24 ×", "9.99 ×", "126 ×"]
    assert percentile(list(range(1, 101)), 0.95) == 96
