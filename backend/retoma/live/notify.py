"""Wake-ups between processes on one PostgreSQL: what changed for readers, and what is to be done by a worker.

Hints, as inside one process: what changed is read from the store. A lost one is made good by a slow look: for readers
`live/look.py`, for workers their own sweep.
"""

from collections.abc import Callable

from retoma.live.hub import Hub
from retoma.storage.notify import Notifications

_READERS = "retoma_readers"
_WORKERS = "retoma_workers"


class Relay:
    """Passes this process's wake-ups on to the others, and theirs to its readers and its worker."""

    def __init__(self, url: str, *, hub: Hub | None, poke: Callable[[str], None] | None) -> None:
        """`hub` has the readers, `poke` reaches the worker of this process; None where there are none."""
        self._hub, self._poke = hub, poke
        hears: dict[str, Callable[[str, str], None]] = {}
        if hub is not None:
            hears[_READERS] = self._hear
        if poke is not None:
            hears[_WORKERS] = lambda public_id, _: poke(public_id)
        self._notifications = Notifications(url, hears, on_listening=None if hub is None else hub.lose_track)

    def wake(self, topic: str, name: str, detail: str = "") -> None:
        """Tell the readers of other processes that `name` of `topic` changed (see Hub.wake)."""
        self._notifications.say(_READERS, f"{topic} {name}", detail)

    def poke(self, public_id: str) -> None:
        """Tell the workers, this process's own too, that something is to be done for an execution."""
        if self._poke is not None:
            self._poke(public_id)
        self._notifications.say(_WORKERS, public_id)

    def close(self) -> None:
        """Pass on what is waiting, then end."""
        self._notifications.close()

    def _hear(self, word: str, detail: str) -> None:
        assert self._hub is not None  # noqa: S101 - it is heard only where there is one
        topic, _, name = word.rpartition(" ")
        self._hub.hear(topic, name, detail)
