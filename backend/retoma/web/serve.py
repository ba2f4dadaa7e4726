"""The HTTP server that carries the application."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from retoma.live.hub import Hub
from retoma.web.stream import EVENTS

_MESSAGE_BYTES = 64 * 1024
# A reader of events that takes nothing for so long is let go.
_STUCK_SECONDS = 10.0
# A WebSocket's end is told with a reason first (web/live.py), to which it may listen for a while.
_STUCK_SOCKET_SECONDS = 40.0


def _is_no_refusal(record: logging.LogRecord) -> bool:
    # uvicorn takes a WebSocket that was answered with 401 for one that was never answered.
    return record.getMessage() != "ASGI callable returned without completing handshake."


class _Patience:
    """Ends a connection whose other side takes nothing. A mere close would wait, for ever, for what is unsent."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, transport: asyncio.Transport, seconds: float) -> None:
        self.end()
        self._timer = asyncio.get_running_loop().call_later(seconds, transport.abort)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Http(HttpToolsProtocol):
    """HTTP that lets go of a stuck reader of events; a download may pause as long as it likes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._patience = _Patience()
        super().connection_made(transport)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.scope["path"].endswith(EVENTS):
            self._patience.begin(self.transport, _STUCK_SECONDS)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._patience.end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.end()
        super().connection_lost(exc)


class _WebSocket(WebSocketsSansIOProtocol):
    """WebSockets that let go of a reader which does not even take the reason why it was closed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._patience = _Patience()
        super().connection_made(transport)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._patience.begin(self.transport, _STUCK_SOCKET_SECONDS)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._patience.end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.end()
        super().connection_lost(exc)


class Server(uvicorn.Server):
    """uvicorn with our settings. It leaves the signals to us: told to end, it ends in good order and returns."""

    def __init__(self, app: FastAPI, ready: Callable[[], None]) -> None:
        """`ready` is called once, when requests are answered."""
        self._ready = ready
        self._hub: Hub = app.state.services.feed.hub
        logging.getLogger("uvicorn.error").addFilter(_is_no_refusal)
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http=_Http,
                ws=_WebSocket,
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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the streams end in good order, then end what is left."""
        self._hub.end()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: uvicorn would raise them again at the end."""
        yield
