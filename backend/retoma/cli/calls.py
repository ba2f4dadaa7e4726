"""The commands that ask a server: run, logs, cancel (the running one, or one of their own), link."""

import argparse
import json
from collections.abc import Mapping
from urllib.parse import quote

from retoma.cli.server import Server
from retoma.core.errors import AppError, InvalidError, UnavailableError
from retoma.core.status import UNFINISHED, Status
from retoma.settings import Settings

_PAGE = 1000
_FOUND_AT_ONCE = 50


def run_command(server: Server, given: argparse.Namespace) -> int:
    """Run a command on a card. Without a server that goes on, it is begun before this returns."""
    body = {"command": given.command, "agent": given.agent, "prompt": given.prompt}
    order = {name: value for name, value in body.items() if value is not None}
    execution = server.post(f"/api/cards/{find_card(server, given.card)}/executions", order)
    if server.is_own and not given.follow:
        execution = _wait(server, str(execution["id"]), frozenset({Status.QUEUED}))
    if given.json:
        _print_json(execution)
    elif not given.follow:
        print(f"{execution['id']} {execution['status']}")
    else:
        print(f"execution {execution['id']}")
    return _follow(server, str(execution["id"]), 0, speaks_json=given.json) if given.follow else 0


def show_log(server: Server, given: argparse.Namespace) -> int:
    """Show the log of an execution."""
    if given.follow:
        return _follow(server, given.execution, given.after, speaks_json=given.json)
    after: int | None = given.after
    while after is not None:
        page = server.get(f"{_path(given.execution)}/logs", {"after": after, "limit": _PAGE})
        _print_entries(page["logs"], speaks_json=given.json)
        _print_removal(page, speaks_json=given.json)
        following = page["nextAfter"]
        after = following if isinstance(following, int) else None
    return 0


def cancel(server: Server, given: argparse.Namespace) -> int:
    """Stop one execution, or all that go on. Without a server that goes on, they are stopped before this returns."""
    if given.execution is not None:
        cancelled = [server.post(f"{_path(given.execution)}/cancel")]
    else:
        lists = [server.get_list("/api/executions", {"status": status, "limit": 500}) for status in sorted(UNFINISHED)]
        asked = [_cancel_unfinished(server, str(execution["id"])) for found in lists for execution in found]
        cancelled = [execution for execution in asked if execution is not None]
    if server.is_own:
        cancelled = [_wait(server, str(execution["id"]), UNFINISHED) for execution in cancelled]
    if given.json:
        _print_json({"cancelled": [execution["id"] for execution in cancelled]})
    for execution in [] if given.json else cancelled:
        print(f"{execution['id']} {'cancelled' if execution['status'] == Status.CANCELLED else 'is being stopped'}")
    if not cancelled and not given.json:
        print("Nothing is going on.")
    return 0


def search(server: Server, given: argparse.Namespace) -> int:
    """Show what has all of the words, in cards, executions and logs. Returns 1 where nothing has, as grep does."""
    words = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in given.words)
    query: dict[str, str | int] = {"q": words, "limit": _FOUND_AT_ONCE}
    shown = 0
    while shown < given.limit:
        page = server.get("/api/search", query)
        items = page["items"]
        assert isinstance(items, list)  # noqa: S101 - our own API
        for item in items[: given.limit - shown]:
            if given.json:
                _print_json(item)
            else:
                place = " ".join(str(item[key]) for key in ("executionId", "sequence") if item[key] is not None)
                text = _plain(" ".join(item["snippet"]["text"].split()))
                print(f"#{item['cardNumber']} {place or item['what']}: {text}", flush=True)
        shown += len(items)
        if page["nextCursor"] is None:
            break
        query["cursor"] = str(page["nextCursor"])
    return 0 if shown else 1


def _cancel_unfinished(server: Server, execution: str) -> dict[str, object] | None:
    """Cancel an execution that was going on a moment ago; None where it has ended by itself since."""
    try:
        return server.post(f"{_path(execution)}/cancel")
    except AppError:
        if Status(str(server.get(_path(execution))["status"])).over:
            return None
        raise


def _wait(server: Server, execution: str, while_it_is: frozenset[Status]) -> dict[str, object]:
    """Wait until an execution is something else, and return it."""
    for name, content in server.events(f"{_path(execution)}/logs/stream"):
        if name == "status" and isinstance(content, dict) and Status(content["status"]) not in while_it_is:
            break
    return server.get(_path(execution))


def print_link(settings: Settings, given: argparse.Namespace) -> int:
    """Print a new one-time link."""
    link = Server(settings).post("/api/links")
    if given.json:
        _print_json(link)
    else:
        print(link["url"])
    return 0


def find_card(server: Server, given: str) -> str:
    """Return the id of a card that is given by id or number; InvalidError where no card has that number."""
    number = given.removeprefix("#")
    # An id is 16 characters long; nobody has so many cards.
    if not number.isdecimal() or len(number) > 9:  # noqa: PLR2004
        return quote(given, safe="")
    projects = server.get_list("/api/projects")
    if not projects:
        raise InvalidError("There is no project yet, so there is no card either.")
    cards = server.get_list("/api/cards", {"projectId": str(projects[0]["id"])})
    for card in cards:
        if card["number"] == int(number):
            return str(card["id"])
    raise InvalidError(f"The project {projects[0]['name']!r} has no card #{number}.")


def _path(execution: str) -> str:
    return f"/api/executions/{quote(execution, safe='')}"


def _follow(server: Server, execution: str, after: int, *, speaks_json: bool) -> int:
    """Show entries until the end; return 0 where it was a success. UnavailableError where the server is lost before."""
    status, is_over = "", False
    for name, content in server.events(f"{_path(execution)}/logs/stream?after={after}"):
        if name == "logs":
            _print_entries(content, speaks_json=speaks_json)
            after = _last_sequence(content, after)
        elif name == "end":
            is_over = True
        elif name == "status" and isinstance(content, dict):
            status = str(content["status"])
            _print_removal(content, speaks_json=speaks_json)
            if content["openRequests"] and not speaks_json:
                print(f"[{status}] {content['openRequests'][0]['question']} (answer it in the board)", flush=True)
    if not is_over:
        raise UnavailableError(
            f"The connection to the server at {server.url} was lost; "
            f"go on with `retoma logs {execution} --follow --after {after}`."
        )
    if not speaks_json:
        print(f"[{status}]")
    return 0 if status == Status.SUCCESS else 1


def _last_sequence(entries: object, before: int) -> int:
    assert isinstance(entries, list)  # noqa: S101 - our own API
    return int(entries[-1]["sequence"]) if entries else before


def _print_entries(entries: object, *, speaks_json: bool) -> None:
    assert isinstance(entries, list)  # noqa: S101 - our own API
    for entry in entries:
        if speaks_json:
            _print_json(entry)
        else:
            print(f"{entry['sequence']:>6} {entry['type']:<8} {_plain(str(entry['content']))}", flush=True)


def _print_removal(told: Mapping[str, object], *, speaks_json: bool) -> None:
    """Say that a log is not kept any more, where it is not."""
    if told["logRemovedAt"] is None:
        return
    if speaks_json:
        _print_json({"logRemovedAt": told["logRemovedAt"]})
    else:
        print(f"The log was removed at {told['logRemovedAt']}, because of its age. The result and the figures stay.")


def _plain(text: str) -> str:
    """Take out what would command the terminal: what an agent prints is not to be trusted."""
    return "".join(char if char in "\n\t" or char.isprintable() else "�" for char in text)


def _print_json(value: Mapping[str, object]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)
