"""Wake-ups: who listens to which topic, and what has changed there since they last looked."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence

ENTRIES = "entries"
EXECUTION = "execution"
# The topic of all executions: woken by the public id of each whose own row changed.
RUNS = "runs"

_EXECUTION_PREFIX = "execution:"


def execution_topic(public_id: str) -> str:
    """Return the topic of one execution."""
    return f"{_EXECUTION_PREFIX}{public_id}"


def board_topic(project_id: str) -> str:
    """Return the topic of one project's board."""
    return f"board:{project_id}"


class Listener:
    """One reader with its topics. Holds no entries: only, by topic, names of what changed (`Hub.wake`)."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._changed: dict[str, set[str]] = {}
        self._lock = threading.Lock()
        self._event = asyncio.Event()

    def add(self, topic: str) -> None:
        """Listen to `topic` from now on."""
        self._hub.add(topic, self)

    def remove(self, topic: str) -> None:
        """Listen to it no more."""
        self._hub.remove(topic, self)
        with self._lock:
            self._changed.pop(topic, None)

    def close(self) -> None:
        """Listen to nothing any more."""
        self._hub.remove_all(self)

    async def wait(self) -> Mapping[str, frozenset[str]]:
        """Wait until something changed; return, by topic, what changed since the last call."""
        await self._event.wait()
        self._event.clear()
        with self._lock:
            changed, self._changed = self._changed, {}
        return {topic: frozenset(names) for topic, names in changed.items()}

    def wake(self) -> None:
        """Let `wait` return, whether something changed or not. From any thread."""
        # A loop that closed has no readers.
        try:
            self._loop.call_soon_threadsafe(self._event.set)
        except RuntimeError:
            self.close()

    def notice(self, topic: str, name: str) -> None:
        """Take a wake-up in; from any thread."""
        with self._lock:
            quiet = not self._changed
            self._changed.setdefault(topic, set()).add(name)
        if quiet:
            # One call into the loop for all that comes before the reader looks.
            self.wake()


class Hub:
    """All listeners of this process."""

    def __init__(self) -> None:
        self._topics: dict[str, set[Listener]] = {}
        self._lock = threading.Lock()
        self._has_ended = False
        self._pass_on: Callable[[str, str, str], None] = lambda _topic, _name, _detail: None
        self._tell: Callable[[str, str], None] = lambda _topic, _detail: None
        self._lose_track: Callable[[], None] = lambda: None

    def pass_on_to(self, others: Callable[[str, str, str], None]) -> None:
        """Let the wake-ups of this process also reach `others`. Called once, before the first of them."""
        self._pass_on = others

    def listen_to_others(self, told: Callable[[str, str], None], lose_track: Callable[[], None]) -> None:
        """Let `told` have the details of other processes' wake-ups; `lose_track`: some may have been lost.

        Called once, before the first of them.
        """
        self._tell, self._lose_track = told, lose_track

    def listen(self) -> Listener:
        """Return a new listener for the running event loop; close it when done."""
        return Listener(self)

    def has_ended(self) -> bool:
        """Whether this process serves nobody any more."""
        return self._has_ended

    def end(self) -> None:
        """Wake all listeners for the last time: `has_ended` from now on."""
        self._has_ended = True
        with self._lock:
            listeners = set().union(*self._topics.values())
        for listener in listeners:
            listener.wake()

    def wake(self, topic: str, name: str, detail: str = "") -> None:
        """Tell the topic's listeners that `name` changed: ENTRIES or EXECUTION of an execution, a card id of a board.

        `detail` is for the other processes. Called after the commit, from any thread.
        """
        self.wake_here(topic, name)
        self._pass_on(topic, name, detail)

    def hear(self, topic: str, name: str, detail: str) -> None:
        """Take in a wake-up of another process."""
        if detail:
            self._tell(topic, detail)
        self.wake_here(topic, name)

    def lose_track(self) -> None:
        """Wake-ups of other processes may have been lost."""
        self._lose_track()

    def wake_here(self, topic: str, name: str) -> None:
        """Tell the listeners of this process only; of an execution that changed, also those of all executions."""
        with self._lock:
            listeners = list(self._topics.get(topic, ()))
            of_all = list(self._topics.get(RUNS, ())) if name == EXECUTION else []
        for listener in listeners:
            listener.notice(topic, name)
        for listener in of_all:
            listener.notice(RUNS, topic.removeprefix(_EXECUTION_PREFIX))

    def has_listeners(self, topic: str) -> bool:
        """Whether anybody listens to `topic` now."""
        with self._lock:
            return topic in self._topics

    def topics(self) -> Sequence[str]:
        """Return the topics that anybody listens to now."""
        with self._lock:
            return list(self._topics)

    def add(self, topic: str, listener: Listener) -> None:
        """Used by Listener.add."""
        with self._lock:
            self._topics.setdefault(topic, set()).add(listener)

    def remove(self, topic: str, listener: Listener) -> None:
        """Used by Listener.remove."""
        with self._lock:
            self._discard(topic, listener)

    def remove_all(self, listener: Listener) -> None:
        """Used by Listener.close."""
        with self._lock:
            for topic in list(self._topics):
                self._discard(topic, listener)

    def _discard(self, topic: str, listener: Listener) -> None:
        listeners = self._topics.get(topic, set())
        listeners.discard(listener)
        if not listeners:
            self._topics.pop(topic, None)
