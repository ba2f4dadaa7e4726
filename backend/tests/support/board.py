"""A real `retoma up` in a process of its own, and what a user does to it over HTTP."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx
import psutil

from support.process import RetomaProcess

_READY = "Retoma is ready:"


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Board:
    """The board as its user has it: a process, a data folder, a port that stays the same over restarts."""

    def __init__(
        self,
        data: Path,
        *,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = ("up", "--no-open"),
        own_group: bool = False,
    ) -> None:
        """`command` may also be `serve`; the workers are then started beside it.

        `own_group`: the server has a process group of its own, which a test may kill.
        """
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.link = ""
        arguments = [*command, "--data", str(data), "--port", str(self.port)]
        self._process = RetomaProcess(arguments, ready=_READY, environment=environment, own_group=own_group)
        self.output = self._process.output
        self.await_output = self._process.await_output
        self.kill = self._process.kill
        self.stop = self._process.stop
        self.set = self._process.set
        self.await_death = self._process.await_death

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.end_runs()

    def start(self) -> None:
        """Start the server and wait until it says that it is ready."""
        self.link = self._process.start().rpartition(_READY)[2].strip()

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def end_runs(self, data: Path | None = None) -> None:
        """End whatever runs of this data folder (or another) are left."""
        recorders = []
        for file in (data or self.data).glob("runs/*/run.json"):
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

    def await_end_of(self, execution_id: str) -> None:
        """Wait until the execution has no process any more."""
        found = []
        for pid in self.processes_of(execution_id):
            with contextlib.suppress(psutil.NoSuchProcess):  # gone between the two looks
                found.append(psutil.Process(pid))
        _gone, alive = psutil.wait_procs(found, timeout=20)
        assert alive == []

    def kill_processes_of(self, execution_id: str) -> None:
        """kill -9 for all of them. One may be gone before its turn: it dies with the others."""
        for pid in self.processes_of(execution_id):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.await_end_of(execution_id)

    # ---- what a user does -------------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        """The access token."""
        return (self.data / "token").read_text().strip()

    def client(self) -> httpx.Client:
        """Return an HTTP client that may call."""
        headers = {"Authorization": f"Bearer {self.token}"}
        # Nothing to verify on plain HTTP; loading the certificates takes longer than all the rest of a call.
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=False)

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
