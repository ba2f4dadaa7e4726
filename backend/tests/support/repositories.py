"""Small git repositories for tests."""

import subprocess
from pathlib import Path

_IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@localhost")


def git(folder: Path, *arguments: str) -> str:
    """Run git in `folder`, and return what it printed."""
    command = ["git", *_IDENTITY, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def make_repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Make a git repository with one commit, on branch main, at `folder`."""
    folder.mkdir(parents=True)
    for name, content in (files or {"README.md": "# A repository for tests\n"}).items():
        (folder / name).write_text(content)
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "First"]):
        git(folder, *arguments)
    return folder


def make_hostile(repository: Path, workspace: Path, marker: Path) -> None:
    """Let configuration, attributes, hooks, a submodule and a remote name programs that leave a mark."""
    trap = marker.with_name("trap")
    trap.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{marker}'\nexit 0\n")
    trap.chmod(0o755)
    (workspace / "inner").mkdir()
    make_repository(workspace / "inner" / "sub")
    git(workspace, "add", "inner/sub")
    git(workspace, "commit", "-qm", "A submodule")
    attributes = "* filter=evil diff=evil merge=evil\n"
    for name in (".gitattributes", "inner/sub/.gitattributes"):
        (workspace / name).write_text(attributes)
    for folder in (repository, workspace / "inner" / "sub"):
        for key in ("diff.external", "core.fsmonitor", "core.pager", "core.sshCommand", "diff.evil.textconv"):
            git(folder, "config", key, str(trap))
        for key in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.command"):
            git(folder, "config", key, str(trap))
        git(folder, "config", "core.hooksPath", str(marker.parent / "hooks"))
        git(folder, "config", "core.attributesFile", str(workspace / ".gitattributes"))
    (marker.parent / "hooks").mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"):
        (marker.parent / "hooks" / name).symlink_to(trap)
    git(repository, "config", "remote.origin.url", f"ext::{trap}")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "protocol.ext.allow", "always")
    (workspace / "inner" / "sub" / "README.md").write_text("changed\n")
    (workspace / "kept.txt").write_text("other\n")
    (workspace / "new.txt").write_text("new\n")


def files_in(workspace: Path, *, but: str = ".git") -> dict[str, bytes]:
    """Return the content of each file, under its name and mode; without what is in folders called `but`."""
    found = (path for path in workspace.rglob("*") if path.is_file() and path.name != ".git" and but not in path.parts)
    return {f"{path.relative_to(workspace)} {path.stat().st_mode:o}": path.read_bytes() for path in found}
