"""`retoma up`: server and worker in one process."""

from contextlib import ExitStack

from retoma.cli.board_server import listening, serve_board
from retoma.cli.parts import (
    fed,
    indexing,
    make_services,
    make_sweeper,
    make_worker,
    opened,
    readers_looked_after,
    relayed,
    working,
)
from retoma.cli.terminal import say_goodbye
from retoma.settings import Settings


def up(settings: Settings, *, name: str, opens_browser: bool, speaks_json: bool) -> int:
    """Run the board until Ctrl-C or SIGTERM. The runs go on without it."""
    with ExitStack() as stack:
        listener = stack.enter_context(listening(settings))
        database = stack.enter_context(opened(settings))
        feed = stack.enter_context(fed(settings, database))
        sweeper = make_sweeper(settings, database, feed, name=name)
        worker = make_worker(settings, database, feed, name=name, sweeper=sweeper, speaks_json=speaks_json)
        poke = stack.enter_context(relayed(settings, feed.hub, worker.poke, serves=True))
        stack.enter_context(readers_looked_after(settings, database, feed))
        engine = stack.enter_context(working(settings, worker))
        services = make_services(settings, database, feed, sweeper=sweeper, poke=poke, ailments=engine.ailments)
        stack.enter_context(indexing(database))
        serve_board(services, listener, opens_browser=opens_browser, speaks_json=speaks_json)
        say_goodbye(
            "Retoma",
            worker.going_on(),
            "The next `retoma up` shows them again with all they did meanwhile; `retoma cancel --all` then stops them.",
            speaks_json=speaks_json,
        )
    return 0
