"""The command line: the only place that wires everything together."""

import argparse
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from retoma import __version__
from retoma.cli import calls, card_files
from retoma.cli.at_hand import server_at_hand
from retoma.cli.data_folder import locked, server_locked, worker_locked
from retoma.cli.memory import return_large_blocks
from retoma.cli.prune import prune as prune_now
from retoma.cli.server import Server
from retoma.cli.terminal import log_to_terminal
from retoma.core.crash import refuse_unknown_point
from retoma.core.errors import AppError, InvalidError
from retoma.core.status import Command
from retoma.settings import Settings, load_settings

_DESCRIPTION = "Retoma: the Kanban board for coding agents that never loses a run."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 good, 1 failed, 2 wrong use."""
    given = _parser().parse_args(arguments)
    try:
        refuse_unknown_point()
        settings = load_settings(_settings_options(given), os.environ)
        run: Callable[[Settings, argparse.Namespace], int] = given.run
        return run(settings, given)
    except AppError as error:
        if given.json:
            print(json.dumps({"error": error.detail, **error.extra}))
        else:
            print(f"retoma: {error.detail}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _settings_options(given: argparse.Namespace) -> dict[str, str | int | None]:
    return {name: getattr(given, name, None) for name in ("data", "host", "port")}


def _parser() -> argparse.ArgumentParser:
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--data", metavar="DIR", help="the data folder (default: ~/.local/share/retoma)")
    every.add_argument("--json", action="store_true", help="answer in JSON")
    parser = argparse.ArgumentParser(prog="retoma", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"retoma {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", parents=[every], help="start the board")
    up.add_argument("--host", help="the loopback address to listen on (default: 127.0.0.1)")
    up.add_argument("--port", type=int, help="the port to listen on, 0 = any free one (default: 8420)")
    up.add_argument("--no-open", action="store_true", help="do not open the browser")
    up.set_defaults(run=_up)
    _add_processes(commands, every)

    run = commands.add_parser("run", parents=[every], help="run a command on a card")
    run.add_argument("card", metavar="CARD", help="the card's id, or its number: 3 or '#3'")
    run.add_argument("command", metavar="COMMAND", choices=list(Command), help="/plan, /implement, /test or /review")
    run.add_argument("--agent", help="by default the card's")
    run.add_argument("--prompt", help="your own words for the agent")
    run.add_argument("--follow", action="store_true", help="show its log until it ends")
    run.set_defaults(run=_call(_asking(calls.run_command)))

    logs = commands.add_parser("logs", parents=[every], help="show the log of an execution")
    logs.add_argument("execution", metavar="EXECUTION")
    logs.add_argument("--follow", action="store_true", help="go on until it ends")
    logs.add_argument("--after", type=_sequence, default=0, metavar="N", help="begin behind entry N")
    logs.set_defaults(run=_call(_asking(calls.show_log, works=_follows)))

    _add_cancel(commands, every)
    _add_search(commands, every)
    link = commands.add_parser("link", parents=[every], help="print a new one-time link to the board")
    link.set_defaults(run=_call(calls.print_link))

    doctor = commands.add_parser("doctor", parents=[every], help="look at what Retoma needs on this machine")
    doctor.set_defaults(run=_doctor)

    _add_prune(commands, every)
    verify = commands.add_parser("verify", parents=[every], help="compare what is stored with journals and processes")
    verify.add_argument("execution", metavar="EXECUTION", nargs="?", help="only this one (default: all)")
    verify.set_defaults(run=_verify)

    _add_backup_commands(commands, every)
    _add_card_files(commands, every)
    _add_database_commands(commands.add_parser("db", help="the database's migrations"), every)
    return parser


def _add_cancel(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", every: argparse.ArgumentParser
) -> None:
    cancel = commands.add_parser("cancel", parents=[every], help="stop an execution")
    which = cancel.add_mutually_exclusive_group(required=True)
    which.add_argument("execution", metavar="EXECUTION", nargs="?")
    which.add_argument("--all", action="store_true", help="stop every execution that goes on")
    cancel.set_defaults(run=_call(_asking(calls.cancel)))


def _add_search(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", every: argparse.ArgumentParser
) -> None:
    search = commands.add_parser(
        "search", parents=[every], help="find words in cards, executions and all logs (1: none has)"
    )
    search.add_argument("words", metavar="WORDS", nargs="+", help="all of them; a quoted one is a phrase")
    search.add_argument("--limit", type=_sequence, default=50, metavar="N", help="at most so many (default: 50)")
    search.set_defaults(run=_call(_asking(calls.search, works=lambda _given: False)))


def _add_processes(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", every: argparse.ArgumentParser
) -> None:
    serve = commands.add_parser("serve", parents=[every], help="serve the board; workers carry the runs out")
    serve.add_argument("--host", help="the loopback address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="the port to listen on, 0 = any free one (default: 8420)")
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", parents=[every], help="carry runs out for `retoma serve`")
    worker.add_argument("--name", type=_name, help="its name (default: made of host and data folder)")
    worker.set_defaults(run=_work)


def _add_prune(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", every: argparse.ArgumentParser) -> None:
    prune = commands.add_parser("prune", parents=[every], help="remove old logs now")
    prune.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    prune.add_argument("--yes", action="store_true", help="also where that is more than half of all logs")
    prune.set_defaults(run=_call(_asking(prune_now, works=lambda _given: False)))


def _add_backup_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", every: argparse.ArgumentParser
) -> None:
    backup = commands.add_parser("backup", parents=[every], help="write the whole board into a file")
    backup.add_argument("file", metavar="FILE", type=Path)
    backup.add_argument("--force", action="store_true", help="replace a file that is there already")
    backup.set_defaults(run=_back_up)
    restore = commands.add_parser("restore", parents=[every], help="make a board of a backup, in an empty data folder")
    restore.add_argument("file", metavar="FILE", type=Path)
    restore.set_defaults(run=_restore)


def _add_card_files(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", every: argparse.ArgumentParser
) -> None:
    export = commands.add_parser("export", parents=[every], help="write a card with all its runs into one file")
    export.add_argument("card", metavar="CARD", help="the card's id, or its number: 3 or '#3'")
    export.add_argument("--format", choices=("html", "json", "md"), default="html", dest="form")
    export.add_argument("-o", "--output", metavar="FILE", type=Path, help="a file that is not there yet (default: -)")
    export.set_defaults(run=_call(_asking(card_files.export_card, works=_works_not)))
    taken_in = commands.add_parser("import", parents=[every], help="take in a card that was exported as JSON")
    taken_in.add_argument("file", metavar="FILE", type=Path)
    taken_in.add_argument("--project", metavar="ID", help="the project that gets it (default: the oldest)")
    taken_in.set_defaults(run=_call(_asking(card_files.import_card, works=_works_not)))


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:@-]{1,64}", text):
        raise argparse.ArgumentTypeError(f"1 to 64 letters, digits, . _ : @ or -, not {text!r}")
    return text


def _add_database_commands(db: argparse.ArgumentParser, every: argparse.ArgumentParser) -> None:
    actions = db.add_subparsers(required=True, metavar="ACTION")
    upgrade = actions.add_parser("upgrade", parents=[every], help="to the newest revision")
    downgrade = actions.add_parser("downgrade", parents=[every], help="back to an older revision")
    downgrade.add_argument("revision", metavar="REVISION", help="`base` = empty")
    current = actions.add_parser("current", parents=[every], help="print the present revision")
    for name, parser in (("upgrade", upgrade), ("downgrade", downgrade), ("current", current)):
        parser.set_defaults(run=_database, action=name)


def _sequence(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number, 0 or more, not {text!r}")
    return int(text)


# What starts a server is loaded when it is used: `retoma logs` must not wait for a whole server's imports. And before
# that the lock is taken: whoever comes second is told at once.


def _up(settings: Settings, given: argparse.Namespace) -> int:
    with locked(settings.data):
        from retoma.cli.up import up  # loaded when used

        return_large_blocks()
        log_to_terminal()
        return up(settings, name=settings.worker_name, opens_browser=not given.no_open, speaks_json=given.json)


def _serve(settings: Settings, given: argparse.Namespace) -> int:
    _refuse_sqlite(settings, "serve")
    with locked(settings.data, shared=True), server_locked(settings.data):
        from retoma.cli.serve import serve  # loaded when used

        return_large_blocks()
        log_to_terminal()
        return serve(settings, speaks_json=given.json)


def _work(settings: Settings, given: argparse.Namespace) -> int:
    _refuse_sqlite(settings, "worker")
    name = given.name or settings.worker_name
    with locked(settings.data, shared=True), worker_locked(settings.data, name):
        from retoma.cli.work import work  # loaded when used

        return_large_blocks()
        log_to_terminal()
        return work(settings, name=name, speaks_json=given.json)


def _refuse_sqlite(settings: Settings, command: str) -> None:
    if settings.uses_sqlite:
        raise InvalidError(
            f"`retoma {command}` needs PostgreSQL (RETOMA_DATABASE_URL=postgresql://…): a SQLite database is for one "
            "process, which is `retoma up`."
        )


def _call(function: Callable[[Settings, argparse.Namespace], int]) -> Callable[[Settings, argparse.Namespace], int]:
    def run(settings: Settings, given: argparse.Namespace) -> int:
        # `retoma logs … | head` ends like any other program. (Not for `up`, which must outlive its readers.)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        return function(settings, given)

    return run


def _follows(given: argparse.Namespace) -> bool:
    return bool(given.follow)


def _works_not(_given: argparse.Namespace) -> bool:
    return False


def _asking(
    function: Callable[[Server, argparse.Namespace], int],
    works: Callable[[argparse.Namespace], bool] = lambda _given: True,
) -> Callable[[Settings, argparse.Namespace], int]:
    def ask(settings: Settings, given: argparse.Namespace) -> int:
        with server_at_hand(settings, works=works(given)) as server:
            return function(server, given)

    return ask


def _doctor(settings: Settings, given: argparse.Namespace) -> int:
    from retoma.cli.doctor import examine  # loaded when used

    return examine(settings, speaks_json=given.json)


def _verify(settings: Settings, given: argparse.Namespace) -> int:
    from retoma.cli.verify import verify  # loaded when used

    return verify(settings, given.execution, speaks_json=given.json)


def _back_up(settings: Settings, given: argparse.Namespace) -> int:
    from retoma.cli.backup import back_up  # loaded when used

    return back_up(settings, given.file, replaces=given.force, speaks_json=given.json)


def _restore(settings: Settings, given: argparse.Namespace) -> int:
    from retoma.cli.backup import restore_backup  # loaded when used

    return restore_backup(settings, given.file, speaks_json=given.json)


def _database(settings: Settings, given: argparse.Namespace) -> int:
    from retoma.storage import migrate  # loaded when used

    with locked(settings.data):
        if given.action == "upgrade":
            migrate.upgrade(settings.url)
        elif given.action == "downgrade":
            migrate.downgrade(settings.url, given.revision)
        revision = migrate.current(settings.url)
    print(json.dumps({"revision": revision}) if given.json else revision or "empty")
    return 0
