"""Time: UTC on the wire and in the store, the boot-time clock for durations."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC. It may jump, either way, when the machine's clock is set."""
    return datetime.fromtimestamp(time.time(), UTC)


def boot_seconds() -> float:
    """Return seconds since the machine booted, suspended time included: the clock for durations."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def precise_time(moment: datetime) -> str:
    """Return an aware `moment` as text with microseconds: later moments come later in the order of texts."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def wire_time(moment: datetime) -> str:
    """Format an aware `moment` as RFC 3339 UTC with milliseconds, for example `2026-11-22T19:36:00.123Z`."""
    # What is stored comes back in UTC: to convert it once more would double the time, thousands of times for a board.
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
