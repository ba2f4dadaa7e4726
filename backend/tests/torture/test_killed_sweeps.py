"""A sweep that is killed at any of its points has broken nothing, and the next one completes it."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import retoma
from retoma.cards.model import Card
from retoma.core.crash import VARIABLE, CrashPoint
from retoma.executions.model import Execution
from retoma.logs import store as logs
from retoma.projects.workspace import prepare_workspace
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from support import factories
from support.past import NOW, Past
from support.repositories import make_repository
from torture.sweeping import SWEEP_POINTS

PROGRAM = Path(__file__).with_name("sweeping.py")
SOURCES = [str(Path(str(retoma.__file__)).parents[1]), str(Path(__file__).parents[1])]


@pytest.mark.parametrize("point", sorted(SWEEP_POINTS))
def test_a_sweep_that_dies_at_any_point_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: CrashPoint
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings(data=tmp_path / "data")
    settings.data.mkdir()
    upgrade(settings.url)
    with closing(Database(settings.url)) as database:
        past = Past(database, settings)
        card = _card_with_work(past, make_repository(tmp_path / "repository"))
        old = [past.run(card, days=40, entries=1500), past.run(factories.create_card(database), days=35)]
        young = [past.run(factories.create_card(database), days=1, entries=entries) for entries in (1200, 3, 3)]
        goes_on = past.run(factories.create_card(database), days=None)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES), VARIABLE: point.value}
    killed = subprocess.run([sys.executable, str(PROGRAM), str(settings.data)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    with closing(Database(settings.url)) as database:
        past = Past(database, settings)
        assert all(past.is_whole(run) for run in [*young, goes_on])
        for run in old:
            _assert_no_hole(past, run)
        past.sweeper.sweep(NOW)
        assert all(past.is_removed(run) for run in old)
        assert all(past.is_whole(run) for run in [*young, goes_on])
        assert all(past.now(run).sealed_at is not None for run in young)
    assert list(settings.data.glob("*/*.removed")) == []
    workspace = settings.workspaces / card.id
    assert not workspace.exists()
    prepare_workspace(tmp_path / "repository", workspace, branch="retoma/1-a-card", base="main", snapshot=card.id)
    assert (workspace / "work.txt").read_text() == "not committed\n"


def _card_with_work(past: Past, repository: Path) -> Card:
    project = factories.create_project(past.database, path=str(repository))
    card = factories.create_card(past.database, project)
    workspace = past.settings.workspaces / card.id
    prepare_workspace(repository, workspace, branch="retoma/1-a-card", base="main", snapshot=card.id)
    (workspace / "work.txt").write_text("not committed\n")
    return card


def _assert_no_hole(past: Past, run: Execution) -> None:
    """What is left of a log is its beginning; where anything is missing it is said to be removed."""
    with past.database.read() as connection:
        sequences = [entry.sequence for entry in logs.scan(connection, run.id)]
    assert sequences == list(range(1, len(sequences) + 1))
    assert past.now(run).log_removed_at is not None or len(sequences) == run.head_sequence
