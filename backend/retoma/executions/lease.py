"""Who is there no more: seen by that what it says again and again does not change any longer.

No clock of another machine is read, and none that jumps: only whether a value differs from the last look, and how much
time went by on the boot-time clock of who looks.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from retoma.core.clock import boot_seconds

# How often a worker says that it is there.
HEARTBEAT_SECONDS = 2.0


@dataclass(slots=True)
class _Sighting:
    value: Hashable
    since: float  # boot seconds at which this value was first seen


class LeaseWatch:
    """Tells, look by look, which names have not changed their value for `seconds`.

    Who has not looked for half of that was away itself (stopped, suspended, without a database), as the others may have
    been: it begins anew.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = boot_seconds) -> None:
        self._seconds, self._clock = seconds, clock
        self._sightings: dict[str, _Sighting] = {}
        self._looked_at = clock()

    def look(self, values: Mapping[str, Hashable]) -> set[str]:
        """Take in the present `values`; return the names whose value is an old one."""
        now = self._clock()
        if now - self._looked_at > self._seconds / 2:
            self._sightings.clear()
        self._looked_at = now
        known, self._sightings = self._sightings, {}
        for name, value in values.items():
            seen = known.get(name)
            if seen is None or seen.value != value:
                seen = _Sighting(value, now)
            self._sightings[name] = seen
        return {name for name, seen in self._sightings.items() if now - seen.since >= self._seconds}
