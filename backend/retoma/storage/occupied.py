"""How much disk the data take: the database by itself, folders by a walk that ends after a while."""

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from sqlalchemy import text

from retoma.storage.database import Database, sqlite_file

# A file of SQLite has these beside it while it is open.
_BESIDE = ("", "-wal", "-shm")


def database_bytes(database: Database, url: str) -> int:
    """Return how many bytes the database takes."""
    file = sqlite_file(url)
    if file is None:
        with database.read() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    return sum(beside.stat().st_size for end in _BESIDE if (beside := Path(f"{file}{end}")).exists())


def folder_bytes(folder: Path, *, until: float) -> tuple[int, bool]:
    """Return how many bytes on the disk a folder takes, and whether all of it was counted before `until` (monotonic).

    A file that several names lead to counts once for each; links are not followed.
    """
    total = 0
    for entry in _entries(folder):
        if monotonic() >= until:
            return total, False
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # it went meanwhile
            continue
        total += status.st_blocks * 512
    return total, True


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    yield entry
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:  # it went meanwhile, or is not ours to read
            continue
