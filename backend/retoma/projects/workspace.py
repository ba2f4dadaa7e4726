"""Workspaces: a git worktree and a branch per card. Nothing in one is deleted without a snapshot."""

import fcntl
import os
import re
import shutil
import tempfile
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retoma.projects.git import IDENTITY, GitError, git

_SLUG_LENGTH = 40

# git locks single files of a repository and fails where two of our calls meet: one at a time per repository.
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def branch_name(number: int, title: str) -> str:
    """Return the branch of a card: `retoma/<number>-<slug of the title>`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].rstrip("-")
    return f"retoma/{number}-{slug}" if slug else f"retoma/{number}"


def prepare_workspace(repository: Path, workspace: Path, *, branch: str, base: str) -> None:
    """Make the worktree `workspace` on `branch`, which starts at `base` where it is new. There already: nothing.

    One that a kill left half made is made anew: no agent has ever been in it.
    """
    workspace.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locks[str(repository)], _making(workspace) as lock:
        if _is_half_made(workspace):
            shutil.rmtree(workspace)
        elif _is_worktree(workspace):
            return
        git(repository, "worktree", "prune")
        # Twice forced: over what a kill left behind, git's own lock on it included.
        add = ("worktree", "add", "--force", "--force")
        if _branch_exists(repository, branch):
            git(repository, *add, str(workspace), branch, keeps_open=[lock])
        else:
            git(repository, *add, "--no-track", "-b", branch, str(workspace), base, keeps_open=[lock])


def remove_workspace(repository: Path, workspace: Path, *, snapshot: str) -> str | None:
    """Remove a worktree. What is not committed in it is kept as a commit under `refs/retoma/snapshots/<snapshot>`.

    Returns that ref, or None where everything was committed. The branch stays.
    """
    with _locks[str(repository)]:
        if not _is_worktree(workspace):
            return None
        ref = _take_snapshot(workspace, f"refs/retoma/snapshots/{snapshot}")
        git(repository, "worktree", "remove", "--force", str(workspace))
        _lock_file(workspace).unlink(missing_ok=True)
        return ref


@contextmanager
def _making(workspace: Path) -> Iterator[int]:
    """Hold the right to make `workspace`. A git that outlived its killed server still holds it: it is waited for."""
    descriptor = os.open(_lock_file(workspace), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock_file(workspace: Path) -> Path:
    return workspace.with_name(f"{workspace.name}.lock")


def _is_half_made(workspace: Path) -> bool:
    """Whether `git worktree add` was killed here: until it is done, it locks the worktree with this word."""
    try:
        pointer = (workspace / ".git").read_text("utf-8")
        lock = (workspace / pointer.removeprefix("gitdir:").strip() / "locked").read_text("utf-8")
    except OSError:
        return False
    return lock.strip() == "initializing"


def _is_worktree(workspace: Path) -> bool:
    if not (workspace / ".git").exists():
        return False
    try:
        return Path(git(workspace, "rev-parse", "--show-toplevel")).resolve() == workspace.resolve()
    except GitError:
        return False


def _branch_exists(repository: Path, branch: str) -> bool:
    try:
        git(repository, "show-ref", "--verify", "--quiet", f"refs/heads/{branch}")
    except GitError:
        return False
    return True


def _take_snapshot(workspace: Path, ref: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="retoma-") as folder:
        # An index of our own: the one in the worktree stays as the user or agent left it.
        environment = {"GIT_INDEX_FILE": str(Path(folder) / "index"), **IDENTITY}
        git(workspace, "read-tree", "HEAD", environment=environment)
        git(workspace, "add", "--all", environment=environment)
        tree = git(workspace, "write-tree", environment=environment)
        if tree == git(workspace, "rev-parse", "HEAD^{tree}"):
            return None if _has_branch(workspace) else _keep(workspace, ref, "HEAD")
        message = "What was not committed when its card was deleted"
        commit = git(workspace, "commit-tree", tree, "-p", "HEAD", "-m", message, environment=environment)
    return _keep(workspace, ref, commit)


def _has_branch(workspace: Path) -> bool:
    """Whether a branch is checked out: commits made without one are named by nothing but the worktree itself."""
    try:
        git(workspace, "symbolic-ref", "--quiet", "HEAD")
    except GitError:
        return False
    return True


def _keep(workspace: Path, ref: str, commit: str) -> str:
    git(workspace, "update-ref", ref, commit)
    return ref
