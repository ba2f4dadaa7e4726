"""Calling git: by argument list, never through a shell, with nothing of the repository's own run by it."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from retoma.core.errors import UnavailableError

# A repository can name programs that git then runs: hooks and the file-system monitor are switched off.
_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0")
_SECONDS = 60

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
    allowed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "XDG_CONFIG_HOME") if name in os.environ}
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_SAFE, "-C", str(folder), *arguments],
            env={**allowed, **quiet, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            pass_fds=keeps_open,
            check=False,
        )
    except FileNotFoundError as error:
        sentence = "The program git was not found; install it and try again."
        raise GitError(sentence) from error
    except subprocess.TimeoutExpired as error:
        sentence = f"git {arguments[0]} gave no answer within {_SECONDS} s."
        raise GitError(sentence) from error
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        sentence = f"git {arguments[0]}: {words}"
        raise GitError(sentence)
    return done.stdout.decode("utf-8", "replace").rstrip("\n")
