"""The changes of a card: its branch against where it left its base, and nothing of the repository's own run by it."""

import os
import subprocess
from pathlib import Path
from shutil import which

import pytest

from retoma.projects import changes, patch
from retoma.projects.changes import Changes, Source, read_changes
from retoma.projects.git import GitError
from retoma.projects.patch import FileStatus
from retoma.projects.workspace import prepare_workspace, remove_workspace
from support.repositories import git, make_hostile, make_repository

LINES = "".join(f"line {n}\n" for n in range(1, 41))
FILES = {"kept.txt": "kept\n", "changed.txt": LINES, "gone.txt": "gone\n", "moved.txt": LINES.replace("line", "row")}
BRANCH = "retoma/1-a"

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", FILES)


@pytest.fixture
def workspace(repository: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "workspaces" / "card"
    prepare_workspace(repository, folder, branch=BRANCH, base="main", snapshot="card")
    return folder


def read(repository: Path, workspace: Path | None, *, hunks: bool = True) -> Changes:
    return read_changes(repository, workspace, branch=BRANCH, base="main", snapshot="card", hunks=hunks)


def work(workspace: Path) -> None:
    """Commit a part, leave a part uncommitted."""
    (workspace / "changed.txt").write_text(LINES.replace("line 3\n", "line three\n").replace("line 30\n", ""))
    (workspace / "gone.txt").unlink()
    git(workspace, "mv", "moved.txt", "elsewhere.txt")
    git(workspace, "commit", "-qam", "Work")
    (workspace / "new").mkdir()
    (workspace / "new" / "ünïcode \t.txt").write_text("a\nb")
    (workspace / "picture.bin").write_bytes(b"\0\1\2")


WORK = [
    ("changed.txt", "modified", None, 1, 2, False),
    ("elsewhere.txt", "renamed", "moved.txt", 0, 0, False),
    ("gone.txt", "deleted", None, 0, 1, False),
    ("new/ünïcode \t.txt", "added", None, 2, 0, False),
    ("picture.bin", "added", None, None, None, True),
]


def told(found: Changes) -> list[tuple[object, ...]]:
    return [(f.path, f.status, f.old_path, f.additions, f.deletions, f.binary) for f in found.files]


def test_a_card_that_never_ran_has_nothing_to_compare(repository: Path) -> None:
    found = read_changes(repository, None, branch=None, base="main", snapshot="card", hunks=True)
    assert found == Changes(source=Source.NEVER_RUN)


def test_a_branch_that_is_gone_is_said_to_be(repository: Path) -> None:
    assert read(repository, None).source is Source.GONE


def test_a_fresh_worktree_has_no_changes(repository: Path, workspace: Path) -> None:
    found = read(repository, workspace)
    assert (found.source, found.files, found.base_commit) == (Source.WORKTREE, [], git(repository, "rev-parse", "main"))


def test_committed_and_uncommitted_work_is_told_file_by_file(repository: Path, workspace: Path) -> None:
    work(workspace)
    before = git(workspace, "status", "--porcelain")
    found = read(repository, workspace)
    assert told(found) == WORK
    assert (found.additions, found.deletions, found.truncated) == (3, 3, False)
    first, second = found.files[0].hunks
    assert (first.old_start, first.old_lines, first.new_start, first.new_lines) == (1, 6, 1, 6)
    assert first.lines == [" line 1", " line 2", "-line 3", "+line three", " line 4", " line 5", " line 6"]
    assert "-line 30" in second.lines
    assert found.files[3].hunks[0].lines == ["+a", "+b", "\\ No newline at end of file"]
    assert git(workspace, "status", "--porcelain") == before


def test_counts_alone_come_without_hunks(repository: Path, workspace: Path) -> None:
    work(workspace)
    found = read(repository, workspace, hunks=False)
    assert told(found) == WORK
    assert [file.hunks for file in found.files] == [()] * len(WORK)


def test_it_is_the_same_after_the_worktree_was_removed(repository: Path, workspace: Path) -> None:
    work(workspace)
    there = read(repository, workspace)
    remove_workspace(repository, workspace, snapshot="card")
    kept = read(repository, workspace)
    assert kept.source is Source.SNAPSHOT
    assert kept.files == there.files


def test_a_branch_without_a_worktree_is_read_itself(repository: Path, workspace: Path) -> None:
    (workspace / "kept.txt").write_text("other\n")
    git(workspace, "commit", "-qam", "Work")
    remove_workspace(repository, workspace, snapshot="card")
    found = read(repository, workspace)
    assert (found.source, told(found)) == (Source.BRANCH, [("kept.txt", "modified", None, 1, 1, False)])


def test_what_the_base_gained_since_is_no_change_of_the_card(repository: Path, workspace: Path) -> None:
    (workspace / "kept.txt").write_text("other\n")
    fork = git(repository, "rev-parse", "main")
    (repository / "theirs.txt").write_text("theirs\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Theirs")
    found = read(repository, workspace)
    assert ([file.path for file in found.files], found.base_commit) == (["kept.txt"], fork)


def test_ignored_files_are_no_changes(repository: Path, workspace: Path) -> None:
    (repository / ".git" / "info" / "exclude").write_text("*.log\n")
    (workspace / ".gitignore").write_text("build/\n")
    (workspace / "build").mkdir()
    for name in ("build/out", "a.log", "b.txt"):
        (workspace / name).write_text("x\n")
    assert [file.path for file in read(repository, workspace).files] == [".gitignore", "b.txt"]


def test_a_merge_that_goes_on_does_not_disturb(repository: Path, workspace: Path) -> None:
    (workspace / "kept.txt").write_text("ours\n")
    git(workspace, "commit", "-qam", "Ours")
    (repository / "kept.txt").write_text("theirs\n")
    git(repository, "commit", "-qam", "Theirs")
    with pytest.raises(subprocess.CalledProcessError):
        git(workspace, "merge", "main")
    assert "<<<<<<<" in (workspace / "kept.txt").read_text()
    found = read(repository, workspace)
    assert [(file.path, file.status) for file in found.files] == [("kept.txt", FileStatus.MODIFIED)]
    assert any("+<<<<<<<" in line for line in found.files[0].hunks[0].lines)


def test_a_file_that_became_a_link_is_one_file(repository: Path, workspace: Path) -> None:
    (workspace / "gone.txt").unlink()
    (workspace / "gone.txt").symlink_to("kept.txt")
    (workspace / "kept.txt").write_text("diff --git a/x b/x\n@@ -1 +1 @@\n")
    gone, kept = read(repository, workspace).files
    assert (gone.status, [hunk.lines for hunk in gone.hunks]) == (
        FileStatus.MODIFIED,
        [["-gone"], ["+kept.txt", "\\ No newline at end of file"]],
    )
    assert [hunk.lines for hunk in kept.hunks] == [["-kept", "+diff --git a/x b/x", "+@@ -1 +1 @@"]]


def test_huge_files_are_named_and_not_read(repository: Path, workspace: Path) -> None:
    (workspace / "gone.txt").unlink()  # so that git would compare contents to find a rename
    for name in ("kept.txt", "huge.bin"):
        with (workspace / name).open("r+b" if name == "kept.txt" else "wb") as file:
            file.truncate(200 * 1024**3)  # reading it would take minutes
    found = read(repository, workspace)
    assert [(f.path, f.status, f.additions, f.truncated) for f in found.files] == [
        ("gone.txt", "deleted", 0, False),
        ("huge.bin", "added", None, True),
        ("kept.txt", "modified", None, True),
    ]
    assert found.truncated


def test_more_than_the_limits_is_left_out_and_said(
    repository: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(8):
        (workspace / f"new-{n}.txt").write_text(f"{n} " + "x" * 100 + "\n")
    (workspace / "changed.txt").write_text("y" * 5_000 + "\n")
    monkeypatch.setattr(changes, "FILES", 5)
    monkeypatch.setattr(changes, "PATCH", 6_500)
    found = read(repository, workspace)
    assert [file.path for file in found.files] == ["changed.txt", *(f"new-{n}.txt" for n in range(4))]
    assert (found.left_out, found.truncated) == (4, True)
    assert found.files[0].truncated
    assert max(len(line) for line in found.files[0].hunks[0].lines) == patch.LINE
    assert found.files[-1].truncated
    assert found.additions == 6


def test_a_git_that_is_not_done_in_time_is_ended(
    repository: Path, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(
        f'#!/bin/sh\ncase "$*" in *read-tree*|*update-index*) exec sleep 60;; esac\nexec {which("git")} "$@"\n'
    )
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(changes, "SECONDS", 1)
    with pytest.raises(GitError, match="not done in time"):
        read(repository, workspace)


def test_a_hostile_repository_runs_nothing_of_its_own(
    repository: Path, workspace: Path, tmp_path: Path, home: Path
) -> None:
    marker = tmp_path / "marker"
    make_hostile(repository, workspace, marker)
    assert os.environ["HOME"] == str(home)
    for plain in (["diff", "main"], ["status"], ["add", "-A", "-n"]):
        marker.unlink(missing_ok=True)
        subprocess.run(["git", *plain], cwd=workspace, check=False, capture_output=True)
        assert marker.exists(), f"git {plain[0]} springs no trap: the repository is not hostile"
    marker.unlink()
    found = read(repository, workspace)
    assert not marker.exists(), marker.read_text()
    assert [file.path for file in found.files] == [".gitattributes", "inner/sub", "kept.txt", "new.txt"]
    remove = ["git", "worktree", "remove", "--force", str(workspace)]
    subprocess.run(remove, cwd=repository, check=False, capture_output=True)
    marker.unlink(missing_ok=True)
    assert read(repository, None).source is Source.BRANCH
    assert not marker.exists(), marker.read_text()


def test_missing_objects_are_fetched_from_nobody(repository: Path, workspace: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    make_hostile(repository, workspace, marker)
    blob = git(repository, "rev-parse", "main:kept.txt")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    git(repository, "config", "extensions.partialClone", "origin")
    marker.unlink(missing_ok=True)
    subprocess.run(["git", "cat-file", "-p", blob], cwd=repository, check=False, capture_output=True)
    assert marker.exists(), "git fetches nothing: the test proves nothing"
    marker.unlink()
    with pytest.raises(GitError):
        read(repository, workspace)
    assert not marker.exists(), marker.read_text()
