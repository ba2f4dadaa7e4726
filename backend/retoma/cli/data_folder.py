"""The data folder: its permissions, its locks, and the note that tells where its server is."""

import fcntl
import hashlib
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
_SERVER_LOCK = "server.lock"
_NOTE = "server.json"
# What backup/restore.py has in it until it is done.
RESTORING = "restoring"
# A command that needs the folder for a moment only is waited for.
_ATTEMPTS = 5
_PAUSE_SECONDS = 0.05


class NoServerError(ConflictError):
    """No server is running for the data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """The server of a data folder, as its note tells."""

    pid: int
    url: str


@contextmanager
def locked(data: Path, *, shared: bool = False, restores: bool = False) -> Iterator[None]:
    """Make the data folder if it is not there, and hold its lock: alone, or `shared` with others who do the same.

    ConflictError, naming who holds it already; also where a restore was not finished, unless this one `restores`.
    """
    with _opened(data, _LOCK) as handle:
        if not _try_lock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
            raise ConflictError(_in_use(data, handle))
        if not restores and (data / RESTORING).exists():
            raise ConflictError(
                f"A backup was being restored into {data}, and that was not finished: run `retoma restore` again."
            )
        _sign(handle, "" if shared else f"{os.getpid()}\n")
        yield


@contextmanager
def server_locked(data: Path) -> Iterator[None]:
    """Be the only server on the data folder, whose note tells one address. ConflictError, naming who is it already."""
    with _opened(data, _SERVER_LOCK) as handle:
        if not _try_lock(handle, fcntl.LOCK_EX):
            raise ConflictError(
                f"A server (process {_signature(handle)}) runs on the data folder {data} already{_where(data)}. "
                "Use that one, end it first, or give this one a folder of its own with --data."
            )
        _sign(handle, f"{os.getpid()}\n")
        yield


@contextmanager
def worker_locked(data: Path, name: str) -> Iterator[None]:
    """Be the only worker of this name on the data folder. ConflictError, naming the process that is it already."""
    # A name may hold anything, also what no file's name can.
    with _opened(data, f"worker-{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock") as handle:
        if not _try_lock(handle, fcntl.LOCK_EX):
            raise ConflictError(
                f"A worker named {name} (process {_signature(handle)}) runs on the data folder {data} already. "
                "Give this one another name with --name."
            )
        _sign(handle, f"{os.getpid()}\n")
        yield


@contextmanager
def noted(data: Path, url: str) -> Iterator[None]:
    """Note where this server, the only one of the folder, is: for the commands beside it.

    The note is written whole or not at all, and its own lock tells that the server lives.
    """
    note = {"pid": os.getpid(), "url": url, "startedAt": wire_time(utc_now())}
    draft = data / f"{_NOTE}.{os.getpid()}"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(note, stream)
        stream.flush()
        fcntl.flock(stream, fcntl.LOCK_EX)
        draft.rename(data / _NOTE)
        try:
            yield
        finally:
            server = _read_note(data)
            if server is not None and server.pid == os.getpid():
                (data / _NOTE).unlink(missing_ok=True)


def find_server(data: Path) -> RunningServer:
    """Return the running server of a data folder; NoServerError where there is none.

    A note that a killed server left behind counts for nothing: what listens there now may be a stranger, who must
    not get the token. The note's lock tells.
    """
    server = _read_note(data)
    if server is None:
        raise NoServerError(f"No server is running for the data folder {data}; start it with `retoma up`.")
    return server


def is_locked(data: Path) -> bool:
    """Whether a server or a worker has this data folder."""
    try:
        handle = os.open(data / _LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _try_lock(handle, fcntl.LOCK_EX)
    finally:
        os.close(handle)


@contextmanager
def _opened(data: Path, name: str) -> Iterator[int]:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data.chmod(0o700)
        handle = os.open(data / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InvalidError(
            f"The data folder {data} can't be used: {error.strerror}. Name another with --data."
        ) from None
    try:
        yield handle
    finally:
        os.close(handle)


def _sign(handle: int, words: str) -> None:
    os.truncate(handle, 0)
    os.pwrite(handle, words.encode(), 0)


def _signature(handle: int) -> str:
    return os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"


def _try_lock(handle: int, kind: int, *, attempts: int = _ATTEMPTS) -> bool:
    for attempt in range(attempts):
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt < attempts - 1:
                time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False


def _in_use(data: Path, handle: int) -> str:
    return (
        f"Another Retoma (process {_signature(handle)}) uses the data folder {data}{_where(data)}. "
        "Use that one, end it first, or name another folder with --data."
    )


def _where(data: Path) -> str:
    server = _read_note(data)
    return "" if server is None else f" at {server.url}"


def _read_note(data: Path) -> RunningServer | None:
    """Return what the note tells, or None where there is none, or its server is gone."""
    try:
        with (data / _NOTE).open(encoding="utf-8") as stream:
            if _try_lock(stream.fileno(), fcntl.LOCK_SH, attempts=1):
                return None
            note = json.load(stream)
        return RunningServer(pid=int(note["pid"]), url=str(note["url"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
