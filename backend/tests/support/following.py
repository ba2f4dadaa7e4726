"""A run whose journal the test itself writes, and a real follower that takes it in."""

import json
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from retoma.agents.registry import get_adapter
from retoma.core.entries import LogEntry
from retoma.executions import service
from retoma.executions.model import Execution
from retoma.live.feed import Feed
from retoma.logs import store as logs
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.worker.follower import Claimed, Follower
from retoma.worker.rundir import RunDirectory, boot_id
from support import factories

PATIENCE = 30.0


class Witness(Feed):
    """The feed, which also keeps what was shown: all that readers were told of, in order."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.shown: list[LogEntry] = []

    def publish_entries(self, public_id: str, entries: Sequence[LogEntry]) -> None:
        self.shown += entries
        super().publish_entries(public_id, entries)


class WrittenRun:
    """A run directory without a recorder of its own: numbered lines, then the agent's word that it is done."""

    def __init__(self, folder: Path, *, boot: str | None = None) -> None:
        """Make the folder, or take up the one that is there."""
        self.directory = RunDirectory(folder)
        if folder.exists():
            return
        folder.mkdir(parents=True)
        # The test's own process stands for the recorder, so that the run is alive; nothing here sends it a signal.
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        us = {"pid": os.getpid(), "startTime": ticks}
        about = {"recorder": us, "agent": us, "bootId": boot or boot_id(), "startedAt": "2026-03-01T12:00:00.000Z"}
        (folder / "run.json").write_text(json.dumps(about))

    @property
    def lines(self) -> int:
        """How many numbered lines were written."""
        return self.directory.stdout.read_text().count('"line"') if self.directory.stdout.exists() else 0

    def write(self, first: int, number: int) -> None:
        with self.directory.stdout.open("a") as journal:
            journal.writelines(
                json.dumps({"type": "line", "text": f"line {index:06d}"}) + "\n"
                for index in range(first, first + number)
            )

    def end(self) -> None:
        """Let the agent say that it is done, and the recorder how it ended."""
        if self.directory.end() is not None:
            return
        with self.directory.stdout.open("a") as journal:
            journal.write(json.dumps({"type": "end", "outcome": "success", "text": "Done."}) + "\n")
        told: dict[str, object] = {"exitCode": 0, "signal": None, "startError": None, "orphans": 0}
        told |= {"completedAt": "2036-03-01T12:00:10.000Z", "duration": 10.0}
        file = self.directory.path / "exit.json"
        file.with_suffix(".tmp").write_text(json.dumps(told))
        file.with_suffix(".tmp").rename(file)


class Following:
    """A follower as the worker's loop drives it."""

    def __init__(self, database: Database, execution: Execution, run: WrittenRun) -> None:
        self.database, self.execution, self.run = database, execution, run
        self.feed = Witness(database)
        self._woken = threading.Event()
        claimed = Claimed(
            execution=factories.reload(database, execution),
            fence=factories.claim(database, execution),
            project_id="the-project",
            adapter=get_adapter("rehearsal"),
            run=run.directory,
        )
        settings = Settings(data=run.directory.path)
        self.follower = Follower(claimed, database, self.feed, settings, self._woken.set)

    def until(self, happened: Callable[[], bool]) -> None:
        """Give it turns until `happened`; what waits for a while (a retry) is looked at ten times a second."""
        for _ in range(int(PATIENCE / 0.1)):
            while self.follower.step():
                pass
            if happened():
                return
            self._woken.wait(0.1)
            self._woken.clear()
        raise AssertionError("it did not happen in time")

    def until_stored(self, line: int) -> None:
        """Give it turns until numbered line `line` is stored."""
        content = f"line {line:06d}"
        self.until(lambda: content in [entry.content for entry in stored_entries(self.database, self.execution)[-3:]])

    def until_over(self) -> None:
        """Give it turns until the execution is settled."""
        self.until(lambda: self.follower.over)
        self.follower.close()


def stored_entries(database: Database, execution: Execution) -> Sequence[LogEntry]:
    """Return the whole log as it is stored."""
    entries: list[LogEntry] = []
    with database.read() as connection:
        while page := logs.read_after(connection, execution.id, len(entries)):
            entries += page
    return entries


def assert_whole(database: Database, execution: Execution, lines: int) -> None:
    """The invariants of a run that ended well: each line once, in order, no gap, one right end."""
    entries = stored_entries(database, execution)
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    contents = [entry.content for entry in entries]
    assert contents == [f"line {index:06d}" for index in range(1, lines + 1)] + ["Done."]
    with database.read() as connection:
        stored = service.get_execution(connection, execution.public_id)
    assert (stored.status, stored.head_sequence, stored.exit_code) == ("success", len(entries), 0)


def burn(file: Path, call: str, times: int) -> int:
    """Make the system call `call` on `file` so often in this thread, harmlessly; returns the thread's number.

    strace counts the calls of each thread on its own: so the n-th of those that follow is the one that fails.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT)
    for _ in range(times):
        if call == "pwrite64":
            os.pwrite(handle, b"", 0)
        else:
            os.fdatasync(handle)
    os.close(handle)
    return threading.get_native_id()
