"""`retoma up`: server and worker in one process."""

import contextlib
import errno
import json
import logging
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from retoma.cli.data_folder import locked, remove_note, write_note
from retoma.cli.late_engine import LateEngine, executor_name
from retoma.cli.memory import return_large_blocks
from retoma.core.errors import ConflictError, InvalidError
from retoma.executions import store as execution_store
from retoma.executions.model import Recovery, RecoveryOutcome
from retoma.live.feed import Feed
from retoma.settings import Settings
from retoma.storage import migrate
from retoma.storage.database import Database
from retoma.web.access import Access, read_token
from retoma.web.app import create_app
from retoma.web.serve import Server
from retoma.web.services import Services
from retoma.worker.loop import Worker
from retoma.worker.recovery import summary

_BACKLOG = 2048


def serve(settings: Settings, *, opens_browser: bool, speaks_json: bool) -> int:
    """Run the board until Ctrl-C or SIGTERM. The runs go on without it."""
    return_large_blocks()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with ExitStack() as stack:
        stack.enter_context(locked(settings.data))
        listener = stack.enter_context(_listening(settings))
        migrate.upgrade(settings.url)
        services = stack.enter_context(
            _services(settings, lambda recovery: _say_recovery(recovery, speaks_json=speaks_json))
        )
        url = _address(settings, listener)
        link = url + services.access.new_link(seconds=None)

        def announce() -> None:
            write_note(settings.data, url)
            _say({"event": "ready", "url": url, "link": link}, f"Retoma is ready: {link}", speaks_json=speaks_json)
            if opens_browser:
                threading.Thread(target=_open_browser, args=[link], daemon=True).start()

        try:
            Server(create_app(services), announce).serve_until_told(listener, by_signals=True)
        finally:
            remove_note(settings.data)
        _say_goodbye(services.database, speaks_json=speaks_json)
    return 0


@contextmanager
def _services(settings: Settings, announce: Callable[[Recovery], None]) -> Iterator[Services]:
    database = Database(settings.url)
    feed = Feed(database)
    worker = Worker(database, feed, settings, name=executor_name(settings), announce=announce)
    engine = LateEngine(settings, worker)
    access = Access(settings.data, read_token(settings.data, settings.token))
    worker.start(engine)
    engine.start()
    try:
        yield Services(
            database=database,
            feed=feed,
            engine=engine,
            settings=settings,
            access=access,
            poke=worker.poke,
            ailments=engine.ailments,
        )
    finally:
        worker.stop()
        engine.close()
        database.close()


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
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


def _say_recovery(recovery: Recovery, *, speaks_json: bool) -> None:
    text = summary(recovery)
    if text:
        counts = {outcome.value: recovery.count(outcome) for outcome in RecoveryOutcome}
        _say({"event": "recovery", **counts, "caughtUp": recovery.caught_up}, text, speaks_json=speaks_json)


def _say_goodbye(database: Database, *, speaks_json: bool) -> None:
    with database.read() as connection:
        going_on = execution_store.list_unfinished(connection)
    ids = [execution.public_id for execution in going_on]
    text = "Retoma has ended."
    if going_on:
        runs = "".join(f"\n  {one.public_id}  {one.command} by {one.agent}, {one.status}" for one in going_on)
        text += (
            f" Going on without it:{runs}\nThe next `retoma up` shows them again with all they did meanwhile; "
            "`retoma cancel --all` then stops them."
        )
    _say({"event": "ended", "goingOn": ids}, text, speaks_json=speaks_json)


def _say(content: Mapping[str, object], text: str, *, speaks_json: bool) -> None:
    print(json.dumps(content) if speaks_json else text, flush=True)
