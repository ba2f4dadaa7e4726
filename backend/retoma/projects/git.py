"""Calling git: by argument list, never through a shell, with nothing of the repository's own run by it.

What is called in a repository or a worktree itself reads and writes names only: refs, the list of worktrees. Whatever
touches files is called in a room (`room.py`), where no filter of the repository is known.
"""

import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from retoma.core.errors import UnavailableError

# A repository can name programs that git then runs: hooks and the file-system monitor are switched off.
_SAFE = (
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0"),
    *("-c", "submodule.recurse=false"),
)
_SECONDS = 60
_MISSING = "The program git was not found; install it and try again."

# Who makes the commits that Retoma itself makes, whatever the user has set up.
IDENTITY = {
    "GIT_AUTHOR_NAME": "Retoma",
    "GIT_AUTHOR_EMAIL": "retoma@localhost",
    "GIT_COMMITTER_NAME": "Retoma",
    "GIT_COMMITTER_EMAIL": "retoma@localhost",
}


class GitError(UnavailableError):
    """git said no; the detail holds its words."""

    code = "git"
    title = "git refused"


def git(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, keeps_open: Sequence[int] = ()
) -> str:
    """Run git in `folder` and return what it printed, without the last newline. GitError with its words on failure.

    `keeps_open`: descriptors that git inherits, so that a lock of ours holds for as long as it works.
    """
    try:
        done = subprocess.run(
            ["git", *_SAFE, "-C", str(folder), *arguments],
            env=_environment(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            pass_fds=keeps_open,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError(_MISSING) from error
    except subprocess.TimeoutExpired as error:
        sentence = f"git {arguments[0]} gave no answer within {_SECONDS} s."
        raise GitError(sentence) from error
    if done.returncode != 0:
        raise _refusal(arguments[0], done.returncode, done.stderr)
    return done.stdout.decode("utf-8", "replace").rstrip("\n")


def read_git(
    folder: Path,
    *arguments: str,
    environment: Mapping[str, str],
    given: bytes,
    limit: int,
    seconds: float,
    keeps_open: Sequence[int] = (),
) -> bytes:
    """Run git in `folder` on what is `given` to it, and return what it printed, up to `limit` bytes.

    A git that prints more is ended. GitError with its words on failure, or when it is not done in time.
    """
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stderr:
        stdin.write(given)
        stdin.seek(0)
        try:
            process = subprocess.Popen(
                ["git", *_SAFE, "--no-pager", "-C", str(folder), *arguments],
                env=_environment(environment),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                pass_fds=keeps_open,
            )
        except FileNotFoundError as error:
            raise GitError(_MISSING) from error
        alarm = threading.Timer(seconds, process.kill)
        alarm.start()
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            with process.stdout as output:
                printed = output.read(limit)
                is_more = bool(output.read(1))
            if is_more:
                process.kill()
            code = process.wait()
        finally:
            is_late = alarm.finished.is_set()
            alarm.cancel()
        if is_late:
            sentence = "git was not done in time; the repository, or what changed in it, is too large."
            raise GitError(sentence)
        if code != 0 and not is_more:
            stderr.seek(0)
            raise _refusal(arguments[0], code, stderr.read())
    return printed


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    allowed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "XDG_CONFIG_HOME") if name in os.environ}
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    return {**allowed, **quiet, **(more or {})}


def _refusal(command: str, code: int, stderr: bytes) -> GitError:
    words = stderr.decode("utf-8", "replace").strip() or f"exit code {code}"
    return GitError(f"git {command}: {words}")
