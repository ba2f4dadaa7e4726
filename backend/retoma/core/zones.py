"""Time zones: how far each is from UTC, and since when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone of this IANA name (`America/Sao_Paulo`); None where this machine knows none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there; a path or no text of a name; a folder of names
        return None


def offsets(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Yield from when on a zone is how many seconds ahead of UTC: at `start`, then at each change up to `end`.

    `start` and `end` are aware. (A zone that changes twice within a day is not known.)
    """
    moment, offset = start, _offset(zone, start)
    yield moment, offset
    while moment < end:
        later = min(moment + _DAY, end)
        if (other := _offset(zone, later)) != offset:
            before, after = moment, later
            while after - before > _SECOND:
                middle = before + (after - before) // 2
                before, after = (before, middle) if _offset(zone, middle) == other else (middle, after)
            offset = other
            yield after.replace(microsecond=0), offset
        moment = later


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    ahead = moment.astimezone(zone).utcoffset()
    return 0 if ahead is None else round(ahead.total_seconds())
