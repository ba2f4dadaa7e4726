"""The worktree of a card that is idle for as long as its logs are kept goes, and comes back with what was in it."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from retoma.cards.model import Card
from retoma.projects.workspace import prepare_workspace
from support import factories
from support.past import NOW, Past
from support.repositories import make_repository

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"tracked.txt": "before\n", "gone.txt": "gone\n"})


@pytest.fixture
def card(past: Past, repository: Path) -> Card:
    """Give a card whose worktree holds work that is not committed."""
    project = factories.create_project(past.database, path=str(repository))
    card = factories.create_card(past.database, project)
    workspace = _make(past, repository, card)
    (workspace / "tracked.txt").write_text("after\n")
    (workspace / "gone.txt").unlink()
    (workspace / "untracked.txt").write_text("new\n")
    return card


def _make(past: Past, repository: Path, card: Card) -> Path:
    workspace = past.settings.workspaces / card.id
    prepare_workspace(repository, workspace, branch="retoma/1-a-card", base="main", snapshot=card.id)
    return workspace


def _status(workspace: Path) -> str:
    command = ["git", "-C", str(workspace), "status", "--porcelain"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_it_goes_with_the_logs_and_comes_back_with_the_work_in_it(past: Past, repository: Path, card: Card) -> None:
    workspace = past.settings.workspaces / card.id
    before = _status(workspace)
    past.run(card, days=31)
    past.recent(2)
    report = past.sweeper.sweep(NOW)
    assert report is not None
    assert report.removed_worktrees == 1
    assert not workspace.exists()
    assert _make(past, repository, card) == workspace
    assert _status(workspace) == before
    assert sorted(before.split()) == sorted([*["D", "gone.txt"], *["M", "tracked.txt"], "??", "untracked.txt"])
    assert (workspace / "tracked.txt").read_text() == "after\n"


def test_it_stays_while_anything_of_the_card_is_younger_pinned_or_goes_on(past: Past, card: Card) -> None:
    workspace = past.settings.workspaces / card.id
    past.run(card, days=31)
    young = past.run(card, days=29)
    past.recent(3)
    past.sweeper.sweep(NOW)
    assert workspace.is_dir(), "a younger run"
    past.living = {young.public_id}
    past.sweeper.sweep(NOW + timedelta(days=1.5))
    assert workspace.is_dir(), "a process of its run"
    past.living = frozenset()
    past.run(card, days=None)
    past.sweeper.sweep(NOW + timedelta(days=1.5))
    assert workspace.is_dir(), "a run that goes on"


def test_it_stays_where_the_card_is_pinned_or_the_project_keeps_everything(past: Past, card: Card) -> None:
    workspace = past.settings.workspaces / card.id
    past.run(card, days=31)
    past.recent(2)
    past.pin(card)
    past.sweeper.sweep(NOW)
    assert workspace.is_dir()
    past.keep(card.project_id, 0)
    past.sweeper.sweep(NOW)
    assert workspace.is_dir()


def test_it_stays_while_a_sweep_waits_for_a_person(past: Past, card: Card) -> None:
    past.run(card, days=31)
    past.sweeper.sweep(NOW)
    assert (past.settings.workspaces / card.id).is_dir()


def test_one_that_git_can_not_keep_stays(past: Past, repository: Path, card: Card) -> None:
    past.run(card, days=31)
    past.recent(2)
    subprocess.run(["git", "-C", str(repository), "worktree", "prune"], check=True)
    (repository / ".git" / "refs" / "retoma").write_text("in the way")
    past.sweeper.sweep(NOW)
    assert (past.settings.workspaces / card.id / "untracked.txt").read_text() == "new\n"
