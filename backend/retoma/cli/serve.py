"""`retoma serve`: HTTP, WebSocket and page. It has no state of its own; there may be any number of them."""

from contextlib import ExitStack, closing

from retoma.cli.board_server import listening, serve_board
from retoma.cli.parts import fed, make_services, make_sweeper, opened, readers_looked_after, relayed
from retoma.cli.terminal import say_goodbye
from retoma.live.workers import WorkersSeen
from retoma.settings import Settings


def serve(settings: Settings, *, speaks_json: bool) -> int:
    """Serve the board until Ctrl-C or SIGTERM. The workers and their runs do not notice."""
    with ExitStack() as stack:
        listener = stack.enter_context(listening(settings))
        database = stack.enter_context(opened(settings))
        feed = stack.enter_context(fed(settings, database))
        poke = stack.enter_context(relayed(settings, feed.hub, _nobody_here, serves=True))
        stack.enter_context(readers_looked_after(settings, database, feed))
        workers = stack.enter_context(closing(WorkersSeen(database)))
        sweeper = make_sweeper(settings, database, feed, name=f"the server of {settings.worker_name}")
        stack.callback(sweeper.stop)
        services = make_services(settings, database, feed, sweeper=sweeper, poke=poke, ailments=workers.ailments)
        serve_board(services, listener, opens_browser=False, speaks_json=speaks_json)
        say_goodbye("This server", [], "", speaks_json=speaks_json)
    return 0


def _nobody_here(_public_id: str) -> None:
    """Poke no worker: this process has none."""
