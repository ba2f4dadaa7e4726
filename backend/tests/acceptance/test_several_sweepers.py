"""Two `retoma worker` of one machine that sweep the same past at the same moment."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from retoma.cards.model import Card
from retoma.executions import sweep_store
from retoma.executions.model import Execution, Sweep
from retoma.projects.workspace import prepare_workspace
from retoma.settings import Settings
from retoma.storage.database import Database
from support import factories
from support.past import Past
from support.recorder import until
from support.repositories import make_repository
from support.team import Team

pytestmark = pytest.mark.timeout(120)

DAY = 86_400
_OLD, _OLD_ENTRIES, _PINNED, _PINNED_ENTRIES = 70, 40, 75, 20
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%log_removed_at%'"


@pytest.fixture
def team(tmp_path: Path, postgres_url: str) -> Iterator[Team]:
    """Give a board without a worker yet; those that come sweep every second, and seal what is 50 days old."""
    environment = {"RETOMA_SWEEP_EVERY": "1", "RETOMA_SEAL_AFTER": str(50 * DAY)}
    with Team(tmp_path / "data", postgres_url, environment=environment) as running:
        yield running


def test_two_workers_that_sweep_at_once_remove_and_seal_each_log_once(
    team: Team, postgres_url: str, tmp_path: Path
) -> None:
    with team.database() as database:
        past = Past(database, Settings(data=team.data, database_url=postgres_url))
        project = factories.create_project(database, path=str(make_repository(tmp_path / "repository")))
        past.keep(project, 0)
        cards = [factories.create_card(database, project) for _ in range(2)]
        pinned = factories.create_card(database, project)
        past.pin(pinned)
        old = [past.run(cards[number % 2], days=0, entries=_OLD_ENTRIES) for number in range(_OLD)]
        kept = [past.run(pinned, days=0, entries=_PINNED_ENTRIES) for _ in range(_PINNED)]
        for card in cards:
            _leave_work(past, card, tmp_path / "repository")
        address = postgres_url.replace("+psycopg", "")
        _age(address, old, days=40)
        workers = [team.worker(name) for name in ("one", "two")]
        with psycopg.connect(address) as holder, psycopg.connect(address, autocommit=True) as looker:
            # Both are to be in the middle of a sweep at one moment: about to say that these logs are removed.
            holder.execute("SELECT id FROM executions WHERE id = ANY(%s) FOR UPDATE", [[run.id for run in old]])
            _age(address, kept, days=60)
            past.keep(project, 30)
            until(lambda: looker.execute(_WAITING).fetchone() == (2,), 20)
        until(lambda: all(past.is_removed(run) for run in old), 20)
        until(lambda: all(past.now(run).sealed_at is not None for run in kept), 20)
        workspaces = [past.settings.workspaces / card.id for card in cards]
        until(lambda: not any(workspace.exists() for workspace in workspaces), 20)
        # A report is stored at the end of its sweep, and now and then before.
        until(lambda: sum(sweep.sealed_executions for sweep in _reports(database)) >= _PINNED, 20)
        until(lambda: all(sweep.completed_at is not None for sweep in _reports(database)), 20)
        assert [worker.stop() for worker in workers] == [0, 0]
        assert all(past.is_whole(run) for run in kept)
        sweeps = _reports(database)
    assert list(team.data.glob("*/*.removed")) == []
    assert [line for worker in workers for line in worker.output if "sweep" in line or "can't be" in line] == []
    _assert_counted_once(sweeps)


def _leave_work(past: Past, card: Card, repository: Path) -> None:
    workspace = past.settings.workspaces / card.id
    prepare_workspace(repository, workspace, branch=f"retoma/{card.number}", base="main", snapshot=card.id)
    (workspace / "work.txt").write_text("not committed\n")


def _age(address: str, runs: Sequence[Execution], *, days: int) -> None:
    moment = f"now() - interval '{days} days'"
    with psycopg.connect(address) as connection:
        connection.execute(
            f"UPDATE executions SET completed_at = {moment}, started_at = {moment} WHERE id = ANY(%s)",
            [[run.id for run in runs]],
        )


def _reports(database: Database) -> Sequence[Sweep]:
    with database.read() as connection:
        return [sweep for _, sweep in reversed(sweep_store.list_sweeps(connection, limit=100))]


def _assert_counted_once(sweeps: Sequence[Sweep]) -> None:
    assert sum(sweep.removed_executions for sweep in sweeps) == _OLD
    assert sum(sweep.removed_entries for sweep in sweeps) == _OLD * _OLD_ENTRIES
    assert sum(sweep.sealed_executions for sweep in sweeps) == _PINNED
    assert sum(sweep.sealed_entries for sweep in sweeps) == _PINNED * _PINNED_ENTRIES
    assert sum(sweep.removed_worktrees for sweep in sweeps) == 2
    for worker in ("one", "two"):
        own = [sweep for sweep in sweeps if sweep.worker == worker]
        assert all(sweep.completed_at is not None for sweep in own)
        # One after the other: a worker begins no sweep while its last one goes on.
        assert all(
            one.completed_at is not None and one.completed_at <= later.started_at for one, later in pairwise(own)
        )
