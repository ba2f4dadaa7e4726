"""The HTTP server that carries the application."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

_MESSAGE_BYTES = 64 * 1024


def _is_no_refusal(record: logging.LogRecord) -> bool:
    # uvicorn takes a WebSocket that was answered with 401 for one that was never answered.
    return record.getMessage() != "ASGI callable returned without completing handshake."


class Server(uvicorn.Server):
    """uvicorn with our settings. It leaves the signals to us: told to end, it ends in good order and returns."""

    def __init__(self, app: FastAPI, ready: Callable[[], None]) -> None:
        """`ready` is called once, when requests are answered."""
        self._ready = ready
        logging.getLogger("uvicorn.error").addFilter(_is_no_refusal)
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http="httptools",
                ws="websockets-sansio",
                lifespan="off",
                access_log=False,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                ws_max_size=_MESSAGE_BYTES,
                # On one machine compressing costs more than it saves.
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=1,
            )
        )

    def serve_until_told(self, listener: socket.socket, *, by_signals: bool) -> None:
        """Serve until `end` is called, or (in the main thread, `by_signals`) SIGINT or SIGTERM comes."""
        with asyncio.Runner(loop_factory=self.config.get_loop_factory()) as runner:
            if by_signals:
                for number in (signal.SIGINT, signal.SIGTERM):
                    runner.get_loop().add_signal_handler(number, self.end)
            runner.run(self.serve([listener]))

    def end(self) -> None:
        """End soon; told a second time, wait for nobody. From any thread."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then tell."""
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: uvicorn would raise them again at the end."""
        yield
