"""Serving the board over HTTP until told to end: what `retoma up` and `retoma serve` have in common."""

import contextlib
import errno
import socket
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from retoma.cli.data_folder import noted
from retoma.cli.terminal import say
from retoma.core.errors import ConflictError, InvalidError
from retoma.settings import Settings
from retoma.web.app import create_app
from retoma.web.serve import Server
from retoma.web.services import Services

_BACKLOG = 2048


def serve_board(services: Services, listener: socket.socket, *, opens_browser: bool, speaks_json: bool) -> None:
    """Serve until Ctrl-C or SIGTERM. Says when it is ready, and where."""
    url = _address(services.settings, listener)
    link = url + services.access.new_link(seconds=None)
    with ExitStack() as stack:

        def announce() -> None:
            stack.enter_context(noted(services.settings.data, url))
            say({"event": "ready", "url": url, "link": link}, f"Retoma is ready: {link}", speaks_json=speaks_json)
            if opens_browser:
                threading.Thread(target=_open_browser, args=[link], daemon=True).start()

        Server(create_app(services), announce).serve_until_told(listener, by_signals=True)


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Listen where the settings say; ConflictError where another program does."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen(_BACKLOG)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise InvalidError(f"{settings.host}:{settings.port} can't be listened on: {error.strerror}.") from None
            raise ConflictError(
                f"Port {settings.port} on {settings.host} is in use by another program; "
                "choose another with --port (0 = any free one)."
            ) from None
        yield listener


def _address(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}"


def _open_browser(link: str) -> None:
    # A machine without a browser is no reason to stop: the address is in the terminal.
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(link)
