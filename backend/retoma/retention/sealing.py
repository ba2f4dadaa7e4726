"""Sealing what has cooled: rows become chunks, journals are compressed. What is cut off is done by the next sweep."""

import logging
from collections.abc import Callable, Generator, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from retoma.core.crash import CrashPoint, crash_point
from retoma.core.errors import ConflictError, StorageError, UnavailableError
from retoma.executions import sealing_store
from retoma.logs.journal import NAMES, Journal
from retoma.logs.service import seal_next
from retoma.storage.database import Database

_logger = logging.getLogger(__name__)

_STEP_LOGS = 50
_STEP_NAMES = 500


def seal_cooled(
    database: Database, completed_before: datetime, now: datetime, goes_on: Callable[[], bool]
) -> Iterator[tuple[int, int]]:
    """Seal the logs of executions that ended before `completed_before`; yield logs and entries, step by step.

    StorageError where the database is at fault; what was sealed until then stays so.
    """
    failed: set[int] = set()
    while goes_on():
        with database.read() as connection:
            found = sealing_store.list_unsealed(
                connection, completed_before=completed_before, limit=_STEP_LOGS + len(failed)
            )
        unsealed = [key for key in found if key not in failed]
        if not unsealed:
            return
        for execution_id in unsealed:
            if not (yield from _seal(database, execution_id, now, goes_on)):
                failed.add(execution_id)


def _seal(
    database: Database, execution_id: int, now: datetime, goes_on: Callable[[], bool]
) -> Generator[tuple[int, int], None, bool]:
    """Seal one log, step by step; return whether it is sealed."""
    try:
        while goes_on() and (entries := seal_next(database, execution_id)):
            yield 0, entries
    except ConflictError:
        return False  # another process's now, which may have got further: the next sweep looks again
    except StorageError:
        raise  # not this log's fault
    except UnavailableError as error:
        # A log with a hole, say, is left as it is, and keeps nobody else from being sealed.
        _logger.warning("The log of execution %d can't be sealed: %s", execution_id, error.detail)
        return False
    if not goes_on():
        return False
    sealed = database.write(partial(sealing_store.mark_sealed, execution_id=execution_id, now=now))
    if sealed:
        crash_point(CrashPoint.SEAL_STORED)
        yield 1, 0
    return sealed


def compress_cooled(
    database: Database,
    runs: Path,
    completed_before: datetime,
    living: Callable[[], AbstractSet[str]],
    goes_on: Callable[[], bool],
) -> Iterator[int]:
    """Compress the journals on this machine of executions that ended before that; yield the bytes that each one saved.

    One of whose run a process is `living`, for whatever reason, may still be written to: it is left alone.
    """
    names = (path.name for path in sorted(runs.iterdir()) if _is_plain(path)) if runs.is_dir() else iter(())
    while goes_on() and (some := list(islice(names, _STEP_NAMES))):
        with database.read() as connection:
            cooled = sealing_store.list_cooled(connection, some, completed_before=completed_before)
        busy = living() if cooled else frozenset()
        for public_id in cooled:
            for name in NAMES:
                if goes_on() and public_id not in busy:
                    yield _compress(runs / public_id / name)


def _compress(file: Path) -> int:
    try:
        return Journal(file).compress()
    except (UnavailableError, OSError) as error:
        # It is left as it is, and keeps no other from being compressed.
        _logger.warning("The journal %s can't be compressed: %s", file, error)
        return 0


def _is_plain(run: Path) -> bool:
    """Whether a run directory has a journal that is not compressed."""
    return any((run / name).exists() and (run / name).stat().st_size for name in NAMES)
