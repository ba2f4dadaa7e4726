"""A real `retoma up` in a process of its own, and what a user does to it over HTTP."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Queue
from typing import Self

import httpx
import psutil

_READY = "Retoma is ready:"


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Board:
    """The board as its user has it: a process, a data folder, a port that stays the same over restarts."""

    def __init__(self, data: Path, *, environment: Mapping[str, str] | None = None, own_group: bool = False) -> None:
        """`own_group`: the server has a process group of its own, which a test may kill."""
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.link = ""
        self.output: list[str] = []
        self._printed = threading.Condition()
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._own_group = own_group
        self._process: subprocess.Popen[str] | None = None
        self._drainer: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.end_runs()

    def start(self) -> None:
        """Start the server and wait until it says that it is ready."""
        command = [
            str(Path(sys.executable).with_name("retoma")),
            "up",
            "--data",
            str(self.data),
            "--port",
            str(self.port),
        ]
        self._process = subprocess.Popen(
            [*command, "--no-open"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0 if self._own_group else None,
        )
        lines: Queue[str | None] = Queue()
        self._drainer = threading.Thread(target=self._drain, args=(self._process, lines), daemon=True)
        self._drainer.start()
        while (line := lines.get(timeout=30)) is not None:
            if _READY in line:
                self.link = line.rpartition(_READY)[2].strip()
                return
        self._wait()
        message = "the server ended before it was ready:\n" + "".join(self.output)
        raise RuntimeError(message)

    def _drain(self, process: "subprocess.Popen[str]", lines: "Queue[str | None]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._printed:
                self.output.append(line)
                self._printed.notify_all()
            lines.put(line)
        lines.put(None)

    def await_output(self, text: str) -> str:
        """Wait until the server has printed a line with `text`, and return it."""
        with self._printed:
            assert self._printed.wait_for(lambda: any(text in line for line in self.output), timeout=30), self.output
        return next(line for line in self.output if text in line)

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def set(self, name: str, value: str | None) -> None:
        """Set a variable of the environment for the next start; None takes it away."""
        if value is None:
            self._environment.pop(name, None)
        else:
            self._environment[name] = value

    def await_death(self, seconds: float = 30) -> None:
        """Wait until the server was killed by somebody else; nothing is to do where it died in its start."""
        if self._process is not None:
            assert self._process.wait(seconds) == -signal.SIGKILL
            self._wait()

    def kill(self) -> None:
        """kill -9, as an out-of-memory killer would."""
        if self._process is not None:
            self._process.kill()
            self._wait()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End the server as Ctrl-C does; return its exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._wait()

    def _wait(self) -> int:
        assert self._process is not None
        assert self._drainer is not None
        code = self._process.wait(timeout=15)
        self._drainer.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return code

    def end_runs(self) -> None:
        """End whatever runs of this data folder are left."""
        recorders = []
        for file in self.data.glob("runs/*/run.json"):
            with contextlib.suppress(psutil.NoSuchProcess):
                recorder = psutil.Process(json.loads(file.read_text())["recorder"]["pid"])
                if str(file.parent) in recorder.cmdline():
                    recorder.terminate()
                    recorders.append(recorder)
        psutil.wait_procs(recorders, timeout=15)

    def processes_of(self, execution_id: str) -> list[int]:
        """Return all processes that carry the execution's mark."""
        marker = f"RETOMA_EXECUTION={execution_id}".encode()
        found = []
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if process.name.isdigit() and marker in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
        return found

    # ---- what a user does -------------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        """The access token."""
        return (self.data / "token").read_text().strip()

    def client(self) -> httpx.Client:
        """Return an HTTP client that may call."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=30)

    def get(self, path: str) -> dict[str, object]:
        """GET a JSON object."""
        with self.client() as client:
            answer = client.get(path)
        answer.raise_for_status()
        body: dict[str, object] = answer.json()
        return body

    def post(self, path: str, body: object = None, *, status: int | None = None) -> dict[str, object]:
        """POST JSON; the answer must have `status` (any good one by default)."""
        with self.client() as client:
            answer = client.post(path, json=body if body is not None else {})
        if status is None:
            assert answer.is_success, answer.text
        else:
            assert answer.status_code == status, answer.text
        decoded: dict[str, object] = answer.json()
        return decoded

    def cards(self) -> list[dict[str, object]]:
        """Return all cards."""
        with self.client() as client:
            decoded: list[dict[str, object]] = client.get("/api/cards").raise_for_status().json()
        return decoded

    def project(self, path: Path, *, agent: str = "rehearsal") -> str:
        """Make a project of the repository at `path`; return its id."""
        made = self.post("/api/projects", {"name": path.name, "path": str(path)}, status=201)
        with self.client() as client:
            client.patch(f"/api/projects/{made['id']}", json={"agent": agent}).raise_for_status()
        return str(made["id"])

    def card(self, title: str, description: str = "", *, project: str | None = None) -> str:
        """Make a card; return its id."""
        body = {"title": title, "description": description}
        return str(self.post("/api/cards", body | ({"projectId": project} if project else {}), status=201)["id"])

    def script(self, title: str, *steps: str) -> str:
        """Make a card that plays a rehearsal script; return its id."""
        return self.card(title, "```rehearsal\n" + "\n".join(steps) + "\n```\n")

    def run(self, card: str, command: str = "/implement", **more: object) -> str:
        """Start a command on a card; return the execution's id."""
        return str(self.post(f"/api/cards/{card}/executions", {"command": command, **more}, status=202)["id"])

    def execution(self, execution_id: str) -> dict[str, object]:
        """Return one execution."""
        return self.get(f"/api/executions/{execution_id}")

    def stream(self, execution_id: str, *, after: int = 0) -> Iterator[tuple[str, object]]:
        """Yield the events (name, data) of the execution's SSE stream until its `end`."""
        path = f"/api/executions/{execution_id}/logs/stream?after={after}"
        with self.client() as client, client.stream("GET", path, timeout=httpx.Timeout(30, read=60)) as answer:
            answer.raise_for_status()
            name = ""
            # Not iter_lines(): it also ends a line at other signs of Unicode, which stand in what agents print.
            for line in _lines(answer.iter_bytes()):
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield name, json.loads(line.removeprefix("data: "))
                    if name == "end":
                        return

    def follow(self, execution_id: str, *, until: str | None = None, after: int = 0) -> list[dict[str, object]]:
        """Return the entries as they come, until one holds `until` (None: until the end)."""
        entries: list[dict[str, object]] = []
        for name, data in self.stream(execution_id, after=after):
            if name == "logs":
                assert isinstance(data, list)
                entries += [entry for entry in data if isinstance(entry, dict)]
                if until is not None and any(until in str(entry["content"]) for entry in entries):
                    return entries
        assert until is None, f"no entry holds {until!r}: {entries}"
        return entries

    def finish(self, execution_id: str) -> dict[str, object]:
        """Wait for the end of an execution and return it."""
        self.follow(execution_id)
        return self.execution(execution_id)

    def log(self, execution_id: str) -> list[dict[str, object]]:
        """Return the whole log, page by page."""
        entries: list[dict[str, object]] = []
        while True:
            after = entries[-1]["sequence"] if entries else 0
            page = self.get(f"/api/executions/{execution_id}/logs?after={after}&limit=1000")["logs"]
            assert isinstance(page, list)
            if not page:
                return entries
            entries += page


def _lines(parts: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for part in parts:
        *lines, rest = (rest + part).split(b"\n")
        yield from (line.decode() for line in lines)
