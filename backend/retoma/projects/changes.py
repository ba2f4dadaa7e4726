"""What a card's branch changed against its base, with what is not committed yet.

The repository and the worktree may be hostile, so git works in a room of our own (`room.py`). Nothing is written to the
repository or the worktree.
"""

import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from retoma.projects import patch
from retoma.projects.git import GitError
from retoma.projects.patch import ChangedFile, FileStatus
from retoma.projects.room import Room
from retoma.projects.workspace import find_ref, is_half_made, snapshot_ref

SECONDS = 20  # for all of it
FILES = 1_000  # how many files are told of
LARGE = 2 * 1024 * 1024  # a file above it is named, and not read
PATCH = 8 * 1024 * 1024  # how much of the hunks is read; the files behind are named without
_QUIET = ("--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--submodule=short")
# Above the threshold git takes a file for binary, without reading it.
_SETTINGS = f"[core]\n\tbigFileThreshold = {LARGE}\n"


class Source(StrEnum):
    """Where the files were read that are compared with the base."""

    NEVER_RUN = "never-run"  # no branch yet
    GONE = "branch-gone"  # the branch was there and is not any more
    BRANCH = "branch"
    SNAPSHOT = "snapshot"  # what was kept when the worktree was removed
    WORKTREE = "worktree"  # with what is not committed


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that changed. `base_commit`: where the branch left its base. `left_out`: how many files are not told of."""

    source: Source
    base_commit: str | None = None
    head_commit: str | None = None
    files: Sequence[ChangedFile] = ()
    additions: int = 0
    deletions: int = 0
    left_out: int = 0

    @property
    def truncated(self) -> bool:
        """Whether anything was left out: a file, or a part of one."""
        return self.left_out > 0 or any(file.truncated for file in self.files)


def read_changes(
    repository: Path, workspace: Path | None, *, branch: str | None, base: str, snapshot: str, hunks: bool
) -> Changes:
    """Compare `branch` with where it left `base`; the worktree, or what was kept of it, stands for the branch.

    Without `hunks` only files and counts are read. GitError where git says no, or is not done within SECONDS.
    """
    if branch is None:
        return Changes(source=Source.NEVER_RUN)
    if not repository.is_dir():
        sentence = f"The repository {repository} is not there; put it back, and ask again."
        raise GitError(sentence)
    head = find_ref(repository, f"refs/heads/{branch}")
    if head is None:
        return Changes(source=Source.GONE)
    onto = find_ref(repository, f"refs/heads/{base}")
    if onto is None:
        sentence = f"The branch {base} is not in {repository} any more; there is nothing to compare {branch} with."
        raise GitError(sentence)
    with tempfile.TemporaryDirectory(prefix="retoma-") as folder:
        room = Room.make(repository, Path(folder), seconds=SECONDS, settings=_SETTINGS)
        start = _fork_point(room, onto, head)
        found = None
        if workspace is not None and _is_whole(workspace):
            found = _read_worktree(room, workspace, start, head, hunks=hunks)
            # Removed, or made anew, while it was read: half of it would look like deleted files.
            found = found if _is_whole(workspace) else None
        if found is not None:
            return replace(found, head_commit=head)
        kept = find_ref(repository, snapshot_ref(snapshot))
        source = Source.BRANCH if kept is None else Source.SNAPSHOT
        return replace(_compare(room, source, [start, kept or head], hunks=hunks), head_commit=head)


def _is_whole(workspace: Path) -> bool:
    return (workspace / ".git").exists() and not is_half_made(workspace)


def _fork_point(room: Room, base: str, head: str) -> str:
    """Return the commit at which the branch left its base; the base itself where they have none in common."""
    try:
        return room.run("merge-base", base, head).decode().strip()
    except GitError:
        return base


def _compare(
    room: Room, source: Source, commits: Sequence[str], *, hunks: bool, worktree: Path | None = None
) -> Changes:
    arguments = [*_QUIET, "-M", *commits, "--"]
    listed = room.run("diff", "--raw", "--numstat", "--no-abbrev", "-z", *arguments, worktree=worktree)
    files = patch.parse_names(listed)
    shown = files[:FILES]
    if hunks and shown:
        text = room.run("diff", "-p", "--full-index", *arguments, worktree=worktree, limit=PATCH)
        shown = patch.with_hunks(shown, text, complete=len(text) < PATCH)
    return Changes(
        source=source,
        base_commit=commits[0],
        files=shown,
        additions=sum(file.additions or 0 for file in files),
        deletions=sum(file.deletions or 0 for file in files),
        left_out=len(files) - len(shown),
    )


def _read_worktree(room: Room, workspace: Path, start: str, head: str, *, hunks: bool) -> Changes:
    # The worktree's own index knows which files are as they were, so that not each has to be read.
    if not room.take_index(room.shared / "worktrees" / workspace.name / "index"):
        room.run("read-tree", head)
    untracked = _untracked(room, workspace)
    small = [name for name in untracked if not _is_large(workspace, name)]
    # Named in the index they are compared like all others; what they hold is read from the worktree.
    nothing = room.run("hash-object", "--stdin").strip()
    new = b"".join(b"100644 %b\t%b\0" % (nothing, name) for name in small[:FILES])
    room.run("update-index", "-z", "--index-info", given=new)
    differing = room.run(
        "diff-index", "--raw", "--no-renames", "-z", "--ignore-submodules=dirty", start, worktree=workspace
    )
    large = [name for name in differing.split(b"\0")[1::2] if _is_large(workspace, name)]
    # As if they were unchanged: git would read them through to the end to name their content.
    room.run("update-index", "--assume-unchanged", "-z", "--stdin", worktree=workspace, given=b"\0".join(large))
    found = _compare(room, Source.WORKTREE, [start], hunks=hunks, worktree=workspace)
    known = {file.path for file in found.files}
    unread = [
        *(_unread(name, FileStatus.MODIFIED) for name in large),
        *(_unread(name, FileStatus.ADDED) for name in untracked if _is_large(workspace, name)),
    ]
    files = sorted([*found.files, *(file for file in unread if file.path not in known)], key=lambda file: file.path)
    more = max(len(small) - FILES, 0) + max(len(files) - FILES, 0)
    return replace(found, files=files[:FILES], left_out=found.left_out + more)


def _untracked(room: Room, workspace: Path) -> Sequence[bytes]:
    listed = room.run("ls-files", "--others", "--exclude-standard", "-z", worktree=workspace)
    # A name with / at its end is a repository inside of this one: not ours to look into.
    return [name for name in listed.split(b"\0")[:-1] if not name.endswith(b"/")]


def _is_large(workspace: Path, name: bytes) -> bool:
    try:
        found = os.lstat(os.path.join(os.fsencode(workspace), name))  # noqa: PTH118 - names are bytes
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size > LARGE


def _unread(name: bytes, status: FileStatus) -> ChangedFile:
    path = name.decode("utf-8", "replace")
    return ChangedFile(path=path, status=status, additions=None, deletions=None, binary=False, truncated=True)
