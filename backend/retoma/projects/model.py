"""What a project is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One git repository with its board. `agent` is the agent that its cards run by default."""

    id: str
    name: str
    path: str  # the repository's top folder, absolute, resolved
    default_branch: str
    test_command: str | None  # a shell command, run in the workspace
    agent: str
    created_at: datetime
    retention_days: int | None = None  # how long its logs are kept, 0 = for ever, None = as the setting says
