"""The real `claude` program in tests: where it is, and the environment in which it runs offline."""

import json
import os
import queue
import shlex
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from retoma.core.json import JsonObject


def find_claude() -> Sequence[str] | None:
    """Return the program's argv prefix: RETOMA_CLAUDE_COMMAND, else the development dependency's, else from PATH."""
    command = os.environ.get("RETOMA_CLAUDE_COMMAND")
    if command:
        return tuple(shlex.split(command))
    package = find_spec("claude_agent_sdk")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "_bundled" / "claude"
        if os.access(bundled, os.X_OK):
            return (str(bundled),)
    found = shutil.which("claude")
    return (found,) if found else None


def require_claude() -> Sequence[str]:
    """Return the program, or skip the test and say why; in CI its absence is a failure."""
    program = find_claude()
    if program is not None:
        return program
    reason = "the claude program is missing: install requirements/dev.txt or set RETOMA_CLAUDE_COMMAND"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def offline_settings(model_url: str) -> Mapping[str, str]:
    """Return the variables that point the program at a loopback model server and keep it from the rest of the world."""
    return {
        "ANTHROPIC_BASE_URL": model_url,
        "ANTHROPIC_API_KEY": "dummy",
        "CLAUDE_CODE_MAX_RETRIES": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }


def offline_environment(model_url: str, home: Path) -> Mapping[str, str]:
    """Return the whole environment of an offline run with `home` as its own home folder (made where it is missing)."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        **offline_settings(model_url),
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TMPDIR": str(home),
    }


class ClaudeProgram:
    """One run of the program, with a pipe into it and every line it says kept in `lines`.

    Leaving the context ends the program. Waiting longer than `patience` seconds for a line is a failure.
    """

    def __init__(
        self, argv: Sequence[str], workspace: Path, environment: Mapping[str, str], patience: float = 30
    ) -> None:
        self.lines: list[bytes] = []
        self.stderr: list[bytes] = []
        self._patience = patience
        self._arrivals: queue.Queue[bytes | None] = queue.Queue()
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(argv, cwd=workspace, env=environment, stdin=pipe, stdout=pipe, stderr=pipe)
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._read_stderr)]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.end()

    def send(self, line: bytes) -> None:
        """Write whole lines to the program."""
        stdin = self.process.stdin
        assert stdin is not None
        stdin.write(line)
        stdin.flush()

    def wait_for(self, wanted: Callable[[JsonObject], bool]) -> JsonObject:
        """Return the next event that is `wanted`; the ones before it are only kept."""
        while True:
            line = self._arrivals.get(timeout=self._patience)
            assert line is not None, f"the program ended first: {self.lines[-3:]!r} {self.stderr!r}"
            event: JsonObject = json.loads(line)
            if wanted(event):
                return event

    def end(self) -> int:
        """Close the program's stdin and return its exit code, or minus its signal; `lines` is then complete."""
        stdin = self.process.stdin
        assert stdin is not None
        with suppress(BrokenPipeError):  # it may be gone already, with a line of ours unread
            stdin.close()
        code = self.process.wait(self._patience)
        for reader in self._readers:
            reader.join()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip(b"\n"))
            self._arrivals.put(line)
        self._arrivals.put(None)

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        self.stderr.extend(line.rstrip(b"\n") for line in self.process.stderr)
