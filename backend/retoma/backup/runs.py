"""The run directories of a backup, copied while agents write, sweeps compress and retention removes."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from retoma.backup.archive import Writer, is_name

# What belongs to processes, and half-written files of the recorder.
_LEFT_OUT = frozenset({"lock", "in.fifo"})
# In this order: an end that is told was told when the journal was whole, so it must be read before the journal is;
# a mark tells a length that the journal has by then.
_FIRST = ("exit.json", "run.json", "marks")
_COMPRESSED = ".zst"
# A file is swapped for its compressed form once in its life.
_LOOKS = 5


def add_run(writer: Writer, folder: Path) -> bool:
    """Add a run directory. False: there is none (any more)."""
    taken: set[str] = set()
    for _ in range(_LOOKS):
        is_complete = True
        for name in _files(folder):
            if _plain(name) not in taken:
                added = _add_file(writer, folder, name)
                is_complete &= added
                taken |= {_plain(name)} if added else set()
        if is_complete:
            break
    return bool(taken)


def _files(folder: Path) -> Sequence[str]:
    try:
        there = [file.name for file in folder.iterdir()]
    except OSError:
        return []  # there is none, or it was removed just now
    found = [
        name for name in there if name not in _LEFT_OUT and not name.endswith(".tmp") and is_name(_member(folder, name))
    ]
    return [*(name for name in _FIRST if name in found), *sorted(set(found) - set(_FIRST))]


def _add_file(writer: Writer, folder: Path, name: str) -> bool:
    """Add a file as long as it is now. False: it is gone, swapped for its compressed form or removed."""
    opened = _open(folder / name)
    if opened is None:
        return False
    with opened as stream:
        found = os.fstat(stream.fileno())
        if stat.S_ISREG(found.st_mode):
            writer.add_file(_member(folder, name), stream, found.st_size, modified=found.st_mtime)
    return True


def _open(file: Path) -> BinaryIO | None:
    try:
        return os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError:
        return None


def _member(folder: Path, name: str) -> str:
    return f"runs/{folder.name}/{name}"


def _plain(name: str) -> str:
    return name.removesuffix(_COMPRESSED)
