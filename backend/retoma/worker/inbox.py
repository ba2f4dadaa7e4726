"""Writing to an agent: whole lines into its FIFO, by one writer at a time."""

import array
import contextlib
import errno
import fcntl
import os
import select
import termios
from pathlib import Path

from retoma.agents.inputs import INPUT_BYTES


class AgentGoneError(Exception):
    """Nobody holds the reading end: the recorder and the agent are gone."""


class TooLongError(Exception):
    """The lines will never fit: the system gave the FIFO less room (a user's limit on pipes) than they need."""


def write_lines(fifo: Path, lines: bytes) -> bool:
    """Write `lines` in one call, or nothing. False: the FIFO has no room for them now; try again later.

    One call, into enough room: a writer killed in the middle of a longer write would leave a torn line, which ends
    Claude Code. What is short the system writes whole or not at all; what is longer waits until the FIFO is empty,
    for how much room there is in one that is not, nobody can know. AgentGoneError where nobody can read; TooLongError
    where `lines` will never fit.
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
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, INPUT_BYTES)
        queued = array.array("i", [0])
        fcntl.ioctl(descriptor, termios.FIONREAD, queued)
        capacity = fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ)
        if len(lines) > capacity:
            raise TooLongError(f"{len(lines)} bytes, where the system lets {capacity} in")
        if len(lines) > select.PIPE_BUF and queued[0]:
            return False
        with contextlib.suppress(BlockingIOError):
            os.write(descriptor, lines)
            return True
        return False
    finally:
        os.close(descriptor)
