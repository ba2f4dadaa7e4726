"""One run directory with a real recorder, and what tests ask of it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

import psutil

import retoma.recorder

PROGRAM = Path(str(retoma.recorder.__file__)).with_name("__main__.py")
ENVIRONMENT = {"PATH": os.environ["PATH"]}


class ExitFile(TypedDict):
    exitCode: int | None
    signal: int | None
    startError: str | None
    completedAt: str
    duration: float
    orphans: int


class Known(TypedDict):
    pid: int
    startTime: int


class RunFile(TypedDict):
    recorder: Known
    agent: Known | None
    bootId: str
    startedAt: str


class Run:
    """One run directory, and what is asked of it."""

    def __init__(self, folder: Path, mark: str) -> None:
        self.folder = folder
        self.mark = mark

    def argv(self, agent: Sequence[str], cwd: Path | str = "/") -> list[str]:
        return [sys.executable, "-I", "-S", str(PROGRAM), str(self.folder), str(cwd), "--", *agent]

    def start(self, *agent: str, cwd: Path | str = "/") -> subprocess.CompletedProcess[str]:
        environment = {**ENVIRONMENT, "RETOMA_EXECUTION": self.mark}
        return subprocess.run(
            self.argv(agent, cwd), env=environment, capture_output=True, text=True, timeout=20, check=False
        )

    def shell(self, script: str) -> None:
        done = self.start("/bin/sh", "-c", script)
        assert (done.returncode, done.stderr) == (0, "")

    def run_file(self) -> RunFile:
        found: RunFile = json.loads((self.folder / "run.json").read_bytes())
        return found

    def recorder(self) -> int:
        return self.run_file()["recorder"]["pid"]

    def agent(self) -> int:
        agent = self.run_file()["agent"]
        assert agent is not None
        return agent["pid"]

    def stop(self) -> None:
        os.kill(self.recorder(), signal.SIGTERM)

    def exit_file(self, seconds: float = 15) -> ExitFile:
        file = self.folder / "exit.json"
        until(file.exists, seconds)
        found: ExitFile = json.loads(file.read_bytes())
        return found

    def out(self) -> str:
        return (self.folder / "out.jsonl").read_text()

    def said(self, text: str) -> None:
        until(lambda: text in self.out(), 10)

    def marked(self) -> list[int]:
        """Return the living processes of this run, wherever they hide."""
        wanted = f"RETOMA_EXECUTION={self.mark}".encode()
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(OSError, psutil.Error):
                if wanted in Path(f"/proc/{process.pid}/environ").read_bytes() and alive(process.pid):
                    found.append(process.pid)
        return found

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send all of them a signal. One may be gone before its turn: it dies with the others."""
        for pid in self.marked():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(happened: Callable[[], bool], seconds: float) -> None:
    """Wait for what a foreign process is to bring about; nothing tells when it does."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
