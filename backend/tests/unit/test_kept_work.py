"""What was not committed in a worktree is kept and comes back byte for byte, and nothing that agents wrote is run."""

import os
import subprocess
from pathlib import Path

import pytest

from retoma.projects.workspace import prepare_workspace, remove_workspace
from support.repositories import files_in, git, make_hostile, make_repository

FILES = {"kept.txt": "kept\n", "changed.txt": "before\n", "gone.txt": "gone\n"}

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", FILES)


def test_a_hostile_worktree_is_kept_removed_and_made_anew_with_nothing_of_it_run(
    repository: Path, tmp_path: Path
) -> None:
    workspace, marker = tmp_path / "card", tmp_path / "marker"
    (repository / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "Attributes that name nothing yet")
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    make_hostile(repository, workspace, marker)
    beside = str(tmp_path / "beside")
    for plain in (["add", "--all", "-n"], ["worktree", "add", "-f", beside, "retoma/1-a"], ["restore", "kept.txt"]):
        marker.unlink(missing_ok=True)
        subprocess.run(["git", *plain], cwd=workspace, check=False, capture_output=True)
        assert marker.exists(), f"git {plain[0]} springs no trap: the repository is not hostile"
    (workspace / "kept.txt").write_text("by the agent\n")
    before = files_in(workspace, but="inner")
    marker.unlink()
    assert remove_workspace(repository, workspace, snapshot="card")
    assert not marker.exists(), marker.read_text()
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert not marker.exists(), marker.read_text()
    assert files_in(workspace, but="inner") == before


def test_a_snapshot_in_the_agents_name_is_looked_at_without_its_programs(repository: Path, tmp_path: Path) -> None:
    workspace, marker = tmp_path / "card", tmp_path / "marker"
    git(repository, "branch", "retoma/1-a")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{marker}'\n")
    trap.chmod(0o755)
    signed = git(repository, "cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n\n", 1
    )
    written = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
        input=signed + "\n",
    )
    git(repository, "update-ref", "refs/retoma/snapshots/card", written.stdout.strip())
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "gpg.program", str(trap))
    git(repository, "log", "-1", "--format=%P %s", "refs/retoma/snapshots/card")
    assert marker.exists(), "git log asks nobody about the signature: the test proves nothing"
    marker.unlink()
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert not marker.exists()


def test_uncommitted_work_comes_back_byte_for_byte_whatever_git_would_make_of_it(
    repository: Path, tmp_path: Path
) -> None:
    git(repository, "config", "--global", "filter.loud.clean", "tr A-Z a-z")
    git(repository, "config", "--global", "filter.loud.smudge", "tr a-z A-Z")
    attributes = "*.txt text eol=crlf\n*.id ident\n*.loud filter=loud\n*.wide text working-tree-encoding=UTF-16LE\n"
    (repository / ".gitattributes").write_text(attributes)
    for name in ("same.txt", "same.loud", "same.id", "touched.txt", "staged.txt"):
        (repository / name).write_text("one $Id$\ntwo\n")
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "Forms")
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert (workspace / "same.txt").read_bytes() == b"one $Id$\r\ntwo\r\n"
    assert (workspace / "same.loud").read_text() == "ONE $ID$\nTWO\n"
    for file in workspace.glob("same.*"):  # git looks again at what is as young as its index
        os.utime(file, (1_000_000_000, 1_000_000_000))
    (workspace / "changed.txt").write_bytes(b"mixed\r\nends\nof lines\r")
    (workspace / "touched.txt").touch()
    (workspace / "staged.txt").write_bytes(b"staged\r\n")
    (workspace / "new.loud").write_text("Both Cases\n")
    (workspace / "new.id").write_text("$Id: by hand $\n")
    (workspace / "new.wide").write_bytes("wide\n".encode("utf-16-le"))
    git(workspace, "add", "staged.txt", "new.loud")
    before = files_in(workspace)
    git(workspace, "status")
    assert remove_workspace(repository, workspace, snapshot="card")
    kept = git(repository, "diff", "--name-only", "main", "refs/retoma/snapshots/card").split()
    assert "same.loud" not in kept, "what nobody touched is not kept once more"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert files_in(workspace) == before


def test_a_change_that_git_was_told_not_to_look_for_is_kept(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    git(workspace, "update-index", "--assume-unchanged", "kept.txt")
    (workspace / "kept.txt").write_text("in secret\n")
    assert remove_workspace(repository, workspace, snapshot="card")
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert (workspace / "kept.txt").read_text() == "in secret\n"
