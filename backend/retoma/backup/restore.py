"""From a backup to a board, in an empty data folder and an empty database: whole, or not at all.

Everything is made in `restoring/` in the data folder (and the database beside its place), and moved when it is whole.
While that folder is there the restore is not finished: nothing starts on the data folder, and a restore into it begins
anew. At its very end, when only the database is still to be put into its place, `restoring/placed` says so.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from retoma.backup import archive, settings_file
from retoma.backup.archive import Contents, Member
from retoma.backup.parts import ENGINE
from retoma.core.clock import utc_now, wire_time
from retoma.core.errors import ConflictError, DiskFullError, InvalidError
from retoma.core.ids import RESTORED_BOOT
from retoma.executions import moving_store
from retoma.logs.store import mark_nul_row
from retoma.settings import Settings
from retoma.storage import migrate
from retoma.storage.connection import Connection
from retoma.storage.database import sqlite_file
from retoma.storage.dump import load
from retoma.storage.filling import draft_of, filling, holds_anything, remove_sqlite

UNFINISHED = "restoring"  # cli/data_folder.py knows it, too
_PLACED = "placed"
_LOCKS = frozenset({"lock"})

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored: rows by table, run directories, and the runs that were not over in the backup."""

    rows: Mapping[str, int]
    runs: int
    not_over: int


def examine(settings: Settings, file: Path) -> Contents:
    """Read a whole backup and look at the place where it shall be restored; nothing is changed.

    InvalidError where the file is damaged, cut off, none of Retoma's or of a newer one; ConflictError where the data
    folder or the database is not empty; DiskFullError where it would not fit.
    """
    _refuse_used(settings)
    contents = archive.check(file, _accept)
    place = next(folder for folder in (settings.data, *settings.data.parents) if folder.is_dir())
    if shutil.disk_usage(place).free < contents.unpacked:
        raise DiskFullError(f"The backup needs {contents.unpacked >> 20} MiB at least where the data folder is.")
    return contents


def restore(settings: Settings, file: Path, contents: Contents, progress: Progress) -> Restored:
    """Restore a backup that was examined. Whoever calls holds the data folder's lock.

    The runs that were not over belong to this board's worker, which ends them at its start by what is known of them.
    """
    _refuse_used(settings)
    draft = settings.data / UNFINISHED
    if (draft / _PLACED).exists() and holds_anything(settings.url):
        told: dict[str, object] = json.loads((draft / _PLACED).read_text("utf-8"))
        shutil.rmtree(draft)  # it was killed after its last step but this
        return Restored(**told)  # type: ignore[arg-type] # as written below
    _remove_unfinished(settings)
    try:
        return _Restoring(settings, draft, progress).run(file, contents)
    except BaseException:
        _remove_unfinished(settings)
        raise


def _accept(head: Mapping[str, object]) -> None:
    if head.get("revision") not in migrate.revisions():
        by = str(head.get("retoma", "?"))[:40]
        raise InvalidError(f"The backup was made by a newer Retoma ({by}), of a schema that this one does not know.")


def _refuse_used(settings: Settings) -> None:
    there = {found.name for found in settings.data.iterdir()} if settings.data.is_dir() else set()
    if UNFINISHED in there:
        return  # what is there is an unfinished restore's
    if there - _LOCKS:
        raise ConflictError(
            f"The data folder {settings.data} is not empty ({min(there - _LOCKS)} is in it); "
            "a backup is restored into an empty one only: name another with --data."
        )
    if holds_anything(settings.url):
        raise ConflictError("The database is not empty; a backup is restored into an empty one only.")


def _remove_unfinished(settings: Settings) -> None:
    database = sqlite_file(settings.url)
    if database is not None:
        remove_sqlite(draft_of(database))
    if (settings.data / UNFINISHED).exists():
        for name in ("runs", settings_file.FILE, ENGINE):
            found = settings.data / name
            shutil.rmtree(found) if found.is_dir() else found.unlink(missing_ok=True)
        shutil.rmtree(settings.data / UNFINISHED)


class _Restoring:
    def __init__(self, settings: Settings, draft: Path, progress: Progress) -> None:
        self._settings, self._draft, self._progress = settings, draft, progress
        self._rows: Counter[str] = Counter()
        self._runs: set[str] = set()
        self._not_over = 0

    def run(self, file: Path, contents: Contents) -> Restored:
        (self._draft / "runs").mkdir(mode=0o700, parents=True)
        with filling(self._settings.url, str(contents.head["revision"]), self._place) as connection:
            for member in archive.read(file):
                self._take(member, connection)
            self._progress("the newest schema")
            migrate.upgrade_within(connection)
            self._adopt(connection)
        shutil.rmtree(self._draft, ignore_errors=True)
        return Restored(rows=dict(self._rows), runs=len(self._runs), not_over=self._not_over)

    def _take(self, member: Member, connection: Connection) -> None:
        room, *rest = member.name.split("/")
        if room == "rows":
            self._rows[rest[0]] += load(connection, member.lines(), on_nul=mark_nul_row)
            self._progress(f"{self._rows.total()} rows")
        elif room == "runs":
            self._take_run_file(member, *rest)
        elif room == settings_file.FILE:
            _write_file(self._draft / room, [settings_file.for_another_board(b"".join(member.chunks()))])
        elif self._settings.uses_sqlite:
            _write_file(self._draft / room, member.chunks())

    def _take_run_file(self, member: Member, run: str, name: str) -> None:
        folder = self._draft / "runs" / run
        if run not in self._runs:
            self._runs.add(run)
            folder.mkdir(mode=0o700)
            self._progress(f"{len(self._runs)} run directories")
        content = member.chunks()
        _write_file(folder / name, [_of_no_boot(b"".join(content))] if name == "run.json" else content)
        # The last sign of life of a run whose end nobody saw is when its files were written last.
        os.utime(folder / name, (member.modified, member.modified))

    def _adopt(self, connection: Connection) -> None:
        unfinished = moving_store.adopt(connection, self._settings.worker_name)
        for public_id in unfinished:
            folder = self._draft / "runs" / public_id
            if not (folder / "run.json").exists():
                # Nothing had been started for it when the backup was made, and nothing may be now.
                folder.mkdir(mode=0o700, exist_ok=True)
                _write_file(folder / "run.json", [_never_begun()])
                self._runs.add(public_id)
        self._not_over = len(unfinished)

    def _place(self) -> None:
        """Put all but the database into its place."""
        for found in sorted(self._draft.iterdir()):
            found.rename(self._settings.data / found.name)
        content = {"rows": dict(self._rows), "runs": len(self._runs), "not_over": self._not_over}
        _write_file(self._draft / _PLACED, [json.dumps(content).encode()])
        os.sync()


def _of_no_boot(content: bytes) -> bytes:
    """Return a `run.json` whose processes can't be taken for living ones: they are the original board's."""
    try:
        told = json.loads(content)
        return json.dumps({**told, "bootId": RESTORED_BOOT}).encode()
    except (ValueError, TypeError):
        return content  # damaged as it is, it names nobody


def _never_begun() -> bytes:
    nobody = {"pid": 0, "startTime": 0}
    told = {"recorder": nobody, "agent": None, "bootId": RESTORED_BOOT, "startedAt": wire_time(utc_now())}
    return json.dumps(told).encode()


def _write_file(file: Path, chunks: Iterable[bytes]) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
