"""Looking at a folder that shall become a project."""

from dataclasses import dataclass
from pathlib import Path
from typing import Never

from retoma.core.errors import InvalidError
from retoma.projects.git import GitError, git


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A usable git repository: its top folder (absolute) and the branch that is checked out."""

    path: str
    default_branch: str


def inspect_repository(path: str) -> Repository:
    """Return what a project needs to know of the repository at `path`.

    InvalidError, with the reason and the way out, where it is none, is empty, or belongs to somebody else.
    """
    folder = _folder(path)
    top = Path(_top_of(folder)).resolve()
    if top != folder:
        _refuse(f"{folder} lies inside the git repository {top}. Use {top}, or run `git init` in {folder}.")
    try:
        git(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitError:
        _refuse(f"{folder} has no commit yet. Make a first one (`git commit`), then add it.")
    try:
        branch = git(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    except GitError:
        _refuse(f"{folder} has no branch checked out (detached HEAD). Run `git switch` to a branch, then add it.")
    return Repository(path=str(folder), default_branch=branch)


def _folder(path: str) -> Path:
    if "\0" in path or not path.strip():
        _refuse("The path is empty or has a NUL character in it; give the absolute path of a git repository.")
    try:
        folder = Path(path).expanduser()
    except RuntimeError:
        _refuse(f"{path!r} begins with the name of a user that this machine does not have; give the whole path.")
    if not folder.is_absolute():
        _refuse(f"{path!r} is not an absolute path; give the whole one, beginning with /.")
    try:
        folder = folder.resolve(strict=True)
        is_folder = folder.is_dir()
    except (OSError, RuntimeError, UnicodeEncodeError):
        _refuse(f"{path} is not there, or can't be read. Give the absolute path of a git repository on this machine.")
    if not is_folder:
        _refuse(f"{folder} is no folder. Give the absolute path of a git repository on this machine.")
    return folder


def _top_of(folder: Path) -> str:
    try:
        return git(folder, "rev-parse", "--show-toplevel")
    except GitError as error:
        if "dubious ownership" in error.detail:
            _refuse(
                f"{folder} belongs to somebody else, and git does not trust it. If you do: "
                f"`git config --global --add safe.directory {folder}`, or make it yours with chown."
            )
        if "must be run in a work tree" in error.detail:
            _refuse(f"{folder} is a bare git repository. Clone it, and add the clone.")
        if "not a git repository" in error.detail:
            _refuse(f"{folder} is no git repository. Run `git init` there and make a first commit, or clone one.")
        _refuse(f"{folder} can't be used: {error.detail}")


def _refuse(sentence: str) -> Never:
    raise InvalidError(sentence, errors=[{"field": "path", "message": sentence}])
