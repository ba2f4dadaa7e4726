"""Workspaces: a git worktree and a branch per card. Nothing in one is deleted without a snapshot."""

import fcntl
import os
import re
import shutil
import tempfile
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from retoma.core.crash import CrashPoint, crash_point
from retoma.projects.git import IDENTITY, GitError, git
from retoma.projects.room import LISTED, RAW, Room

_SLUG_LENGTH = 40
# The word with which git itself locks a worktree until it is made, and we until its files are in it.
_HALF_MADE = "initializing"
_MESSAGE = "What was not committed when the worktree was removed"
# What a worktree is called while it is removed.
_ASIDE = ".removed"
_SECONDS = 120  # for filling a worktree, or keeping what is in it
# What the repository may say of how files are checked out: words that name no program.
_FORMS = frozenset({"core.autocrlf", "core.eol", "core.filemode", "core.symlinks", "core.ignorecase"})

# git locks single files of a repository and fails where two of our calls meet: one at a time per repository.
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def branch_name(number: int, title: str) -> str:
    """Return the branch of a card: `retoma/<number>-<slug of the title>`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].rstrip("-")
    return f"retoma/{number}-{slug}" if slug else f"retoma/{number}"


def prepare_workspace(repository: Path, workspace: Path, *, branch: str, base: str, snapshot: str) -> None:
    """Make the worktree `workspace` on `branch`, which starts at `base` where it is new. There already: nothing.

    What `remove_workspace` has kept under the name `snapshot` is put back into a new one, uncommitted as it was; where
    the branch has moved on since, it is kept under a ref of its own instead, `refs/retoma/snapshots/<snapshot>-<hash>`.
    One that a kill left half made is made anew: no agent has ever been in it.
    """
    workspace.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    ref = snapshot_ref(snapshot)
    with _locks[str(repository)], _making(workspace) as lock:
        if is_half_made(workspace):
            shutil.rmtree(workspace)
        elif _is_worktree(workspace):
            _forget(repository, ref)
            return
        git(repository, "worktree", "prune")
        kept = _find(repository, ref)
        # Twice forced: over what a kill left behind, git's own lock on it included. Locked until its files are in it.
        add = ["worktree", "add", "--force", "--force", "--no-checkout", "--lock", "--reason", _HALF_MADE]
        if _find(repository, f"refs/heads/{branch}") is not None:
            git(repository, *add, str(workspace), branch, keeps_open=[lock])
        else:
            git(repository, *add, "--no-track", "-b", branch, str(workspace), base, keeps_open=[lock])
        _check_out(repository, workspace, keeps_open=lock)
        if kept is not None:
            _put_back(repository, workspace, ref, kept)
        git(repository, "worktree", "unlock", str(workspace))
        if kept is not None:
            _forget(repository, ref)


def remove_workspace(
    repository: Path, workspace: Path, *, snapshot: str, unless: Callable[[], bool] = lambda: False
) -> bool:
    """Remove a worktree. What is not committed in it is kept as a commit under `refs/retoma/snapshots/<snapshot>`.

    The branch stays. `unless` is asked while nobody can prepare this workspace: True leaves it as it is. A kill at any
    moment leaves the worktree whole, or its snapshot. Returns whether this call, and not another process, removed it.
    """
    ref = snapshot_ref(snapshot)
    if not workspace.is_dir():
        return False
    with _locks[str(repository)], _making(workspace):
        if is_half_made(workspace) or not _is_worktree(workspace) or unless():
            return False
        # A worktree that is whole has had its snapshot put back: an earlier one under the name is out of date.
        if _take_snapshot(repository, workspace, ref) is None:
            _forget(repository, ref)
        crash_point(CrashPoint.WORKTREE_KEPT)
        aside = workspace.with_name(workspace.name + _ASIDE)
        shutil.rmtree(aside, ignore_errors=True)
        # In one step: half a worktree would be taken for one in which files were deleted.
        workspace.rename(aside)
        crash_point(CrashPoint.WORKTREE_SET_ASIDE)
        with suppress(FileNotFoundError):  # another process clears away what it takes for left over
            shutil.rmtree(aside)
        git(repository, "worktree", "prune")
    _lock_file(workspace).unlink(missing_ok=True)
    return True


def list_workspaces(folder: Path) -> Sequence[Path]:
    """Return the worktrees in a folder of worktrees. What a kill left of removed ones is cleared away."""
    found = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    for path in found:
        if path.name.endswith(_ASIDE):
            shutil.rmtree(path, ignore_errors=True)
    return [path for path in found if not path.name.endswith(_ASIDE)]


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


def is_half_made(workspace: Path) -> bool:
    """Whether its making was killed here: until it is done, the worktree is locked with this word."""
    try:
        pointer = (workspace / ".git").read_text("utf-8")
        lock = (workspace / pointer.removeprefix("gitdir:").strip() / "locked").read_text("utf-8")
    except OSError:
        return False
    return lock.strip() == _HALF_MADE


def _is_worktree(workspace: Path) -> bool:
    if not (workspace / ".git").exists():
        return False
    try:
        return Path(git(workspace, "rev-parse", "--show-toplevel")).resolve() == workspace.resolve()
    except GitError:
        return False


def snapshot_ref(name: str) -> str:
    """Return the ref under which is kept what was not committed in a removed worktree."""
    return f"refs/retoma/snapshots/{name}"


def find_ref(repository: Path, ref: str) -> str | None:
    """Return what a ref names, without looking at it; None where there is no such ref."""
    try:
        return git(repository, "rev-parse", "--verify", "--quiet", ref)
    except GitError:
        return None


def _find(repository: Path, ref: str) -> str | None:
    """Return the commit that a ref names, None where there is no such ref."""
    try:
        return git(repository, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    except GitError:
        return None


def _forget(repository: Path, ref: str) -> None:
    git(repository, "update-ref", "-d", ref)


@contextmanager
def _room(repository: Path, *, attributes: str = "") -> Iterator[Room]:
    settings = _forms(repository)
    with tempfile.TemporaryDirectory(prefix="retoma-") as folder:
        yield Room.make(
            repository, Path(folder), seconds=_SECONDS, settings=settings, attributes=attributes, knows_user=True
        )


def _check_out(repository: Path, workspace: Path, *, keeps_open: int) -> None:
    """Fill a new worktree. Filters (git LFS) are those of the user's own configuration, never the repository's."""
    head = git(workspace, "rev-parse", "--verify", "HEAD^{commit}")
    # Objects that git LFS does not have on this machine are left out: nothing is fetched.
    more = {"GIT_INDEX_FILE": str(_index_of(workspace)), "GIT_LFS_SKIP_DOWNLOAD_ERRORS": "1"}
    with _room(repository) as room:
        room.run(*("read-tree", "--reset", "-u", head), worktree=workspace, environment=more, keeps_open=keeps_open)


def _forms(repository: Path) -> str:
    listed = git(repository, "config", "--list", "-z").split("\0")
    said = (entry.partition("\n") for entry in listed)
    forms = "".join(f"\t{key[5:]} = {value}\n" for key, _, value in said if key in _FORMS and value.isalpha())
    storage = Path(git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir")) / "lfs"
    quoted = str(storage).replace("\\", "\\\\").replace('"', '\\"')
    return f'[core]\n{forms}[lfs]\n\tstorage = "{quoted}"\n'


def _index_of(workspace: Path) -> Path:
    return Path(git(workspace, "rev-parse", "--path-format=absolute", "--git-path", "index"))


def _put_back(repository: Path, workspace: Path, ref: str, kept: str) -> None:
    """Make the files of a new worktree those of the commit `kept`; the index and the branch stay as they are."""
    head = git(workspace, "rev-parse", "HEAD")
    with _room(repository, attributes=RAW) as room:
        if room.run("log", "-1", "--format=%P %s", kept).decode().strip() == f"{head} {_MESSAGE}":
            changed = room.run("diff-tree", "-r", "--no-renames", "--name-only", "-z", head, kept)
            room.run("read-tree", head)
            named = ("--pathspec-from-file=-", "--pathspec-file-nul")
            room.run("restore", f"--source={kept}", "--worktree", *named, worktree=workspace, given=changed)
            return
    # The branch has moved on, or commits without a branch were kept.
    _keep(repository, f"{ref}-{kept[:12]}", kept)


def _take_snapshot(repository: Path, workspace: Path, ref: str) -> str | None:
    """Keep the files as they lie there, byte for byte, in a commit on top of HEAD. None: nothing differs from it."""
    head = git(workspace, "rev-parse", "--verify", "HEAD^{commit}")
    with _room(repository, attributes=RAW) as room:
        _read_head(room, workspace, head)
        # Not `git add`, which goes into submodules, and there runs what their configuration names.
        which = ("--modified", "--deleted", "--others", "--exclude-standard")
        listed = room.run("ls-files", *which, "-z", worktree=workspace)
        if len(listed) >= LISTED:
            sentence = f"There are too many new files in {workspace} to keep them."
            raise GitError(sentence)
        names = b"".join(name.rstrip(b"/") + b"\0" for name in listed.split(b"\0")[:-1])
        room.run("update-index", "--add", "--remove", "--replace", "-z", "--stdin", worktree=workspace, given=names)
        tree = room.run("write-tree").decode().strip()
        if tree == room.run("rev-parse", f"{head}^{{tree}}").decode().strip():
            return None if _has_branch(workspace) else _keep(repository, ref, head)
        made = room.run("commit-tree", tree, "-p", head, "-m", _MESSAGE, environment=IDENTITY)
    return _keep(repository, ref, made.decode().strip())


def _read_head(room: Room, workspace: Path, head: str) -> None:
    """Begin with the files of `head`. Those that the worktree's index knows to be unchanged are not read again."""
    if room.take_index(_index_of(workspace)):
        try:
            room.run("read-tree", "--reset", head)
            tags = {line[:1] for line in room.run("ls-files", "-v", "-z").split(b"\0")[:-1]}
        except GitError:
            tags = None
        if tags is not None and tags <= {b"H"}:  # another tag: changes of that file are not to be looked for
            return
        room.index.unlink(missing_ok=True)
    room.run("read-tree", head)


def _has_branch(workspace: Path) -> bool:
    """Whether a branch is checked out: commits made without one are named by nothing but the worktree itself."""
    try:
        git(workspace, "symbolic-ref", "--quiet", "HEAD")
    except GitError:
        return False
    return True


def _keep(repository: Path, ref: str, commit: str) -> str:
    git(repository, "update-ref", ref, commit)
    return ref
