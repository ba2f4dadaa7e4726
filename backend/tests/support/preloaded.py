"""Commands of Retoma that start in a moment: forks of a process that has loaded the program already, once.

Loading the program is nine tenths of what its start costs. Everything after that is as in any other start: a process
of its own, with its environment, its output and its death.
"""

import io
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from typing import IO, Protocol

# What `retoma up`, `serve` and `worker` load.
_PROGRAM = [
    "retoma.cli.up",
    "retoma.cli.serve",
    "retoma.cli.work",
    "retoma.web.app",
    "retoma.engine.dbos_engine",
    "retoma.live.shared",
]


class Descriptor(Protocol):
    """A file that a forked process takes over."""

    def detach(self) -> int:
        """Return its number."""


class Preloaded:
    """Starts commands; the process that they are forks of ends with this one."""

    def __init__(self) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([*_PROGRAM, __name__])

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], *, own_group: bool) -> "Fork":
        """Start `retoma` with `arguments`."""
        reading, writing = os.pipe()
        process = self._context.Process(
            target=_be_retoma, args=(list(arguments), dict(environment), DupFd(writing), own_group), daemon=True
        )
        process.start()
        os.close(writing)
        return Fork(process, os.fdopen(reading, encoding="utf-8"))


class Fork:
    """The part of `subprocess.Popen` that is asked for."""

    def __init__(self, process: BaseProcess, stdout: IO[str]) -> None:
        self._process = process
        self.stdout = stdout

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing happens where it has ended."""
        if self._process.is_alive():
            os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        """Wait for its end; return its exit code, or the negative number of the signal that killed it."""
        self._process.join(timeout)
        code = self._process.exitcode
        assert code is not None, f"it has not ended within {timeout} s"
        return code


def _be_retoma(arguments: list[str], environment: dict[str, str], output: Descriptor, own_group: bool) -> None:  # noqa: FBT001
    from retoma.cli import main
    from retoma.core import crash

    os.environ.clear()
    os.environ.update(environment)
    crash._AT = environment.get(crash.VARIABLE)  # the one variable that was read when the program was loaded
    if own_group:
        os.setpgid(0, 0)
    file = output.detach()
    for number in (1, 2):
        os.dup2(file, number)
    os.close(file)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", write_through=True)
    sys.exit(main(arguments))
