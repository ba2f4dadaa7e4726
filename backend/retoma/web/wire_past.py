"""The shapes of the answers about the past: statistics, search, sweeps, cards that come in as a file. See wire.py."""

from collections.abc import Mapping
from typing import Literal

from typing_extensions import TypedDict

from retoma.core.status import Command, Status
from retoma.web.wire import Entry, EntryKindName, EntryTypeName, Usage

SearchPart = Literal["card", "execution", "entry"]
SnippetField = Literal["title", "description", "plan", "prompt", "result", "error", "content", "input", "path"]


class Durations(TypedDict):
    """How long executions that are over took, in seconds; null where there is none.

    `p50` and `p95` are durations that one of them had: half of them, 95 % of them, took no longer.
    """

    p50: float | None
    p95: float | None
    total: float | None


class Figures(TypedDict):
    """What some executions came to. `byStatus` has each status; `usage` is the sum of what was reported.

    `successRate` (0 to 1) is the part that succeeded of those that ended as success, error or interrupted; null where
    none did. Cancelled ones do not count in it.
    """

    executions: int
    byStatus: Mapping[str, int]
    successRate: float | None
    duration: Durations
    usage: Usage | None


class Group(Figures):
    """The figures of the executions that have `key` in common; `name` is the project's where that is a project."""

    key: str
    name: str | None


class Statistics(TypedDict):
    """What executions came to, in all, and by what was asked for, in the order of the keys: none that is empty."""

    total: Figures
    groups: list[Group]


class Snippet(TypedDict):
    """The piece of a text in which something was found, as plain text. `field` says which text.

    `ranges` are the places in it that match: begin and end, counted in UTF-16 units, as JavaScript does.
    """

    field: SnippetField
    text: str
    ranges: list[tuple[int, int]]
    moreBefore: bool
    moreAfter: bool


class SearchItem(TypedDict):
    """A card, an execution or an entry that was found; what it is not has null. `timestamp`: when it was made."""

    what: SearchPart
    projectId: str
    cardId: str
    cardNumber: int
    cardTitle: str
    executionId: str | None
    command: Command | None
    agent: str | None
    status: Status | None
    sequence: int | None
    type: EntryTypeName | None
    kind: EntryKindName | None
    timestamp: str
    snippet: Snippet


class SearchedTo(TypedDict):
    """How far back was searched: all that is newer than this, and for entries this very one, was looked at."""

    what: SearchPart
    executionId: str | None
    sequence: int | None
    timestamp: str | None


class SearchPage(TypedDict):
    """A page of what was found. `nextCursor` and `searchedTo` are null when everything was searched."""

    items: list[SearchItem]
    nextCursor: str | None
    searchedTo: SearchedTo | None


class LogMatch(TypedDict):
    """An entry of a log that matches."""

    sequence: int
    timestamp: str
    type: EntryTypeName
    kind: EntryKindName
    snippet: Snippet


class NthMatch(TypedDict):
    """The n-th match of a log; `sequence` is null where there are fewer."""

    n: int
    sequence: int | None


class LogMatches(TypedDict):
    """The matches in a log, in order. `before` of the `total` come up to `after`, the first of `items` is the next.

    Bucket i of N (from 0) has the entries from ⌊i·head/N⌋ + 1 to ⌊(i+1)·head/N⌋, where head is `headSequence`.
    """

    executionId: str
    headSequence: int
    searchedTo: int
    total: int
    before: int
    items: list[LogMatch]
    nextAfter: int | None
    nth: NthMatch | None
    buckets: list[int]
    logRemovedAt: str | None


class MatchingEntries(TypedDict):
    """A piece of the matching entries of a log, in order; `total` is how many there are up to `searchedTo`."""

    executionId: str
    headSequence: int
    searchedTo: int
    total: int
    logs: list[Entry]


class SweepWaiting(TypedDict):
    """A sweep would remove `due` of the `kept` logs, more than half: it waits until a person says yes."""

    due: int
    kept: int


class Sweep(TypedDict):
    """What a sweep over old logs did. `completedAt` is null while it goes on, and where it was cut off.

    `freedBytes`: of the database's file and of run directories, on the machine that swept.
    """

    id: str
    worker: str
    startedAt: str
    completedAt: str | None
    sealedExecutions: int
    sealedEntries: int
    removedExecutions: int
    removedEntries: int
    removedWorktrees: int
    freedBytes: int
    waiting: SweepWaiting | None


class ProjectPlan(TypedDict):
    """What a sweep now would remove of one project."""

    projectId: str
    name: str
    retentionDays: int
    removeExecutions: int
    removeEntries: int


class SweepPlan(TypedDict):
    """What a sweep now would do. `needsYes`: it would remove more than half of all logs."""

    keptLogs: int
    removeExecutions: int
    removeEntries: int
    freeBytes: int
    needsYes: bool
    projects: list[ProjectPlan]


class ImportedCard(TypedDict):
    """What was taken in; `isNew` is false where it was there already, with the same content."""

    cardId: str
    projectId: str
    number: int
    executions: int
    entries: int
    isNew: bool
