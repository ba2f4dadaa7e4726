"""Writing to an agent: whole lines into its FIFO, by one writer at a time."""

import array
import contextlib
import errno
import fcntl
import os
import termios
from pathlib import Path

_PIPE_BYTES = 1024 * 1024  # what the recorder asked the system for


class AgentGoneError(Exception):
    """Nobody holds the reading end: the recorder and the agent are gone."""


def write_lines(fifo: Path, lines: bytes) -> bool:
    """Write `lines` in one call, or nothing. False: the FIFO has no room for them now; try again later.

    One call, into enough room: a writer killed in the middle of a longer write would leave a torn line, which ends
    Claude Code. AgentGoneError where nobody can read.
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
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        queued = array.array("i", [0])
        fcntl.ioctl(descriptor, termios.FIONREAD, queued)
        capacity = fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ)
        # A pipe is made of pages, and part of one may be used up by an earlier message.
        if queued[0] + len(lines) + 4096 > capacity:
            return False
        return os.write(descriptor, lines) == len(lines)
    finally:
        os.close(descriptor)
