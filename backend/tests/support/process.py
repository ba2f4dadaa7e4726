"""A real `retoma` command that stays, in a process of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Queue

from support.preloaded import Fork, Preloaded


class RetomaProcess:
    """May be started, ended in every way, and started again. What it prints is kept over all its lives."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        ready: str,
        environment: Mapping[str, str] | None = None,
        own_group: bool = False,
    ) -> None:
        """`ready` is in the line by which it says that it is ready; `own_group`: it leads a process group."""
        self._own_group = own_group
        self._arguments = arguments
        self._ready = ready
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self.output: list[str] = []
        self._printed = threading.Condition()
        self._process: subprocess.Popen[str] | Fork | None = None
        self._drainer: threading.Thread | None = None
        self._lines: Queue[str | None] = Queue()

    def start(self) -> str:
        """Start it and wait until it is ready; return the line that says so."""
        self.launch()
        return self.await_ready()

    def launch(self) -> None:
        """Start it, and do not wait."""
        self._process = self._start()
        self._lines = Queue()
        self._drainer = threading.Thread(target=self._drain, args=(self._process, self._lines), daemon=True)
        self._drainer.start()

    def _start(self) -> subprocess.Popen[str] | Fork:
        if (preloaded := Preloaded.fit_for(self._environment)) is not None:
            return preloaded.start(self._arguments, self._environment, own_group=self._own_group)
        return subprocess.Popen(
            [Path(sys.executable).with_name("retoma"), *self._arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0 if self._own_group else None,
        )

    def await_ready(self) -> str:
        """Wait until it is ready; return the line that says so."""
        while (line := self._lines.get(timeout=30)) is not None:
            if self._ready in line:
                return line
        self.wait()
        message = "it ended before it was ready:\n" + "".join(self.output)
        raise RuntimeError(message)

    def _drain(self, process: "subprocess.Popen[str] | Fork", lines: "Queue[str | None]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._printed:
                self.output.append(line)
                self._printed.notify_all()
            lines.put(line)
        lines.put(None)

    def await_output(self, text: str) -> str:
        """Wait until it has printed a line with `text`, and return it."""
        with self._printed:
            assert self._printed.wait_for(lambda: any(text in line for line in self.output), timeout=30), self.output
        return next(line for line in self.output if text in line)

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def set(self, name: str, value: str | None) -> None:
        """Set a variable of the environment for the next start; None takes it away."""
        if value is None:
            self._environment.pop(name, None)
        else:
            self._environment[name] = value

    def await_death(self, seconds: float = 30) -> None:
        """Wait until it was killed by somebody else; nothing is to do where it died in its start."""
        if self._process is not None:
            assert self._process.wait(seconds) == -signal.SIGKILL
            self.wait()

    def kill(self) -> None:
        """kill -9, as an out-of-memory killer would. Where it runs no more, nothing happens."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self.wait()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does; return its exit code."""
        self.send(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        assert self._process is not None
        assert self._drainer is not None
        code = self._process.wait(timeout=15)
        self._drainer.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return code
