"""Small git repositories for tests."""

import subprocess
from pathlib import Path

_IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@localhost")


def make_repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Make a git repository with one commit, on branch main, at `folder`."""
    folder.mkdir(parents=True)
    for name, content in (files or {"README.md": "# A repository for tests\n"}).items():
        (folder / name).write_text(content)
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], [*_IDENTITY, "commit", "-q", "-m", "First"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder
