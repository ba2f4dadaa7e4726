"""A git folder of our own over a repository's objects.

The repository and its worktrees may be hostile: their configuration and their attributes can name programs (filters,
textconv, an external diff, a file-system monitor, hooks, a remote to fetch missing objects from). In here there is none
of it: an attribute that names a program names nothing. So whatever touches files that an agent wrote is done here.
"""

import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retoma.projects.git import GitError, git, read_git

LISTED = 64 * 1024 * 1024  # of names
# Files go in and out byte for byte: nobody converts ends of lines, encodings or anything else.
RAW = "* -text -filter -ident -working-tree-encoding\n"
_INDEX = 256 * 1024 * 1024
_CONFIGURATION = """[core]
	repositoryformatversion = 1
[extensions]
	objectFormat = """


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The git folder, and the time by which all that is done in it has to be done."""

    git_folder: Path
    shared: Path  # the repository's git folder
    environment: Mapping[str, str]
    deadline: float  # of time.monotonic()

    @staticmethod
    def make(
        repository: Path,
        folder: Path,
        *,
        seconds: float,
        settings: str = "",
        attributes: str = "",
        knows_user: bool = False,
    ) -> "Room":
        """Furnish the empty `folder`, with `settings` as configuration; `attributes` go before those of any file.

        `knows_user`: the user's own configuration, in the home folder, holds here too.
        """
        shared = Path(git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir"))
        for name in ("refs", "objects", "info"):
            (folder / name).mkdir()
        (folder / "HEAD").write_text("ref: refs/heads/none\n")
        format_of_names = git(repository, "rev-parse", "--show-object-format")
        (folder / "config").write_text(f"{_CONFIGURATION}{format_of_names}\n{settings}")
        (folder / "info" / "attributes").write_text(attributes)
        _copy(shared / "shallow", folder / "shallow")
        _copy(shared / "info" / "exclude", folder / "info" / "exclude")
        environment = {
            "GIT_DIR": str(folder),
            "GIT_OBJECT_DIRECTORY": str(shared / "objects"),
            "GIT_INDEX_FILE": str(folder / "index"),
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ALLOW_PROTOCOL": "none",
        }
        if not knows_user:
            environment["GIT_CONFIG_GLOBAL"] = os.devnull
        return Room(git_folder=folder, shared=shared, environment=environment, deadline=time.monotonic() + seconds)

    @property
    def index(self) -> Path:
        """The index of this room."""
        return self.git_folder / "index"

    def run(
        self,
        *arguments: str,
        worktree: Path | None = None,
        given: bytes = b"",
        limit: int = LISTED,
        environment: Mapping[str, str] | None = None,
        keeps_open: int | None = None,
    ) -> bytes:
        """Run git here; with `worktree`, on its files."""
        more = {} if worktree is None else {"GIT_WORK_TREE": str(worktree)}
        return read_git(
            worktree or self.git_folder,
            *arguments,
            environment={**self.environment, **more, **(environment or {})},
            given=given,
            limit=limit,
            seconds=max(self.deadline - time.monotonic(), 0.01),
            keeps_open=() if keeps_open is None else (keeps_open,),
        )

    def take_index(self, index: Path) -> bool:
        """Begin with a copy of `index`, which knows the files that are as they were. False: it is of no use."""
        try:
            taken = _copy(index, self.index) and not self.run("ls-files", "--unmerged", "-z")
        except GitError:
            taken = False
        if not taken:
            self.index.unlink(missing_ok=True)
        return taken


def _copy(source: Path, target: Path) -> bool:
    """Copy a file that may be anything by now, with its time, by which git tells what changed since. False: none."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _INDEX:
            return False
        target.write_bytes(file.read(_INDEX))
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
    return True
