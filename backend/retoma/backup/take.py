"""Making a backup: one snapshot of the database first, then the engine's state, the run directories and the settings.

Nothing is locked, and nothing but the file is written: a server may be at work, and this may be killed at any moment.
What is copied after the snapshot may be newer than it, and that is well: a journal that goes on behind what was stored
of it is what every start finds.
"""

import contextlib
import fcntl
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from retoma import __version__
from retoma.backup import settings_file
from retoma.backup.archive import Writer
from retoma.backup.parts import BLANKS, ENGINE, LEFT_OUT
from retoma.backup.runs import add_run
from retoma.core.clock import utc_now, wire_time
from retoma.core.errors import ConflictError, InvalidError, UnavailableError
from retoma.executions import moving_store
from retoma.settings import Settings
from retoma.storage import migrate
from retoma.storage.connection import Connection
from retoma.storage.database import snapshot, sqlite_file
from retoma.storage.dump import dump
from retoma.storage.filling import copy_sqlite, remove_sqlite

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a backup holds: rows by table, run directories, and those that were not there any more."""

    rows: dict[str, int]
    runs: int
    missing: int
    size: int  # bytes of the file


def take_backup(settings: Settings, file: Path, *, replaces: bool, progress: Progress) -> Taken:
    """Write a backup of the board to `file`, which is there whole or not at all; `progress` hears what is done.

    `replaces`: a file that is there already is replaced. ConflictError, and nothing is written, where it is there and
    shall not be, or where there is nothing to back up; InvalidError where it can't be written.
    """
    _refuse_without_board(settings)
    try:
        with _draft(file, replaces=replaces) as stream:
            return _write(settings, stream, file, progress)
    except EOFError as error:
        raise UnavailableError(f"A journal became shorter while it was read ({error}); try again.") from None
    except OSError as error:
        raise InvalidError(f"{error.filename or file} can't be written: {error.strerror}.") from None


def _refuse_without_board(settings: Settings) -> None:
    file = sqlite_file(settings.url)
    if file is not None and not file.exists():
        raise ConflictError(f"There is no board in the data folder {settings.data}: nothing to back up.")


@contextlib.contextmanager
def _draft(file: Path, *, replaces: bool) -> Iterator[IO[bytes]]:
    """Yield a file beside `file` to be written, and give it that name when it is whole and on the disk.

    A draft that was killed before stays as `FILE.unfinished`, and is taken for the next.
    """
    _refuse_existing(file, replaces=replaces)
    if not file.parent.is_dir():
        raise InvalidError(f"There is no folder {file.parent}.")
    draft = file.with_name(f"{file.name}.unfinished")
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, 0o600), "r+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(f"Another backup is being written to {file}.") from None
        try:
            stream.truncate()
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            if not replaces:
                _refuse_existing(file, replaces=False)
            draft.rename(file)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_existing(file: Path, *, replaces: bool) -> None:
    if file.is_dir() or (file.exists() and not replaces):
        raise ConflictError(f"{file} is there already; name another file, or replace it with --force.")


def _write(settings: Settings, stream: IO[bytes], file: Path, progress: Progress) -> Taken:
    with contextlib.ExitStack() as stack:
        # For no longer than it takes: the database keeps what it would give free for as long as somebody looks at it.
        with snapshot(settings.url) as connection:
            writer = stack.enter_context(contextlib.closing(Writer(stream, _head(settings, connection))))
            rows = _add_rows(writer, connection, progress)
            begun = moving_store.list_begun(connection)
        _add_engine(writer, settings, file)
        there = missing = 0
        for public_id, has_output in begun:
            is_there = add_run(writer, settings.runs / public_id)
            there += is_there
            missing += has_output and not is_there
            progress(f"{there} run directories")
        settings_content = settings_file.without_secrets(settings.data)
        if settings_content is not None:
            writer.add(settings_file.FILE, settings_content)
        writer.finish({"rows": rows, "runs": there, "missing": missing})
    return Taken(rows=rows, runs=there, missing=missing, size=stream.tell())


def _head(settings: Settings, connection: Connection) -> dict[str, object]:
    revision = migrate.revision_of(connection)
    if revision is None:
        raise ConflictError("The database has no tables yet: nothing to back up.")
    if revision not in migrate.revisions():
        raise InvalidError(
            f"The database has revision {revision}, which this version of Retoma does not know; "
            "back it up with the newer version that wrote it."
        )
    return {
        "retoma": __version__,
        "createdAt": wire_time(utc_now()),
        "revision": revision,
        "database": "sqlite" if settings.uses_sqlite else "postgresql",
    }


def _add_rows(writer: Writer, connection: Connection, progress: Progress) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for part in dump(connection, leaves_out=LEFT_OUT, blanks=BLANKS):
        writer.add(f"rows/{part.table}/{part.number:06}.jsonl", part.content)
        counts[part.table] += part.rows
        progress(f"{counts.total()} rows")
    return dict(counts)


def _add_engine(writer: Writer, settings: Settings, file: Path) -> None:
    """Add what the engine keeps in a file of its own beside SQLite. On PostgreSQL the rows tell it anew."""
    source = settings.data / ENGINE
    if not settings.uses_sqlite or not source.exists():
        return
    copy = file.with_name(f"{file.name}.unfinished-engine")
    try:
        copy_sqlite(source, copy)
        with copy.open("rb") as stream:
            writer.add_file(ENGINE, stream, copy.stat().st_size, modified=0.0)
    finally:
        remove_sqlite(copy)
