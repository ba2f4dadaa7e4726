"""Looking at a folder that shall become a project: every refusal says why and what to do; nothing of it is run."""

import os
import subprocess
from pathlib import Path

import pytest

from retoma.core.errors import InvalidError
from retoma.projects.git import GitError, git
from retoma.projects.repository import Repository, inspect_repository
from support.repositories import make_repository

NOBODY = 65534

pytestmark = pytest.mark.usefixtures("home")


def refusal(path: Path | str) -> str:
    with pytest.raises(InvalidError) as refused:
        inspect_repository(str(path))
    assert refused.value.errors == ({"field": "path", "message": refused.value.detail},)
    return refused.value.detail


def test_a_repository_with_a_commit_is_usable(tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "with space, ünïcode & $HOME;`id`")
    assert inspect_repository(str(folder)) == Repository(path=str(folder), default_branch="main")


def test_a_link_to_a_repository_is_the_repository(tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "real")
    (tmp_path / "link").symlink_to(folder)
    assert inspect_repository(str(tmp_path / "link")).path == str(folder)


def test_a_path_in_the_home_folder_may_begin_with_a_tilde(home: Path) -> None:
    folder = make_repository(home / "work")
    assert inspect_repository("~/work").path == str(folder)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("/tmp/a\0b", "NUL"),
        ("relative/path", "not an absolute path"),
        ("~nobody-has-this-name/x", "user that this machine does not have"),
        ("/nowhere/at/all", "is not there"),
        ("/proc/version", "is no folder"),
        ("/" + "x" * 5000, "is not there"),
        ("/tmp/\ud800", "is not there"),
    ],
)
def test_what_is_no_absolute_folder_is_refused(path: str, words: str) -> None:
    assert words in refusal(path)


def test_a_folder_without_a_repository_is_refused_with_the_way_out(tmp_path: Path) -> None:
    assert "no git repository. Run `git init`" in refusal(tmp_path)


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "can't be read" in refusal(tmp_path / "a")


def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "empty")], check=True)
    assert "no commit yet" in refusal(tmp_path / "empty")


def test_a_detached_head_is_refused(tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "repository")
    subprocess.run(["git", "-C", str(folder), "checkout", "-q", "--detach"], check=True)
    assert "detached HEAD" in refusal(folder)


def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "repository")
    subprocess.run(["git", "clone", "-q", "--bare", str(folder), str(tmp_path / "bare")], check=True)
    assert "bare" in refusal(tmp_path / "bare")
    assert "bare" in refusal(folder / ".git")


def test_a_folder_inside_a_repository_is_refused_and_the_top_is_named(tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "repository")
    (folder / "inner").mkdir()
    assert f"Use {folder}" in refusal(folder / "inner")


def test_a_repository_of_somebody_else_is_refused_with_the_way_out(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    folder = make_repository(tmp_path / "theirs")
    for part in (folder, *folder.rglob("*")):
        os.chown(part, NOBODY, NOBODY)
    words = refusal(folder)
    assert "belongs to somebody else" in words
    assert f"`git config --global --add safe.directory {folder}`" in words
    subprocess.run(["git", "config", "--global", "--add", "safe.directory", str(folder)], check=True)
    assert inspect_repository(str(folder)).path == str(folder)


def test_a_broken_repository_is_refused_with_git_s_words(tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "broken")
    (folder / ".git" / "config").write_text("[core\n")
    assert "bad config" in refusal(folder)


def test_git_says_why_it_failed(tmp_path: Path) -> None:
    with pytest.raises(GitError, match=r"git rev-parse: .*not a git repository"):
        git(tmp_path, "rev-parse", "HEAD")


def test_a_missing_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="git was not found"):
        git(tmp_path, "status")


def test_variables_of_our_own_environment_do_not_lead_git_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other = make_repository(tmp_path / "one"), make_repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert git(folder, "rev-parse", "--show-toplevel") == str(folder)
