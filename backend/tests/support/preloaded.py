"""Commands of Retoma that start in a moment: forks of a process that has loaded the program already, once.

Loading the program is nine tenths of what its start costs. Everything after that is as in any other start: a process
of its own, with its environment, its output and its death.
"""

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from typing import IO, ClassVar, Protocol, Self

from retoma.cli import main
from retoma.core import crash

# What `retoma up`, `serve` and `worker` load.
_PROGRAM = [
    "retoma.cli.up",
    "retoma.cli.serve",
    "retoma.cli.work",
    "retoma.web.app",
    "retoma.engine.dbos_engine",
    "retoma.live.shared",
]

# A start with one of these loads something else.
_OTHER_PROGRAM = {"PYTHONPATH", "LD_PRELOAD"}


class Descriptor(Protocol):
    """A file that a forked process takes over."""

    def detach(self) -> int:
        """Return its number."""


class Preloaded:
    """Starts commands; the process that they are forks of ends with this one."""

    # That of the tests. Where there is none, each start loads the program.
    shared: ClassVar[Self | None] = None

    def __init__(self) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([*_PROGRAM, __name__])

    @classmethod
    def fit_for(cls, environment: Mapping[str, str]) -> Self | None:
        """Return the shared one, where a start with this environment would load what it has loaded."""
        return None if _OTHER_PROGRAM & environment.keys() else cls.shared

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], *, own_group: bool) -> "Fork":
        """Start `retoma` with `arguments`; what it prints goes to its `stdout`, errors too."""
        reading, writing = os.pipe()
        process = self._fork(arguments, environment, (writing, writing), own_group=own_group)
        os.close(writing)
        return Fork(process, os.fdopen(reading, encoding="utf-8"))

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `retoma` with `arguments` to its end; AssertionError where that takes longer than `timeout` seconds."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+") as errors:
            process = self._fork(arguments, environment, (out.fileno(), errors.fileno()), own_group=False)
            code = Fork(process, out).wait(timeout)
            for file in (out, errors):
                file.seek(0)
            return subprocess.CompletedProcess(["retoma", *arguments], code, out.read(), errors.read())

    def _fork(
        self, arguments: Sequence[str], environment: Mapping[str, str], output: tuple[int, int], *, own_group: bool
    ) -> BaseProcess:
        files = [DupFd(number) for number in output]
        process = self._context.Process(
            target=_be_retoma, args=(list(arguments), dict(environment), files, own_group), daemon=True
        )
        process.start()
        return process


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


def _be_retoma(
    arguments: list[str],
    environment: dict[str, str],
    output: list[Descriptor],
    own_group: bool,  # noqa: FBT001
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    crash._AT = environment.get(crash.VARIABLE)  # the one variable that was read when the program was loaded
    if own_group:
        os.setpgid(0, 0)
    for number, file in enumerate([descriptor.detach() for descriptor in output], start=1):
        os.dup2(file, number)
        os.close(file)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(number, "w", closefd=False), encoding="utf-8", write_through=True)
        for number in (1, 2)
    )
    sys.exit(main(arguments))
