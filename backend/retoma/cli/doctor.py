"""`retoma doctor`: what Retoma needs, and whether it is here."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from retoma.cli.data_folder import find_server
from retoma.core.errors import AppError
from retoma.pipeline.detect import list_agents
from retoma.settings import Settings
from retoma.storage.database import is_sqlite
from retoma.storage.space import can_shrink

# Fixed in these and everything newer: two connections that write and checkpoint at once can corrupt a WAL database.
_WAL_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))

_CAN_NOT_SHRINK = (
    "its file does not get smaller when logs are removed (the room in it is used again): it was not made with "
    "auto_vacuum=INCREMENTAL. To change that, end Retoma, then: "
    "sqlite3 retoma.db 'PRAGMA auto_vacuum=INCREMENTAL; VACUUM;'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    name: str
    good: bool
    says: str


def examine(settings: Settings, *, speaks_json: bool) -> int:
    """Print what was found; return 1 where something that Retoma can't do without is missing."""
    findings = list(_findings(settings))
    if speaks_json:
        print(json.dumps([asdict(finding) for finding in findings]))
    for finding in [] if speaks_json else findings:
        print(f"{'ok  ' if finding.good else 'LOOK'} {finding.name}: {finding.says}")
    return 0 if shutil.which("git") else 1


def _findings(settings: Settings) -> Iterator[_Finding]:
    yield _Finding(name="python", good=True, says=sys.version.split()[0])
    git = shutil.which("git")
    yield _Finding(name="git", good=git is not None, says=git or "not on PATH: install it, nothing runs without")
    yield _Finding(name="data folder", good=True, says=str(settings.data))
    if is_sqlite(settings.url):
        yield _sqlite()
        if not can_shrink(settings.url):
            yield _Finding(name="database", good=False, says=_CAN_NOT_SHRINK)
    if settings.redis_url:
        yield _redis(settings)
    yield _server(settings)
    for agent in list_agents(settings):
        found = agent.program is not None
        yield _Finding(name=agent.adapter.name, good=found, says=(agent.version if found else agent.hint) or "")


def _sqlite() -> _Finding:
    version = sqlite3.sqlite_version_info
    fixed = any(version[:2] == good[:2] and version >= good for good in _WAL_FIXED) or version >= _WAL_FIXED[-1]
    says = f"{sqlite3.sqlite_version}" + (
        "" if fixed else "; has the WAL-reset bug: keep other programs (also the sqlite3 shell) off a running database"
    )
    return _Finding(name="sqlite", good=fixed, says=says)


def _redis(settings: Settings) -> _Finding:
    if settings.uses_sqlite:
        says = "set, and not used: on SQLite one process does everything, and has the newest entries in its memory"
        return _Finding(name="redis", good=True, says=says)
    from retoma.live.shared import look_at  # only who has a Redis pays for loading its client

    version, good = look_at(settings.redis_url)
    return _Finding(name="redis", good=good, says=version)


def _server(settings: Settings) -> _Finding:
    try:
        return _Finding(name="server", good=True, says=f"running at {find_server(settings.data).url}")
    except AppError:
        return _Finding(name="server", good=True, says="not running")
