"""Writing to an agent: whole lines into its FIFO, by one writer at a time."""

import array
import contextlib
import errno
import fcntl
import os
import select
import termios
from pathlib import Path

MAXIMUM_BYTES = 1024 * 1024  # what the recorder asked the system for, and the most that can be written at once


class AgentGoneError(Exception):
    """Nobody holds the reading end: the recorder and the agent are gone."""


def write_lines(fifo: Path, lines: bytes) -> bool:
    """Write `lines` in one call, or nothing. False: the FIFO has no room for them now; try again later.

    One call, into enough room: a writer killed in the middle of a longer write would leave a torn line, which ends
    Claude Code. What is short the system writes whole or not at all; what is longer waits until the FIFO is empty,
    for how much room there is in one that is not, nobody can know. AgentGoneError where nobody can read; ValueError
    where `lines` will never fit (more than MAXIMUM_BYTES, or than the system gives this user).
    """
    try:
        descriptor = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise AgentGoneError from error
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise AgentGoneError from error
        raise
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, MAXIMUM_BYTES)
        queued = array.array("i", [0])
        fcntl.ioctl(descriptor, termios.FIONREAD, queued)
        capacity = fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ)
        if len(lines) > capacity:
            raise ValueError(f"{len(lines)} bytes do not fit into a FIFO of {capacity}")
        if len(lines) > select.PIPE_BUF and queued[0]:
            return False
        with contextlib.suppress(BlockingIOError):
            os.write(descriptor, lines)
            return True
        return False
    finally:
        os.close(descriptor)
