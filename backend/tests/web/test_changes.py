"""The route of what a card changed."""

from pathlib import Path

import httpx
import pytest

from retoma.cards import service as cards
from retoma.projects.workspace import prepare_workspace
from support.edge import NOW, Edge
from support.repositories import make_repository


@pytest.fixture
def card(edge: Edge, client: httpx.Client, tmp_path: Path) -> str:
    """Give a card of a project with a repository; it never ran."""
    repository = make_repository(tmp_path / "repository", {"a.txt": "one\ntwo\n"})
    project = client.post("/api/projects", json={"name": "Mine", "path": str(repository)}).json()
    return str(client.post("/api/cards", json={"title": "A card", "projectId": project["id"]}).json()["id"])


def begin(edge: Edge, card: str, tmp_path: Path) -> Path:
    """Make the card's worktree, as its first run does."""
    workspace = tmp_path / "workspaces" / card
    prepare_workspace(tmp_path / "repository", workspace, branch="retoma/1-a", base="main", snapshot=card)
    place = {"workspace": str(workspace), "branch": "retoma/1-a"}
    edge.services.database.write(lambda connection: cards.edit_card(connection, card, place, NOW))
    return workspace


def test_a_card_that_never_ran_says_so(client: httpx.Client, card: str) -> None:
    answer = client.get(f"/api/cards/{card}/diff")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "cardId": card,
            "source": "never-run",
            "base": "main",
            "branch": None,
            "baseCommit": None,
            "headCommit": None,
            "fileCount": 0,
            "additions": 0,
            "deletions": 0,
            "truncated": False,
            "files": [],
        },
    )


def test_what_is_not_committed_yet_is_told_with_its_hunks(
    edge: Edge, client: httpx.Client, card: str, tmp_path: Path
) -> None:
    workspace = begin(edge, card, tmp_path)
    (workspace / "a.txt").write_text("one\n2\n")
    diff = client.get(f"/api/cards/{card}/diff").json()
    assert (diff["source"], diff["branch"], diff["fileCount"], diff["additions"], diff["deletions"]) == (
        "worktree",
        "retoma/1-a",
        1,
        1,
        1,
    )
    file = {
        "path": "a.txt",
        "oldPath": None,
        "status": "modified",
        "binary": False,
        "additions": 1,
        "deletions": 1,
        "truncated": False,
    }
    lines = [" one", "-two", "+2"]
    hunk = {"oldStart": 1, "oldLines": 2, "newStart": 1, "newLines": 2, "section": "", "lines": lines}
    assert diff["files"] == [{**file, "hunks": [hunk]}]
    assert client.get(f"/api/cards/{card}/diff?hunks=false").json()["files"] == [{**file, "hunks": []}]


def test_no_card_and_no_repository_are_told_as_problems(
    edge: Edge, client: httpx.Client, card: str, tmp_path: Path
) -> None:
    assert client.get("/api/cards/none/diff").status_code == 404
    begin(edge, card, tmp_path)
    (tmp_path / "repository").rename(tmp_path / "elsewhere")
    answer = client.get(f"/api/cards/{card}/diff")
    assert (answer.status_code, answer.json()["title"]) == (503, "git refused")
    assert str(tmp_path / "repository") in answer.json()["detail"]
