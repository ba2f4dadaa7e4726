"""After a disk that failed to keep a write: the mark that says so, and what the next start does about it.

What can be read back after a failed fsync proves nothing: it may be in memory only, and count as written. So before
anybody writes again, all that the write-ahead log holds is written once more, into the database itself and down to the
disk, and the whole file is checked.
"""

import contextlib
import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from retoma.core.errors import InvalidError
from retoma.storage.disk import sync_folder
from retoma.storage.faults import reason

_logger = logging.getLogger(__name__)


def mark_unsound(database: Path, why: str) -> None:
    """Leave a mark beside the SQLite database, as far as a disk that fails lets us."""
    file = _mark_of(database)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(why + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(file.parent)
    except OSError as error:
        _logger.warning("%s could not be written: %s. Check the database before you go on.", file, error.strerror)


def prove_sound(database: Path) -> None:
    """Where the SQLite database has a mark: write down anew, check, take the mark away.

    Nothing else may have it open. InvalidError where it is damaged or the disk fails again; then the mark stays.
    """
    file = _mark_of(database)
    if not file.exists():
        return
    _logger.warning("The disk failed when Retoma ran last: the whole database is checked before anything is written")
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finding = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise InvalidError(f"The check of {database} failed: {reason(error)}. {_WAY_OUT.format(file)}") from error
    if is_busy:
        raise InvalidError(f"The check of {database} failed: another program has it open. End that one first.")
    if finding != "ok":
        raise InvalidError(f"The database {database} is damaged: {finding.splitlines()[-1]}. {_WAY_OUT.format(file)}")
    file.unlink()
    with contextlib.suppress(OSError):
        sync_folder(file.parent)


_WAY_OUT = "See to the disk, or put a backup in its place and delete {}."


def _mark_of(database: Path) -> Path:
    return database.with_name(database.name + ".unsound")
