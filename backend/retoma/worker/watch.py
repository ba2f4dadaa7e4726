"""What wakes the worker's loop: a journal that grew, a recorder that died, a call from another thread."""

import contextlib
import ctypes
import os
import select
import struct
import threading
from pathlib import Path

_IN_MODIFY, _IN_MOVED_TO, _IN_CREATE, _IN_ONESHOT = 0x002, 0x080, 0x100, 0x80000000
_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC  # the same bits as IN_NONBLOCK and IN_CLOEXEC
_EVENT = struct.Struct("iIII")
_READ_BYTES = 64 * 1024


class Watch:
    """Waits for run directories and recorders, by inotify and pidfd. Used by one thread; `wake` by any.

    A folder is watched for one change, then no more until `arm`: an agent pays for a watch with each of its writes
    (a third of a short one), so there is none while we read what it wrote anyway.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._inotify = self._libc.inotify_init1(_FLAGS)
        if self._inotify < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._wakeup = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        self._closed = False
        self._poll = select.poll()
        self._poll.register(self._inotify, select.POLLIN)
        self._poll.register(self._wakeup, select.POLLIN)
        self._folders: dict[str, Path] = {}
        self._armed: dict[int, str] = {}
        self._recorders: dict[int, str] = {}

    def add(self, name: str, folder: Path, recorder: int | None) -> None:
        """Wake with `name` when a file in `folder` changes (once `arm` was called), and when `recorder` ends."""
        self._folders[name] = folder
        if recorder is not None:
            with contextlib.suppress(OSError):
                descriptor = os.pidfd_open(recorder)
                self._recorders[descriptor] = name
                self._poll.register(descriptor, select.POLLIN)

    def arm(self, name: str) -> bool:
        """Watch the folder of `name` for the next change. True: it was not watched before, so look once more.

        A folder that can't be watched is left to the loop's slow look.
        """
        if name not in self._folders or name in self._armed.values():
            return False
        mask = _IN_MODIFY | _IN_MOVED_TO | _IN_CREATE | _IN_ONESHOT
        watch = self._libc.inotify_add_watch(self._inotify, os.fsencode(self._folders[name]), mask)
        if watch >= 0:
            self._armed[watch] = name
        return bool(watch >= 0)

    def remove(self, name: str) -> None:
        """Watch what belongs to `name` no more."""
        self._folders.pop(name, None)
        for watch in [watch for watch, owner in self._armed.items() if owner == name]:
            del self._armed[watch]
            self._libc.inotify_rm_watch(self._inotify, watch)
        for descriptor in [descriptor for descriptor, owner in self._recorders.items() if owner == name]:
            self._drop_recorder(descriptor)

    def wake(self) -> None:
        """Make a `wait` return, now or the next time. From any thread."""
        # A closed number may be another file's by now: never write to it.
        with self._lock, contextlib.suppress(BlockingIOError):
            if not self._closed:
                os.eventfd_write(self._wakeup, 1)

    def wait(self, seconds: float) -> set[str]:
        """Wait for at most `seconds`; return the names that something happened to."""
        names: set[str] = set()
        for descriptor, _events in self._poll.poll(seconds * 1000):
            if descriptor == self._inotify:
                names |= self._read_events()
            elif descriptor == self._wakeup:
                os.eventfd_read(self._wakeup)
            else:
                names.add(self._recorders[descriptor])
                self._drop_recorder(descriptor)
        return names

    def close(self) -> None:
        """Close everything."""
        for descriptor in list(self._recorders):
            self._drop_recorder(descriptor)
        with self._lock:
            self._closed = True
            os.close(self._inotify)
            os.close(self._wakeup)

    def _read_events(self) -> set[str]:
        names: set[str] = set()
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._inotify, _READ_BYTES)
            offset = 0
            while offset < len(data):
                watch, _mask, _cookie, length = _EVENT.unpack_from(data, offset)
                offset += _EVENT.size + length
                # A full queue (watch -1) names nobody: the loop's slow look covers it.
                if watch in self._armed:
                    names.add(self._armed.pop(watch))
        return names

    def _drop_recorder(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)
        del self._recorders[descriptor]
        os.close(descriptor)
