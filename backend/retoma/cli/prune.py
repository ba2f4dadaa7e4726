"""`retoma prune`: one sweep now, by the running server, else by a server of its own."""

import argparse
import json
import sys
import time
from collections.abc import Mapping

from retoma.cli.server import Server

_LOOK_SECONDS = 0.3


def prune(server: Server, given: argparse.Namespace) -> int:
    """Sweep now, or with --dry-run say what that would do. ConflictError where a person has to say --yes."""
    if given.dry_run:
        plan = server.get("/api/sweeps/plan")
        print(json.dumps(plan) if given.json else _plan(plan))
        return 0
    sweep = server.post("/api/sweeps", {"yes": given.yes})
    shown = ""
    while sweep["completedAt"] is None:
        time.sleep(_LOOK_SECONDS)
        sweep = server.get(f"/api/sweeps/{sweep['id']}")
        line = _done(sweep)
        if line != shown and sys.stderr.isatty() and not given.json:
            print(f"\r{line}", end="", file=sys.stderr, flush=True)
            shown = line
    if shown:
        print(file=sys.stderr)
    print(json.dumps(sweep) if given.json else _done(sweep))
    return 0


def _done(sweep: Mapping[str, object]) -> str:
    logs, entries = _count(sweep["removedExecutions"], "log"), _count(sweep["removedEntries"], "entry", "entries")
    worktrees, sealed = _count(sweep["removedWorktrees"], "worktree"), _count(sweep["sealedExecutions"], "log")
    return f"Removed {logs} with {entries} and {worktrees}; sealed {sealed}; freed {_mib(sweep['freedBytes'])}."


def _plan(plan: Mapping[str, object]) -> str:
    entries = _count(plan["removeEntries"], "entry", "entries")
    what = f"{plan['removeExecutions']} of {_count(plan['keptLogs'], 'log')}, with {entries}"
    lines = [f"Would remove {what}; their run directories here take {_mib(plan['freeBytes'])}. Nothing was changed."]
    projects = plan["projects"]
    assert isinstance(projects, list)  # noqa: S101 - our own API
    lines += [
        f"  {project['name']} (keeps {project['retentionDays']} days): "
        f"{_count(project['removeExecutions'], 'log')}, {_count(project['removeEntries'], 'entry', 'entries')}"
        for project in projects
    ]
    if plan["needsYes"]:
        lines.append("That is more than half: `retoma prune` asks for --yes.")
    return "\n".join(lines)


def _count(number: object, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _mib(count: object) -> str:
    return f"{int(str(count)) / 1024 / 1024:.1f} MiB"
