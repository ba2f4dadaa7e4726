"""Boards with a past: executions that ended days ago, with entries, run directories and worktrees."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from retoma.cards import service as cards
from retoma.cards.model import Card
from retoma.core.status import Status
from retoma.executions import store
from retoma.executions.model import Execution
from retoma.live.feed import Feed
from retoma.logs import store as logs
from retoma.projects import store as project_store
from retoma.projects.model import Project
from retoma.retention.sweep import Sweeper
from retoma.settings import Settings
from retoma.storage.database import Database
from support import factories

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
NEVER = 1e10  # seconds until a log is sealed, where that is not of interest


@dataclass
class Past:
    """A data folder and its database."""

    database: Database
    settings: Settings
    living: AbstractSet[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        self.sweeper = self.new_sweeper()

    def new_sweeper(self) -> Sweeper:
        """Return a sweeper, as each process has one."""
        return Sweeper(self.database, Feed(self.database), self.settings, name="sweeper", living=lambda: self.living)

    def run(
        self, card: Card, *, days: float | None, entries: int = 3, status: Status = Status.SUCCESS, files: bool = True
    ) -> Execution:
        """Make an execution that ended so many days before NOW; None: it goes on."""
        started = NOW - timedelta(days=days or 0, hours=1)
        execution, fence = factories.run(self.database, card.id)
        if entries:
            factories.append(self.database, execution, fence, factories.make_entries(1, entries))
        if files:
            folder = self.settings.runs / execution.public_id
            folder.mkdir(parents=True)
            (folder / "out.jsonl").write_text("{}\n" * entries)
        if days is not None:
            ended = {"started_at": started, "completed_at": NOW - timedelta(days=days), "duration": 3600.0}
            assert self.database.write(lambda connection: store.move(connection, execution.id, status, ended))
        return factories.reload(self.database, execution)

    def recent(self, number: int) -> list[Execution]:
        """Make executions that ended yesterday, each on a card of its own."""
        return [self.run(factories.create_card(self.database), days=1) for _ in range(number)]

    def pin(self, card: Card) -> None:
        """Pin a card."""
        self.database.write(lambda connection: cards.edit_card(connection, card.id, {"pinned": True}, NOW))

    def keep(self, project: Project | str, days: int | None) -> None:
        """Let a project keep its logs for so many days."""
        key = project if isinstance(project, str) else project.id
        self.database.write(lambda connection: project_store.update_project(connection, key, {"retention_days": days}))

    def now(self, execution: Execution) -> Execution:
        """Return the execution as it is stored."""
        return factories.reload(self.database, execution)

    def entries(self, execution: Execution) -> int:
        """Return how many entries are stored of an execution."""

        with self.database.read() as connection:
            return sum(1 for _ in logs.scan(connection, execution.id))

    def is_whole(self, execution: Execution) -> bool:
        """Whether an execution has its log, all of it, and its files."""
        stored = self.now(execution)
        folder = self.settings.runs / execution.public_id
        return stored.log_removed_at is None and self.entries(execution) == stored.head_sequence and folder.is_dir()

    def is_removed(self, execution: Execution) -> bool:
        """Whether the log of an execution is gone, all of it, and said to be."""
        folder = self.settings.runs / execution.public_id
        return self.now(execution).log_removed_at is not None and not self.entries(execution) and not folder.exists()
