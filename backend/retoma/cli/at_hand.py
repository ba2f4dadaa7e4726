"""The server that a command asks: the one that runs, else one of its own for as long as the command takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from retoma.cli.data_folder import NoServerError, locked
from retoma.cli.server import Server
from retoma.settings import Settings


@contextmanager
def server_at_hand(settings: Settings, *, works: bool) -> Iterator[Server]:
    """Yield the running server of the data folder. Where there is none, take the folder's lock and be it meanwhile.

    `works`: its own one is a worker too. Without, it changes nothing, and shows what is stored.
    NoServerError where there is nothing yet to serve; ConflictError where another command has the lock.
    """
    try:
        running = Server(settings)
    except NoServerError:
        if settings.uses_sqlite and not (settings.data / "retoma.db").exists():
            raise
    else:
        yield running
        return
    with locked(settings.data):
        from retoma.cli.own_server import own_server  # loaded when used: a server's imports take a second

        with own_server(settings, works=works) as own:
            yield own
