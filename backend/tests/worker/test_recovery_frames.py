"""Boards hear of the report of a start when it is complete."""

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from retoma.executions import recovery_store
from retoma.executions.model import Recovery
from retoma.live.feed import Feed
from retoma.retention.sweep import Sweeper
from retoma.settings import Settings
from retoma.storage import migrate
from retoma.storage.database import Database
from retoma.worker.rundir import boot_id
from retoma.worker.worker import Worker
from support.factories import WORKER, create_card, create_project, run

_NOBODY = 2**22 + 1  # above the highest number that Linux gives to a process


class _NoEngine:
    def enqueue(self, public_id: str) -> None:
        """Nothing is queued here."""

    def ended(self, public_id: str) -> None:
        """Nobody waits here."""

    def pending(self) -> Sequence[str]:
        """Return what waits: nothing."""
        return []

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture(name="database")
def _database(sqlite_url: str) -> Iterator[Database]:
    migrate.upgrade(sqlite_url)
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def test_a_board_hears_of_the_report_once_it_is_complete(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = create_project(database)
    card = create_card(database, project)
    execution, _ = run(database, card.id)
    folder = tmp_path / "runs" / execution.public_id
    folder.mkdir(parents=True)
    (folder / "out.jsonl").touch()
    (folder / "err.log").touch()
    told = {"recorder": {"pid": _NOBODY, "startTime": 1}, "agent": None, "bootId": boot_id()}
    (folder / "run.json").write_text(json.dumps(told))

    feed, complete, said = Feed(database), [], threading.Event()

    def publish_card(project_id: str, card_id: str) -> None:
        with database.read() as connection:
            stored = recovery_store.get_latest_recovery(connection)
        if stored is not None and stored.completed_at is not None:
            complete.append((project_id, card_id))

    def announce(recovery: Recovery) -> None:
        assert recovery.runs[0].execution == execution.public_id
        said.set()

    monkeypatch.setattr(feed, "publish_card", publish_card)
    settings = Settings(data=tmp_path)
    sweeper = Sweeper(database, feed, settings, name=WORKER, living=frozenset)
    worker = Worker(database, feed, settings, name=WORKER, sweeper=sweeper, announce=announce)
    worker.start(_NoEngine())
    try:
        assert said.wait(20)
    finally:
        worker.stop()
    assert (project.id, card.id) in complete
