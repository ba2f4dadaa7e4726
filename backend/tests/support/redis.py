"""A real Redis server for a test: on a port of its own, in a temporary folder, gone with the test."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from support.board import free_port
from support.strace import need

_LIMIT = 20.0


class RedisServer:
    """May be killed, stopped, and started again on the same port; it keeps nothing over that."""

    def __init__(self, folder: Path, *, password: str = "") -> None:
        self.port = free_port()
        self._folder, self._password = folder, password
        self._process: subprocess.Popen[bytes] | None = None
        self.client = Redis(port=self.port, password=password or None, socket_timeout=5)

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://{f':{self._password}@' if self._password else ''}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "save": "",
            "appendonly": "no",
            "dir": str(self._folder),
        }
        if self._password:
            options["requirepass"] = self._password
        argv = ["redis-server", *(part for name, value in options.items() for part in (f"--{name}", value))]
        self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
        limit = time.monotonic() + _LIMIT
        while True:
            try:
                self.client.ping()
            except RedisError:
                assert self._process.poll() is None, "it ended"
                assert time.monotonic() < limit
                time.sleep(0.01)  # it has no way to tell us that it is ready
            else:
                return

    def logs(self) -> Sequence[bytes]:
        """Return the keys under which entries are."""
        found: object = self.client.keys("retoma:entries:*")
        assert isinstance(found, list)
        return [key for key in found if self.client.type(key) == b"stream"]

    def pieces(self, key: bytes) -> Sequence[tuple[int, bytes]]:
        """Return the last sequence and the bytes of each piece under `key`."""
        found: object = self.client.xrange(key)
        assert isinstance(found, list)
        return [(int(name.split(b"-")[0]), fields[b"e"]) for name, fields in found]

    @property
    def reads(self) -> int:
        """How often entries were asked for since it was started."""
        asked = self.client.info("commandstats").get("cmdstat_xrange")
        return int(asked["calls"]) if isinstance(asked, dict) else 0

    def has(self, sequence: int, *, seconds: float = 20) -> bool:
        """Wait until a log goes to `sequence` here."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if any(pieces[-1][0] == sequence for key in self.logs() if (pieces := self.pieces(key))):
                return True
            time.sleep(0.005)  # (it could tell, but only under a key that the test does not know)
        return False

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def revive(self) -> None:
        """Let it go on after SIGSTOP, or start it again after its death."""
        if self._process is None:
            self.start()
        else:
            self.send(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9. Where it runs no more, nothing happens."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        with contextlib.suppress(RedisError):
            self.client.connection_pool.disconnect()


@contextmanager
def redis_server(folder: Path, *, password: str = "") -> Iterator[RedisServer]:
    """Yield a running server; skips the test where Redis is not installed."""
    need("redis-server", "redis-server")
    server = RedisServer(folder, password=password)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        server.client.close()
