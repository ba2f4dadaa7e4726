"""The data folder: its permissions, its lock, and the note that tells where its server is."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from retoma.core.clock import utc_now, wire_time
from retoma.core.errors import ConflictError, InvalidError

_LOCK = "lock"
_NOTE = "server.json"
# A command that only looks whether the lock is held has it for a moment itself.
_ATTEMPTS = 5
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """The server of a data folder, as its note tells."""

    pid: int
    url: str


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Make the data folder if it is not there, and hold its lock. ConflictError, naming who holds it already."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data.chmod(0o700)
        handle = os.open(data / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InvalidError(
            f"The data folder {data} can't be used: {error.strerror}. Name another with --data."
        ) from None
    try:
        if not _try_lock(handle, fcntl.LOCK_EX):
            raise ConflictError(_in_use(data, handle))
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def write_note(data: Path, url: str) -> None:
    """Note where the server of this folder is. Written whole or not at all."""
    note = {"pid": os.getpid(), "url": url, "startedAt": wire_time(utc_now())}
    draft = data / (_NOTE + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(note, stream)
    draft.rename(data / _NOTE)


def remove_note(data: Path) -> None:
    """Take the note away at the server's end."""
    (data / _NOTE).unlink(missing_ok=True)


def find_server(data: Path) -> RunningServer:
    """Return the running server of a data folder; ConflictError where there is none.

    A note that a killed server left behind counts for nothing: what listens there now may be a stranger, who must
    not get the token. The lock tells.
    """
    server = _read_note(data)
    if server is None or not is_locked(data):
        raise ConflictError(f"No server is running for the data folder {data}; start it with `retoma up`.")
    return server


def is_locked(data: Path) -> bool:
    """Whether a server has this data folder."""
    try:
        handle = os.open(data / _LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def _try_lock(handle: int, kind: int) -> bool:
    for attempt in range(_ATTEMPTS):
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt < _ATTEMPTS - 1:
                time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False


def _in_use(data: Path, handle: int) -> str:
    server = _read_note(data)
    holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
    where = "" if server is None else f" at {server.url}"
    return (
        f"Another Retoma (process {holder}) uses the data folder {data}{where}. "
        "Use that one, end it first, or name another folder with --data."
    )


def _read_note(data: Path) -> RunningServer | None:
    try:
        note = json.loads((data / _NOTE).read_text("utf-8"))
        return RunningServer(pid=int(note["pid"]), url=str(note["url"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
