"""Workspaces: a worktree and a branch per card, made once, removed only with a snapshot that brings all back."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from retoma.projects.git import GitError
from retoma.projects.workspace import branch_name, prepare_workspace, remove_workspace
from support.repositories import files_in, git, make_repository

FILES = {"kept.txt": "kept\n", "changed.txt": "before\n", "gone.txt": "gone\n"}

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", FILES)


@pytest.mark.parametrize(
    ("number", "title", "branch"),
    [
        (1, "Add a login page", "retoma/1-add-a-login-page"),
        (12, "  Ünïcode, très  été!  ", "retoma/12-unicode-tres-ete"),
        (3, "日本語 \U0001f680", "retoma/3"),
        (4, "../../etc; rm -rf ~ && --force", "retoma/4-etc-rm-rf-force"),
        (5, "x" * 300, "retoma/5-" + "x" * 40),
        (6, "a" * 39 + " b", "retoma/6-" + "a" * 39),
        (7, "ends.lock", "retoma/7-ends-lock"),
    ],
)
def test_a_branch_is_named_after_its_card_and_git_takes_the_name(number: int, title: str, branch: str) -> None:
    assert branch_name(number, title) == branch
    subprocess.run(["git", "check-ref-format", "--branch", branch], check=True, capture_output=True)


def test_a_workspace_is_a_worktree_on_its_own_branch(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspaces" / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert (workspace / "kept.txt").read_text() == "kept\n"
    assert git(workspace, "symbolic-ref", "HEAD") == "refs/heads/retoma/1-a"
    assert git(repository, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(repository, "status", "--porcelain") == ""


def test_preparing_a_workspace_again_leaves_it_as_it_is(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    (workspace / "new.txt").write_text("work\n")
    (workspace / "changed.txt").write_text("after\n")
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert (workspace / "new.txt").read_text() == "work\n"
    assert (workspace / "changed.txt").read_text() == "after\n"


def test_a_workspace_that_was_lost_is_made_again_with_what_was_committed(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    (workspace / "kept.txt").write_text("committed\n")
    git(workspace, "commit", "-qam", "Work")
    subprocess.run(["rm", "-rf", str(workspace)], check=True)
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert (workspace / "kept.txt").read_text() == "committed\n"


def test_a_branch_that_is_there_already_is_taken_up(repository: Path, tmp_path: Path) -> None:
    git(repository, "branch", "retoma/1-a")
    prepare_workspace(repository, tmp_path / "card", branch="retoma/1-a", base="main", snapshot="card")
    assert git(tmp_path / "card", "symbolic-ref", "--short", "HEAD") == "retoma/1-a"


def test_a_base_that_is_not_there_is_told_and_leaves_nothing(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(GitError, match="no-such-base"):
        prepare_workspace(repository, tmp_path / "card", branch="retoma/1-a", base="no-such-base", snapshot="card")
    assert not (tmp_path / "card").exists()
    assert git(repository, "branch", "--list", "retoma/*") == ""


def test_a_folder_in_the_way_is_not_touched(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    workspace.mkdir()
    (workspace / "mine.txt").write_text("mine\n")
    with pytest.raises(GitError, match="already exists"):
        prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert (workspace / "mine.txt").read_text() == "mine\n"


def test_eight_workspaces_of_one_repository_are_prepared_at_once(repository: Path, tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def prepare(number: int) -> Path:
        workspace = tmp_path / "workspaces" / str(number)
        together.wait()
        prepare_workspace(repository, workspace, branch=f"retoma/{number}-x", base="main", snapshot="card")
        return workspace

    with ThreadPoolExecutor(8) as pool:
        workspaces = list(pool.map(prepare, range(8)))
    assert all((workspace / "kept.txt").is_file() for workspace in workspaces)
    assert len(git(repository, "worktree", "list").splitlines()) == 9


def test_one_workspace_that_is_prepared_eight_times_at_once_is_made_once(repository: Path, tmp_path: Path) -> None:
    workspace, together = tmp_path / "workspaces" / "card", threading.Barrier(8)

    def prepare(_: int) -> None:
        together.wait()
        prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(prepare, range(8)))
    assert len(git(repository, "worktree", "list").splitlines()) == 2


def test_nothing_of_the_repository_is_run(repository: Path, tmp_path: Path) -> None:
    canary, program = tmp_path / "canary", tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 >> {canary}\n")
    program.chmod(0o755)
    for hook in ("post-checkout", "pre-commit", "post-commit", "reference-transaction", "post-index-change"):
        (repository / ".git" / "hooks" / hook).symlink_to(program)
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "post-checkout").symlink_to(program)
    git(repository, "config", "core.fsmonitor", str(program))
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    (workspace / "changed.txt").write_text("after\n")
    git(repository, "config", "core.hooksPath", str(tmp_path / "hooks"))
    assert remove_workspace(repository, workspace, snapshot="card-1")
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert not canary.exists()
    git(repository, "status")
    assert canary.exists()  # an ordinary call of git does run it


def test_removing_a_workspace_keeps_what_was_not_committed_and_the_branch(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    (workspace / "committed.txt").write_text("committed\n")
    git(workspace, "add", "committed.txt")
    git(workspace, "commit", "-qm", "Work")
    (workspace / "changed.txt").write_text("after\n")
    (workspace / "staged.txt").write_text("staged\n")
    git(workspace, "add", "staged.txt")
    (workspace / "untracked").mkdir()
    (workspace / "untracked" / "ünï code.bin").write_bytes(b"\x00\xff")
    (workspace / "gone.txt").unlink()
    assert remove_workspace(repository, workspace, snapshot="card-1")
    ref = "refs/retoma/snapshots/card-1"
    assert not workspace.exists()
    git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "back"), ref)
    back = tmp_path / "back"
    assert (back / "changed.txt").read_text() == "after\n"
    assert (back / "staged.txt").read_text() == "staged\n"
    assert (back / "committed.txt").read_text() == "committed\n"
    assert (back / "untracked" / "ünï code.bin").read_bytes() == b"\x00\xff"
    assert not (back / "gone.txt").exists()
    assert git(repository, "rev-parse", f"{ref}^") == git(repository, "rev-parse", "retoma/1-a")


def test_a_workspace_with_everything_committed_leaves_its_branch_only(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    (workspace / "changed.txt").write_text("after\n")
    git(workspace, "commit", "-qam", "Work")
    assert remove_workspace(repository, workspace, snapshot="card-1")
    assert not workspace.exists()
    assert git(repository, "show", "retoma/1-a:changed.txt") == "after"
    assert git(repository, "for-each-ref", "refs/retoma") == ""


def test_commits_on_no_branch_are_kept(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    git(workspace, "checkout", "-q", "--detach")
    (workspace / "changed.txt").write_text("on no branch\n")
    git(workspace, "commit", "-qam", "Work")
    assert remove_workspace(repository, workspace, snapshot="card-1")
    ref = "refs/retoma/snapshots/card-1"
    assert git(repository, "show", f"{ref}:changed.txt") == "on no branch"


def test_removing_what_is_not_there_does_nothing(repository: Path, tmp_path: Path) -> None:
    assert not remove_workspace(repository, tmp_path / "nothing", snapshot="card-1")
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    remove_workspace(repository, workspace, snapshot="card-1")
    assert not remove_workspace(repository, workspace, snapshot="card-1")


def test_a_folder_that_is_no_worktree_is_never_removed(repository: Path, tmp_path: Path) -> None:
    folder = repository / "inner"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine\n")
    assert not remove_workspace(repository, folder, snapshot="card-1")
    assert (folder / "mine.txt").read_text() == "mine\n"


def _leave_work(workspace: Path) -> dict[str, bytes]:
    """Change, delete and add files, tracked and not; return what is there then."""
    (workspace / "committed.txt").write_text("committed\n")
    git(workspace, "add", "committed.txt")
    git(workspace, "commit", "-qm", "Work")
    (workspace / "changed.txt").write_text("after\n")
    (workspace / "gone.txt").unlink()
    (workspace / "folder").mkdir()
    (workspace / "folder" / "new.bin").write_bytes(b"\x00\xff")
    (workspace / "tool.sh").write_text("#!/bin/sh\n")
    (workspace / "tool.sh").chmod(0o755)
    return files_in(workspace)


def test_a_worktree_that_is_made_anew_has_the_uncommitted_work_again(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    before, status = _leave_work(workspace), git(workspace, "status", "--porcelain")
    assert remove_workspace(repository, workspace, snapshot="card")
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert files_in(workspace) == before
    assert git(workspace, "status", "--porcelain") == status
    assert git(repository, "for-each-ref", "refs/retoma") == "", "it is back, and not kept twice"
    assert "locked" not in git(repository, "worktree", "list", "--porcelain")


def test_work_that_was_put_back_and_committed_since_does_not_come_back_once_more(
    repository: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    _leave_work(workspace)
    assert remove_workspace(repository, workspace, snapshot="card")
    ref = "refs/retoma/snapshots/card"
    kept = git(repository, "rev-parse", ref)
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    git(repository, "update-ref", ref, kept)  # as it stands where a kill came before it was forgotten
    git(workspace, "add", "--all")
    git(workspace, "commit", "-qm", "All of it")
    assert remove_workspace(repository, workspace, snapshot="card")
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert git(workspace, "status", "--porcelain") == ""


def test_work_whose_branch_has_moved_on_is_kept_beside_it(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    _leave_work(workspace)
    remove_workspace(repository, workspace, snapshot="card")
    git(repository, "checkout", "-q", "retoma/1-a")
    (repository / "kept.txt").write_text("by somebody else\n")
    git(repository, "commit", "-qam", "More")
    git(repository, "checkout", "-q", "main")
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    assert git(workspace, "status", "--porcelain") == ""
    (ref,) = git(repository, "for-each-ref", "--format=%(refname)", "refs/retoma").split()
    assert ref.startswith("refs/retoma/snapshots/card-")
    assert git(repository, "show", f"{ref}:changed.txt") == "after"


def test_a_worktree_that_is_needed_after_all_stays(repository: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "card"
    prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
    before = _leave_work(workspace)
    assert not remove_workspace(repository, workspace, snapshot="card", unless=lambda: True)
    assert files_in(workspace) == before


class TestKilledInTheMiddle:
    """A filter of the user's, which waits for a file, keeps git in the middle of its checkout."""

    @pytest.fixture
    def gate(self, repository: Path, tmp_path: Path) -> Path:
        gate = tmp_path / "gate"
        waits = f"echo once >> {tmp_path}/begun; while [ ! -e {gate} ]; do sleep 0.02; done; cat"
        git(repository, "config", "--global", "filter.waits.smudge", waits)
        git(repository, "config", "--global", "filter.waits.clean", "cat")
        (repository / ".gitattributes").write_text("gone.txt filter=waits\n")
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", "Waits")
        return gate

    def _wait_until_begun(self, tmp_path: Path) -> None:
        while not (tmp_path / "begun").exists():
            pass

    def test_a_worktree_that_was_half_made_is_made_anew(self, repository: Path, tmp_path: Path, gate: Path) -> None:
        workspace = tmp_path / "workspaces" / "card"
        workspace.parent.mkdir()
        adding = subprocess.Popen(
            ["git", "worktree", "add", "-q", "-b", "retoma/1-a", str(workspace), "main"],
            cwd=repository,
            start_new_session=True,
        )
        self._wait_until_begun(tmp_path)
        os.killpg(adding.pid, signal.SIGKILL)
        adding.wait()
        gate.touch()
        assert not (workspace / "gone.txt").exists(), "it was killed in the middle"
        prepare_workspace(repository, workspace, branch="retoma/1-a", base="main", snapshot="card")
        assert {file.name: file.read_text() for file in workspace.glob("*.txt")} == FILES
        assert git(workspace, "status", "--porcelain") == ""

    def test_a_git_that_outlived_its_killed_server_is_waited_for(
        self, repository: Path, tmp_path: Path, gate: Path
    ) -> None:
        workspace = tmp_path / "workspaces" / "card"
        code = "import sys; from pathlib import Path; from retoma.projects.workspace import prepare_workspace as make; "
        code += "make(Path(sys.argv[1]), Path(sys.argv[2]), branch='retoma/1-a', base='main', snapshot='card')"
        server = subprocess.Popen([sys.executable, "-c", code, str(repository), str(workspace)])
        self._wait_until_begun(tmp_path)
        server.kill()
        server.wait()
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(
                prepare_workspace, repository, workspace, branch="retoma/1-a", base="main", snapshot="card"
            )
            try:
                with pytest.raises(TimeoutError):
                    made.result(0.5)
                assert (tmp_path / "begun").read_text() == "once\n", "the second has not begun beside the first"
            finally:
                gate.touch()
            made.result(20)
        assert {file.name: file.read_text() for file in workspace.glob("*.txt")} == FILES
        assert git(workspace, "status", "--porcelain") == ""
