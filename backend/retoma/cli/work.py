"""`retoma worker`: claims executions, follows their journals, settles them. One or more on each machine."""

import signal
import threading
from contextlib import ExitStack

from retoma.cli.parts import fed, indexing, make_sweeper, make_worker, opened, relayed, working
from retoma.cli.terminal import say, say_goodbye
from retoma.core.errors import ConflictError, UnavailableError
from retoma.settings import Settings

_LOOK_SECONDS = 0.5


def work(settings: Settings, *, name: str, speaks_json: bool) -> int:
    """Work until Ctrl-C or SIGTERM. The runs go on without it.

    ConflictError where another process became the worker of this name; UnavailableError where it can't go on.
    """
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    with ExitStack() as stack:
        database = stack.enter_context(opened(settings))
        feed = stack.enter_context(fed(settings, database))
        sweeper = make_sweeper(settings, database, feed, name=name)
        worker = make_worker(settings, database, feed, name=name, sweeper=sweeper, speaks_json=speaks_json)
        stack.enter_context(relayed(settings, feed.hub, worker.poke, serves=False))
        engine = stack.enter_context(working(settings, worker))
        stack.enter_context(indexing(database))
        engine.wait()
        if not engine.ailments():
            say({"event": "ready", "worker": name}, f"The worker {name} is ready.", speaks_json=speaks_json)
        while not told.wait(_LOOK_SECONDS):
            if worker.superseded:
                raise ConflictError(f"Another process works under the name {name} now; this one has ended.")
            if ailments := engine.ailments():
                raise UnavailableError(" ".join(ailments))
        say_goodbye(
            f"The worker {name}",
            worker.going_on(),
            f"Start it again under this name within {settings.lease:g} s, and it goes on with them; "
            "else another worker, if there is one, ends them as interrupted.",
            speaks_json=speaks_json,
        )
    return 0
