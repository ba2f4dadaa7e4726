"""Figures, their bars, and the one table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure has to reach, in words, and whether it did."""

    words: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: the measure (P1 …), what was measured, what came out, and the bar where it has one."""

    measure: str
    what: str
    value: str
    bar: Bar | None = None


def at_most(value: float, bar: float, words: str) -> Bar:
    """Return the bar that `value` must not exceed."""
    return Bar(f"≤ {words}", value <= bar)


def at_least(value: float, bar: float, words: str) -> Bar:
    """Return the bar that `value` must reach."""
    return Bar(f"≥ {words}", value >= bar)


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def count(value: float) -> str:
    """Write a whole number with its thousands set apart, of a large one the first three digits."""
    digits = len(str(int(value)))
    return f"{round(value, min(0, 3 - digits)):,.0f}"


def times(ratio: float) -> str:
    """Write a ratio."""
    return f"{count(ratio)} ×" if ratio >= 10 else f"{ratio:.2f} ×"


def milliseconds(seconds: float) -> str:
    """Write a short time."""
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def megabytes(size: float) -> str:
    """Write a size in MB (10⁶ bytes)."""
    return f"{size / 1e6:.1f} MB" if size < 1e8 else f"{size / 1e6:.0f} MB"


def row(figure: Figure) -> str:
    """Return one row of the table."""
    bar = figure.bar
    verdict = "" if bar is None else ("yes" if bar.reached else "**no**")
    return f"| {figure.measure} | {figure.what} | {figure.value} | {'' if bar is None else bar.words} | {verdict} |"


HEAD = "| # | what | measured | bar | reached |\n|---|---|---|---|---|"
