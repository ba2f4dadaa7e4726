"""`retoma up` as a process of its own, and a client for it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import psutil

from retoma.core.json import JsonObject, JsonValue
from retoma.settings import Settings

_STOP_SECONDS = 30.0
_BACKEND = Path(__file__).resolve().parents[1]
_STDERR = "bench.err"
_OVER = frozenset({"success", "error", "cancelled", "interrupted"})


class BenchError(Exception):
    """The thing to be measured did not do what was asked of it."""


class Client:
    """One kept-alive connection to a running server."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self._token = url, token
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)

    @property
    def headers(self) -> Mapping[str, str]:
        """What lets a request in."""
        return {"Authorization": f"Bearer {self._token}"}

    def get(self, path: str) -> bytes:
        """Return the body of a GET."""
        return self._ask("GET", path)

    def get_object(self, path: str) -> JsonObject:
        """Return the JSON object of a GET."""
        return _object(orjson.loads(self._ask("GET", path)))

    def post(self, path: str, body: JsonObject) -> JsonObject:
        """Return the JSON object of a POST."""
        return _object(orjson.loads(self._ask("POST", path, orjson.dumps(body))))

    def first_byte(self, path: str) -> float:
        """Return the seconds until the first byte of a GET's body is there; the rest is not read."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=dict(self.headers))
        answer = self._connection.getresponse()
        answer.read(1)
        took = time.perf_counter() - began
        self._connection.close()
        return took

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {**self.headers, **({} if body is None else {"Content-Type": "application/json"})}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise BenchError(f"{method} {path}: {answer.status} {content.decode('utf-8', 'replace')}")
        return content


class Server(Client):
    """A running `retoma up`."""

    def __init__(self, url: str, token: str, pid: int) -> None:
        super().__init__(url, token)
        self.pid = pid

    def memory(self) -> int:
        """Return the resident memory of the server's process, in bytes."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def run_card(self, card_id: str, *, agent: str) -> str:
        """Start /implement on a card; return the execution's id once it is running."""
        body = {"command": "/implement", "agent": agent}
        execution = str(self.post(f"/api/cards/{card_id}/executions", body)["id"])
        self.wait(execution, lambda found: found["status"] != "queued")
        return execution

    def finished(self, execution: str, seconds: float = 120) -> JsonObject:
        """Wait for the end of an execution and return it; BenchError where it was no success."""
        found = self.wait(execution, lambda found: found["status"] in _OVER, seconds)
        if found["status"] != "success":
            raise BenchError(f"The run ended as {found['status']}: {found['error']}")
        return found

    def wait(self, execution: str, is_so: Callable[[JsonObject], bool], seconds: float = 60) -> JsonObject:
        """Look at an execution until `is_so`; return it."""
        until = time.monotonic() + seconds
        while True:
            found = self.get_object(f"/api/executions/{execution}")
            if is_so(found):
                return found
            if time.monotonic() > until:
                raise BenchError(f"Execution {execution} is still {found['status']} after {seconds:.0f} s.")
            time.sleep(0.2)


@contextmanager
def running(settings: Settings, extra: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start `retoma up` on a data folder that exists, yield it, and end it."""
    with started(settings, extra) as process:
        server = ready(process, settings)
        try:
            yield server
        finally:
            server.close()


@contextmanager
def started(settings: Settings, extra: Mapping[str, str] | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield the process of `retoma up` as soon as it is there, and end it."""
    with (
        (settings.data / _STDERR).open("ab") as stderr,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "retoma.cli", "up", "--data", str(settings.data)),
                *("--port", "0", "--no-open", "--json"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment(extra or {}),
        ) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def ready(process: "subprocess.Popen[bytes]", settings: Settings) -> Server:
    """Wait for the line in which `retoma up` says where it is."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        said = (settings.data / _STDERR).read_text("utf-8", "replace")
        raise BenchError(f"`retoma up` ended before it was ready:\n{said}")
    told = json.loads(line)
    token = (settings.data / "token").read_text("ascii").strip()
    return Server(str(told["url"]), token, process.pid)


def environment(extra: Mapping[str, str]) -> Mapping[str, str]:
    """Return our environment without Retoma's settings, and with `extra`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("RETOMA_")}
    return {**ours, "PYTHONPATH": str(_BACKEND), **extra}


def _object(value: JsonValue) -> JsonObject:
    assert isinstance(value, dict)
    return value
