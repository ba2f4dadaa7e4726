"""How long logs are kept, and when a sweep must not believe the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from retoma.core.errors import ConflictError
from retoma.executions import past_store
from retoma.executions.model import Waiting
from retoma.projects import store as project_store
from retoma.settings import Settings
from retoma.storage.connection import Connection

# A sweep that nobody asked for and that would remove more of all logs than this has seen a clock jump, more likely.
_LARGEST_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a sweep of a moment would remove: by project id, how many logs and how many entries."""

    cutoffs: Mapping[str, datetime]  # by project id; a project that keeps everything has none
    projects: Mapping[str, tuple[int, int]]
    kept: int  # logs that there are, those included

    @property
    def logs(self) -> int:
        """How many logs are due."""
        return sum(logs for logs, _ in self.projects.values())

    @property
    def entries(self) -> int:
        """How many entries they have."""
        return sum(entries for _, entries in self.projects.values())

    @property
    def waiting(self) -> Waiting | None:
        """Why a sweep must not remove them without a person's word; None where it may."""
        return Waiting(due=self.logs, kept=self.kept) if self.logs > self.kept * _LARGEST_SHARE else None

    def refuse_much(self) -> None:
        """ConflictError where a person has to say yes first."""
        if self.waiting is not None:
            raise ConflictError(sentence(self.waiting))


def sentence(waiting: Waiting) -> str:
    """Return what to tell a person whose word is needed."""
    return (
        f"{waiting.due} of {waiting.kept} logs would be removed, more than half: nothing is. If the clock is right and "
        "that is what you want: `retoma prune --yes`. `retoma prune --dry-run` shows them by project; to keep them, "
        "pin their cards, or let the project, or RETOMA_RETENTION_DAYS, keep logs longer."
    )


def look(connection: Connection, settings: Settings, now: datetime) -> Due:
    """Return what is due at `now`."""
    cutoffs = {}
    for project in project_store.list_projects(connection):
        days = settings.retention_days if project.retention_days is None else project.retention_days
        if days:
            cutoffs[project.id] = _days_before(now, days)
    return Due(
        cutoffs=cutoffs,
        projects=past_store.count_due(connection, cutoffs),
        kept=past_store.count_kept(connection),
    )


def _days_before(now: datetime, days: int) -> datetime:
    earliest = datetime.min.replace(tzinfo=UTC)
    return now - timedelta(days=days) if now - earliest > timedelta(days=days) else earliest
