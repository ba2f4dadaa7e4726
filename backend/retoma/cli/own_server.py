"""A server of a command's own, on a port of its own, where none runs."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from retoma.cli import parts
from retoma.cli.board_server import listening
from retoma.cli.server import Server
from retoma.live.feed import Feed
from retoma.retention.sweep import Sweeper
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.web.app import create_app
from retoma.web.serve import Server as WebServer
from retoma.worker.worker import Worker


@contextmanager
def own_server(settings: Settings, *, works: bool) -> Iterator[Server]:
    """Be server, and worker where it `works`, until the command has ended. Whoever calls holds the folder's lock."""
    with ExitStack() as stack:
        listener = stack.enter_context(listening(settings.model_copy(update={"port": 0})))
        database = stack.enter_context(parts.opened(settings))
        feed = Feed(database)
        sweeper = parts.make_sweeper(settings, database, feed, name=settings.worker_name)
        stack.callback(sweeper.stop)
        poke, ailments = _work(stack, settings, database, feed, sweeper) if works else (_nobody_here, _nothing)
        services = parts.make_services(settings, database, feed, sweeper=sweeper, poke=poke, ailments=ailments)
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


def _work(
    stack: ExitStack, settings: Settings, database: Database, feed: Feed, sweeper: Sweeper
) -> tuple[parts.Poke, Callable[[], Sequence[str]]]:
    worker = Worker(database, feed, settings, name=settings.worker_name, sweeper=sweeper)
    poke = stack.enter_context(parts.relayed(settings, feed.hub, worker.poke, serves=True))
    return poke, stack.enter_context(parts.working(settings, worker)).ailments


def _nobody_here(_public_id: str) -> None:
    """Poke no worker: none is there."""


def _nothing() -> Sequence[str]:
    return []
