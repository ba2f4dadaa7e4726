"""Where a rehearsal was: the agent's own memory of a session, from which a resumed one goes on.

It stands in the worktree's git folder, so no diff shows it and it goes away with the worktree. Where there is no git
folder there is no memory, and a resumed rehearsal begins anew.
"""

import hashlib
import json
from pathlib import Path


class Place:
    """The next step of one session, for one command and one script."""

    def __init__(self, workspace: Path, session: str, command: str, script: str) -> None:
        git = _git_folder(workspace)
        name = hashlib.sha256(session.encode()).hexdigest()[:16]
        self._file = None if git is None else git / "retoma-rehearsal" / name
        self._of = f"{command} {hashlib.sha256(script.encode()).hexdigest()}"

    def load(self) -> int:
        """Return the index of the step to go on with; 0 where nothing of just this script is known."""
        try:
            stored = json.loads(self._file.read_text("utf-8")) if self._file else {}
        except (OSError, ValueError):
            return 0
        return int(stored["next"]) if isinstance(stored, dict) and stored.get("of") == self._of else 0

    def store(self, next_step: int) -> None:
        """Remember which step comes next."""
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(exist_ok=True)
            self._file.write_text(json.dumps({"of": self._of, "next": next_step}), "utf-8")
        except OSError:
            self._file = None  # a read-only repository can be rehearsed all the same


def _git_folder(workspace: Path) -> Path | None:
    found = workspace / ".git"
    if found.is_dir():
        return found
    try:
        pointer = found.read_text("utf-8")  # a worktree's is a file: `gitdir: …`
    except (OSError, UnicodeDecodeError):
        return None
    folder = workspace / pointer.removeprefix("gitdir:").strip()
    return folder if folder.is_dir() else None
