"""Faults of the disk, injected into a process's system calls by strace."""

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


def need(program: str, package: str) -> None:
    """Skip the test where a program is missing; in CI a skipped test is a failed one."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not on PATH (on Debian: apt-get install {package})")


def command(calls: str, fault: str, files: Sequence[Path], log: Path) -> list[str]:
    """Return strace's argv that makes `calls` on `files`, and on no others, end in `fault`."""
    paths = [part for file in files for part in ("-P", str(file))]
    return [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-o",
        str(log),
        *paths,
        "-e",
        f"trace={calls}",
        "-e",
        f"inject={calls}:{fault}",
    ]


@contextmanager
def faults_in(pid: int, calls: str, fault: str, files: Sequence[Path], log: Path) -> Iterator[None]:
    """Let `calls` on `files` fail in the running process `pid` while this is open."""
    argv = [part for part in command(calls, fault, files, log) if part != "--seccomp-bpf"]
    tracer = subprocess.Popen([*argv, "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    try:
        said = tracer.stderr.readline()
        assert "attached" in said, said
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=20)
