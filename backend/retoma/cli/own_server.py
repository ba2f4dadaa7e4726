"""A server of a command's own, on a port of its own, where none runs."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from retoma.cli import parts
from retoma.cli.board_server import listening
from retoma.cli.server import Server
from retoma.live.feed import Feed
from retoma.settings import Settings
from retoma.web.app import create_app
from retoma.web.serve import Server as WebServer
from retoma.worker.worker import Worker


@contextmanager
def own_server(settings: Settings) -> Iterator[Server]:
    """Be server and worker until the command has ended; whoever calls holds the data folder's lock."""
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
