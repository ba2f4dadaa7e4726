"""What a card is, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Column(StrEnum):
    """The columns of a board, in order."""

    BACKLOG = "backlog"
    PLAN = "plan"
    IMPLEMENT = "implement"
    TEST = "test"
    REVIEW = "review"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One piece of work. `position` orders a column, smallest first; it is unique within its column."""

    id: str
    project_id: str
    number: int
    title: str
    description: str  # Markdown
    column: Column
    position: float
    labels: Sequence[str]
    pinned: bool
    agent: str | None  # None: the project's
    plan: str | None  # Markdown, from the last successful /plan
    branch: str | None
    workspace: str | None  # the worktree's folder, once it was made
    created_at: datetime
    updated_at: datetime
