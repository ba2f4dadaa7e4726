"""Removing logs whose time is over: first it is said, then entries, then files. What is cut off is done later."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from retoma.core.crash import CrashPoint, crash_point
from retoma.executions import past_store
from retoma.live.feed import Feed
from retoma.logs import store as logs
from retoma.search import store as search_store
from retoma.storage.connection import Connection
from retoma.storage.database import Database

# So many entries are deleted in one transaction: live commits wait for it.
_STEP_ENTRIES = 1000
_STEP_LOGS = 50
_ASIDE = ".removed"


def remove_due_logs(
    database: Database, feed: Feed, cutoffs: Mapping[str, datetime], now: datetime, goes_on: Callable[[], bool]
) -> Iterator[tuple[int, int]]:
    """Remove the logs that are due, and what an earlier sweep left of such; yield logs and entries, step by step."""
    yield from _delete_entries(database, goes_on)
    while goes_on():
        with database.read() as connection:
            due = past_store.list_due(connection, cutoffs, limit=_STEP_LOGS)
        keys = [log.execution_id for log in due]
        if not due:
            return
        marked = set(database.write(partial(_mark, keys=keys, cutoffs=cutoffs, now=now)))
        crash_point(CrashPoint.LOG_REMOVAL_STORED)
        for log in due:
            if log.execution_id in marked:
                feed.forget(log.public_id)
                feed.publish_execution(log.public_id)
        yield len(marked), 0
        yield from _delete_entries(database, goes_on)
        if not marked:
            return


def _mark(
    connection: Connection, *, keys: Sequence[int], cutoffs: Mapping[str, datetime], now: datetime
) -> Sequence[int]:
    marked = past_store.mark_removed(connection, keys, cutoffs, now)
    for key in marked:
        search_store.delete_blocks(connection, key)
    return marked


def _delete_entries(database: Database, goes_on: Callable[[], bool]) -> Iterator[tuple[int, int]]:
    while goes_on():
        with database.read() as connection:
            half_removed = past_store.list_half_removed(connection, limit=_STEP_LOGS)
        if not half_removed:
            return
        waiting: Sequence[int] = half_removed
        while waiting and goes_on():
            step = database.submit(partial(_delete_step, waiting=waiting), entries=_STEP_ENTRIES)
            deleted, waiting = step.result()
            crash_point(CrashPoint.ENTRIES_DELETED)
            yield 0, deleted


def _delete_step(connection: Connection, *, waiting: Sequence[int]) -> tuple[int, Sequence[int]]:
    """Delete one step's entries; return how many, and which executions may have more."""
    deleted = 0
    for index, execution_id in enumerate(waiting):
        while gone := logs.delete_last(connection, execution_id, _STEP_ENTRIES - deleted):
            deleted += gone
            if deleted >= _STEP_ENTRIES:
                return deleted, waiting[index:]
    return deleted, []


def remove_run_directories(
    database: Database, runs: Path, living: Callable[[], AbstractSet[str]], goes_on: Callable[[], bool]
) -> Iterator[int]:
    """Remove, on this machine, the run directories of removed logs; yield the bytes that each one freed.

    One of whose run a process is `living`, for whatever reason, stays until that is gone.
    """
    names = iter(sorted(path.name for path in runs.iterdir())) if runs.is_dir() else iter(())
    while goes_on() and (some := list(islice(names, 500))):
        for name in some:
            if name.endswith(_ASIDE):  # a sweep was cut off there
                yield _remove_folder(runs / name)
        with database.read() as connection:
            removed = past_store.list_removed(connection, some)
        busy = living() if removed else frozenset()
        for public_id in removed:
            if goes_on() and public_id not in busy:
                aside = runs / f"{public_id}{_ASIDE}"
                # In one step: a run directory without its run.json would be that of a run which nobody has begun.
                with suppress(FileNotFoundError):  # another worker of this machine was first
                    (runs / public_id).rename(aside)
                    crash_point(CrashPoint.RUN_DIRECTORY_SET_ASIDE)
                    yield _remove_folder(aside)


def bytes_of(folder: Path) -> int:
    """Return how many bytes the files in a folder take on the disk; 0 where there is no such folder."""
    return sum(file.lstat().st_blocks * 512 for file in folder.rglob("*"))


def _remove_folder(path: Path) -> int:
    freed = 0
    with suppress(FileNotFoundError):  # another worker of this machine removes it, too
        freed = bytes_of(path)
        shutil.rmtree(path)
    return freed
