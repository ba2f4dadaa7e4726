"""The server that a command asks: the one that runs, else one of its own for as long as the command takes."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from retoma.cli.data_folder import NoServerError, locked
from retoma.cli.server import Server
from retoma.settings import Settings


@contextmanager
def server_at_hand(settings: Settings) -> Iterator[Server]:
    """Yield the running server of the data folder. Where there is none, take the folder's lock and be it meanwhile.

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
    with locked(settings.data), _own(settings) as own:
        yield own


@contextmanager
def _own(settings: Settings) -> Iterator[Server]:
    # Loaded when used: a server's imports take a second, and most commands find one that runs.
    from retoma.cli import parts
    from retoma.cli.board_server import listening
    from retoma.live.feed import Feed
    from retoma.web.app import create_app
    from retoma.web.serve import Server as WebServer
    from retoma.worker.loop import Worker

    with ExitStack() as stack:
        listener = stack.enter_context(listening(settings.model_copy(update={"port": 0})))
        database = stack.enter_context(parts.opened(settings))
        feed = Feed(database)
        worker = Worker(database, feed, settings, name=settings.worker_name)
        poke = stack.enter_context(parts.relayed(settings, feed.hub, worker.poke, serves=True))
        engine = stack.enter_context(parts.working(settings, worker))
        services = parts.make_services(settings, database, feed, poke=poke, ailments=engine.ailments)
        ready = threading.Event()
        web = WebServer(create_app(services), ready.set)
        thread = threading.Thread(target=web.serve_until_told, args=[listener], kwargs={"by_signals": False})
        thread.start()
        try:
            ready.wait()
            host, port = listener.getsockname()[:2]
            yield Server(settings, own=f"http://{f'[{host}]' if ':' in host else host}:{port}")
        finally:
            web.end()
            thread.join()
