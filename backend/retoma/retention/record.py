"""The report of a sweep, stored now and then while it goes on."""

from dataclasses import replace
from datetime import timedelta

from retoma.core.clock import boot_seconds
from retoma.executions import sweep_store
from retoma.executions.model import Sweep
from retoma.storage.database import Database

_STORE_SECONDS = 0.5


class Record:
    """Collects what a sweep does. One that nobody asked for, and that did nothing, leaves no report."""

    def __init__(self, database: Database, sweep: Sweep) -> None:
        self.sweep = sweep
        self._database = database
        self._key: int | None = None
        self._began = self._stored = boot_seconds()

    def store(self) -> int:
        """Store it as it is now; return its key."""
        self._stored = boot_seconds()
        if self._key is None:
            self._key = self._database.write(lambda connection: sweep_store.insert_sweep(connection, self.sweep))
        else:
            key = self._key
            self._database.write(lambda connection: sweep_store.update_sweep(connection, key, self.sweep))
        return self._key

    def add(
        self,
        *,
        sealed_executions: int = 0,
        sealed_entries: int = 0,
        removed_executions: int = 0,
        removed_entries: int = 0,
        removed_worktrees: int = 0,
        freed_bytes: int = 0,
    ) -> None:
        """Count what one step did."""
        so_far = self.sweep
        self.sweep = replace(
            so_far,
            sealed_executions=so_far.sealed_executions + sealed_executions,
            sealed_entries=so_far.sealed_entries + sealed_entries,
            removed_executions=so_far.removed_executions + removed_executions,
            removed_entries=so_far.removed_entries + removed_entries,
            removed_worktrees=so_far.removed_worktrees + removed_worktrees,
            freed_bytes=so_far.freed_bytes + freed_bytes,
        )
        if boot_seconds() - self._stored > _STORE_SECONDS:
            self.store()

    def complete(self) -> None:
        """Say that it has come to its end."""
        took = timedelta(seconds=boot_seconds() - self._began)
        self.sweep = replace(self.sweep, completed_at=self.sweep.started_at + took)
        if self._key is not None or self.sweep.did_something or self._waits_otherwise():
            self.store()

    def _waits_otherwise(self) -> bool:
        """Whether the last report tells otherwise about waiting for a person: each page would still say that."""
        with self._database.read() as connection:
            latest = sweep_store.list_sweeps(connection, limit=1)
        return (latest[0][1].waiting if latest else None) != self.sweep.waiting
