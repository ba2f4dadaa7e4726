"""The shapes of the answers about what a card changed. See wire.py."""

from typing_extensions import TypedDict

from retoma.projects.changes import Source
from retoma.projects.patch import FileStatus


class DiffHunk(TypedDict):
    """A piece of a file that changed, as a unified diff has it.

    Each of `lines` begins with a space (as it was), + or -. One that begins with a backslash says that the line before
    has no line break. `section` is the function or heading that the piece lies in.
    """

    oldStart: int
    oldLines: int
    newStart: int
    newLines: int
    section: str
    lines: list[str]


class DiffFile(TypedDict):
    """One changed file. `additions` and `deletions` are null where lines were not counted: binary, or too large.

    `truncated`: some of its hunks, or the rest of a long line, are left out.
    """

    path: str
    oldPath: str | None
    status: FileStatus
    binary: bool
    additions: int | None
    deletions: int | None
    truncated: bool
    hunks: list[DiffHunk]


class Diff(TypedDict):
    """What a card's branch changed since `baseCommit`, where it left its base.

    `source` says what was read: the worktree with what is not committed in it, the snapshot of a removed worktree, the
    branch; or that there is nothing to read, because the card never ran, or its branch is gone. `fileCount`,
    `additions` and `deletions` are sums over all files, also those that `files` has not. `truncated`: something is
    left out.
    """

    cardId: str
    source: Source
    base: str
    branch: str | None
    baseCommit: str | None
    headCommit: str | None
    fileCount: int
    additions: int
    deletions: int
    truncated: bool
    files: list[DiffFile]
