"""A network between a page and the server that goes silent: nothing gets through, and nobody is told."""

import socket
import threading
from contextlib import suppress
from typing import Self


class SilentNetwork:
    """Forwards to `port` of this machine. What was connected before a silence is dead after it."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._is_silent = False
        self._connected: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, name="silent-network")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        self._end_all()

    def fall_silent(self) -> None:
        """Swallow everything from now on; new connections are made, and hear nothing."""
        self._is_silent = True

    def speak_again(self) -> None:
        """Forward again. Connections from before are ended: their other end has long forgotten them."""
        self._end_all()
        self._is_silent = False

    def _end_all(self) -> None:
        ended, self._connected = self._connected, []
        for one in ended:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _serve(self) -> None:
        with suppress(OSError):  # the end
            while True:
                reader, _ = self._listener.accept()
                self._connected.append(reader)
                if not self._is_silent:
                    self._connect(reader)

    def _connect(self, reader: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._target))
        self._connected.append(server)
        for ends in ((reader, server), (server, reader)):
            threading.Thread(target=self._forward, args=ends, daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while (data := source.recv(65536)) and not self._is_silent:
                target.sendall(data)
            if not self._is_silent:
                target.shutdown(socket.SHUT_WR)
