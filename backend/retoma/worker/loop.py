"""The one thread that gives each follower its turns: when its journal grew, a user asked, or time has passed."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from retoma.core.clock import boot_seconds
from retoma.core.errors import StorageError
from retoma.executions.lease import HEARTBEAT_SECONDS
from retoma.worker.follower import Follower
from retoma.worker.watch import Watch

_logger = logging.getLogger(__name__)

T = TypeVar("T")

# How often the loop looks at what no event tells (idle agents), and how often at the rows themselves.
_TICK_SECONDS = 0.25
_SWEEP_SECONDS = HEARTBEAT_SECONDS


class Loop:
    """All followers of one worker. Its methods may be called from any thread, but for what it is given to call."""

    def __init__(self, *, sweep: Callable[[], None], drop: Callable[[Follower], None], ask: Callable[[], None]) -> None:
        """Called in the loop's thread: `sweep` every few seconds, `drop` with a follower whose work is over, `ask` when
        something is wished of an execution that nobody follows here.
        """
        self._sweep, self._drop_follower, self._ask = sweep, drop, ask
        self._watch = Watch()
        self._lock = threading.Lock()
        self._followers: dict[str, Follower] = {}
        self._arriving: deque[tuple[str, Follower]] = deque()
        self._ready: deque[str] = deque()
        self._poked: set[str] = set()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="retoma-worker", daemon=True)

    def start(self) -> None:
        """Begin to give turns."""
        self._thread.start()

    def end(self) -> None:
        """End after the present turn; returns at once."""
        self._stopping = True
        self._watch.wake()

    def stop(self) -> None:
        """End, and let go of all files. The runs go on."""
        self.end()
        self._thread.join()
        for follower in self._followers.values():
            follower.close()
        self._watch.close()

    @property
    def alive(self) -> bool:
        """Whether the loop goes on."""
        return self._thread.is_alive()

    def __contains__(self, public_id: str) -> bool:
        with self._lock:
            return public_id in self._followers

    def add(self, public_id: str, follower: Follower) -> None:
        """Give turns to one more."""
        with self._lock:
            self._followers[public_id] = follower
            self._arriving.append((public_id, follower))
        self.poke(public_id)

    def poke(self, public_id: str) -> None:
        """Say that a user has asked for something on this execution."""
        with self._lock:
            self._poked.add(public_id)
        self._watch.wake()

    def wake(self, public_id: str) -> None:
        """Say that there is something to do for its follower."""
        self._make_ready(public_id)
        self._watch.wake()

    def attend_all(self) -> None:
        """Let each follower look at its row. In the loop's thread."""
        self._each(Follower.attend)

    def _run(self) -> None:
        next_tick = next_sweep = boot_seconds()
        while not self._stopping:
            wait = 0.0 if self._ready else max(0.0, next_tick - boot_seconds())
            for public_id in self._watch.wait(wait):
                self._make_ready(public_id)
            self._welcome()
            self._attend()
            self._step()
            if boot_seconds() >= next_tick:
                next_tick = boot_seconds() + _TICK_SECONDS
                self._each(Follower.tick)
                for public_id in list(self._followers):
                    self._make_ready(public_id)
            if boot_seconds() >= next_sweep:
                next_sweep = boot_seconds() + _SWEEP_SECONDS
                self._guarded("the sweep", self._sweep)

    def _make_ready(self, public_id: str) -> None:
        with self._lock:
            if public_id in self._followers and public_id not in self._ready:
                self._ready.append(public_id)

    def _welcome(self) -> None:
        with self._lock:
            arriving, self._arriving = self._arriving, deque()
        for public_id, follower in arriving:
            self._watch.add(public_id, follower.claimed.run.path, follower.recorder_pid)
            self._make_ready(public_id)

    def _attend(self) -> None:
        with self._lock:
            poked, self._poked = self._poked, set()
        for public_id in poked:
            follower = self._followers.get(public_id)
            if follower is None:
                self._ask()
            else:
                self._guarded(public_id, follower.attend)
                self._make_ready(public_id)

    def _step(self) -> None:
        """Give each ready execution one turn, so that a loud one does not starve the others."""
        for _ in range(len(self._ready)):
            with self._lock:
                public_id = self._ready.popleft()
                follower = self._followers.get(public_id)
            if follower is None:
                continue
            more = self._guarded(public_id, follower.step)
            if follower.over:
                self._guarded(public_id, partial(self._drop, public_id))
            elif more or (not follower.is_full and self._watch.arm(public_id)):
                # Nobody tells what was written before the watch was armed: look once more.
                self._make_ready(public_id)

    def _drop(self, public_id: str) -> None:
        with self._lock:
            follower = self._followers.pop(public_id)
        self._watch.remove(public_id)
        follower.close()
        self._drop_follower(follower)

    def _each(self, action: Callable[[Follower], None]) -> None:
        for public_id, follower in list(self._followers.items()):
            self._guarded(public_id, partial(action, follower))

    def _guarded(self, subject: str, action: Callable[[], T]) -> T | None:
        """Run one action; what it raises is logged and tried again at the next tick: the loop never ends by it."""
        try:
            return action()
        except StorageError:
            return None  # the writer has said what ails the database
        except Exception:
            _logger.exception("Following %s failed; trying again", subject)
            return None
