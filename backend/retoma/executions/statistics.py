"""What the executions of a time came to: values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from retoma.core.status import Status, Usage


class Grouping(StrEnum):
    """By what the executions are put together."""

    DAY = "day"  # on which they were created
    COMMAND = "command"
    AGENT = "agent"
    PROJECT = "project"
    STATUS = "status"


# What counts when it is asked how many succeed. A cancelled one was not given the chance; the others are not over.
JUDGED = frozenset({Status.SUCCESS, Status.ERROR, Status.INTERRUPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What some executions came to. Durations are in seconds, of those that are over; None where there is none.

    `duration_p50` and `duration_p95` are durations that one of them had: half of them, 95 % of them, took no longer.
    """

    by_status: Mapping[Status, int]  # each status
    duration_p50: float | None
    duration_p95: float | None
    duration_total: float | None
    usage: Usage | None  # the sum of what was reported

    @property
    def executions(self) -> int:
        """How many there are."""
        return sum(self.by_status.values())

    @property
    def success_rate(self) -> float | None:
        """The part (0 to 1) of those that ended by themselves which succeeded; None where none did."""
        judged = sum(self.by_status[status] for status in JUDGED)
        return self.by_status[Status.SUCCESS] / judged if judged else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The figures of all that were asked for, and of each group of them by its key, in the keys' order."""

    total: Figures
    groups: Mapping[str, Figures]


def median_rank(count: int) -> int:
    """Return the place, from 1, of the median of `count` sorted values."""
    return (count + 1) // 2


def rank_95(count: int) -> int:
    """Return the place, from 1, of the smallest of `count` sorted values that 95 % do not exceed."""
    return (95 * count + 99) // 100
