"""The routes of projects."""

import subprocess
from pathlib import Path

import httpx
import pytest

from retoma.storage import migrate
from support.edge import Edge


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a git repository with one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    identity = ["-c", "user.name=A", "-c", "user.email=a@example"]
    for step in (["init", "-q", "-b", "main"], [*identity, "commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", *step], cwd=folder, check=True)
    return folder


class TestCreate:
    def test_a_repository_becomes_a_project(self, client: httpx.Client, repository: Path) -> None:
        answer = client.post("/api/projects", json={"name": "Mine", "path": str(repository)})
        assert answer.status_code == 201
        project = answer.json()
        assert (project["name"], project["path"], project["defaultBranch"]) == ("Mine", str(repository), "main")
        assert set(project) == {
            "id",
            "name",
            "path",
            "defaultBranch",
            "testCommand",
            "agent",
            "retentionDays",
            "createdAt",
        }
        assert client.get(f"/api/projects/{project['id']}").json() == project
        assert client.get("/api/projects").json() == {"items": [project], "nextCursor": None}

    def test_the_list_has_pages(self, edge: Edge, client: httpx.Client) -> None:
        made = {edge.add_project().id for _ in range(3)}
        first = client.get("/api/projects?limit=2").json()
        rest = client.get("/api/projects", params={"limit": 2, "cursor": first["nextCursor"]}).json()
        assert first["items"] + rest["items"] == client.get("/api/projects").json()["items"]
        assert {project["id"] for project in first["items"] + rest["items"]} == made
        assert (len(first["items"]), rest["nextCursor"]) == (2, None)

    def test_only_once(self, client: httpx.Client, repository: Path) -> None:
        first = client.post("/api/projects", json={"name": "Mine", "path": str(repository)}).json()
        again = client.post("/api/projects", json={"name": "Again", "path": str(repository)})
        assert (again.status_code, again.json()["projectId"]) == (409, first["id"])

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"path": "/"}, "name"),
            ({"name": "x"}, "path"),
            ({"name": "x", "path": ""}, "path"),
            ({"name": "x", "path": "/nowhere/at/all"}, "path"),
            ({"name": "x", "path": "relative"}, "path"),
            ({"name": "x", "path": "/tmp\0"}, "path"),
            ({"name": "x", "path": "/", "remote": "y"}, "remote"),
        ],
    )
    def test_bad_input_is_refused_by_field(self, client: httpx.Client, body: dict[str, str], field: str) -> None:
        answer = client.post("/api/projects", json=body)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert client.get("/api/projects").json()["items"] == []


class TestSample:
    def test_it_is_made_once(self, client: httpx.Client) -> None:
        first = client.post("/api/projects/sample")
        assert first.status_code == 201
        second = client.post("/api/projects/sample", json={})
        assert (second.status_code, second.json()) == (200, first.json())
        assert len(client.get("/api/cards").json()) == 3


class TestEdit:
    def test_only_the_named_fields_change(self, edge: Edge, client: httpx.Client) -> None:
        project = edge.add_project("Before")
        after = client.patch(f"/api/projects/{project.id}", json={"name": "After", "testCommand": "make test"}).json()
        assert (after["name"], after["testCommand"], after["agent"]) == ("After", "make test", "rehearsal")
        assert client.patch(f"/api/projects/{project.id}", json={"testCommand": None}).json()["testCommand"] is None

    @pytest.mark.parametrize("body", [{"agent": "hal"}, {"agent": None}, {"name": ""}, {"path": "/"}])
    def test_bad_input_changes_nothing(self, edge: Edge, client: httpx.Client, body: dict[str, str | None]) -> None:
        project = edge.add_project("Before")
        assert client.patch(f"/api/projects/{project.id}", json=body).status_code == 422
        assert client.get(f"/api/projects/{project.id}").json()["name"] == "Before"


class TestDelete:
    def test_it_goes_with_its_cards(self, edge: Edge, client: httpx.Client) -> None:
        project, other = edge.add_project(), edge.add_project()
        edge.add_card(project)
        kept = edge.add_card(other)
        assert client.delete(f"/api/projects/{project.id}").status_code == 204
        assert [card["id"] for card in client.get("/api/cards").json()] == [kept]

    def test_not_while_one_of_its_cards_runs(self, edge: Edge, client: httpx.Client) -> None:
        project = edge.add_project()
        edge.start(edge.add_card(project))
        assert client.delete(f"/api/projects/{project.id}").status_code == 409
        assert client.get(f"/api/projects/{project.id}").status_code == 200


class TestHealth:
    def test_all_is_well(self, edge: Edge) -> None:
        with edge.client(token=None) as client:
            health = client.get("/api/health").json()
        assert (health["status"], health["problems"]) == ("ok", [])
        assert health["version"]

    def test_what_ails_the_worker_is_named(self, edge: Edge, client: httpx.Client) -> None:
        edge.ailments.append("The worker is gone.")
        health = client.get("/api/health").json()
        assert (health["status"], health["problems"]) == ("degraded", ["The worker is gone."])

    def test_a_database_that_takes_no_writes_is_named(self, edge: Edge, client: httpx.Client) -> None:
        edge.services.database.close()
        health = client.get("/api/health").json()
        assert health["status"] == "degraded"
        assert "database" in health["problems"][0]

    def test_a_database_without_tables_is_named(self, edge: Edge, client: httpx.Client) -> None:
        migrate.downgrade(edge.services.settings.url, "base")
        try:
            health = client.get("/api/health").json()
        finally:
            migrate.upgrade(edge.services.settings.url)
        assert health["status"] == "degraded"
        assert "tables" in health["problems"][0]


class TestAgents:
    def test_the_known_ones_are_listed_with_what_they_can_do(self, client: httpx.Client) -> None:
        agents = {agent["name"]: agent for agent in client.get("/api/agents").json()["items"]}
        assert set(agents) == {"claude-code", "rehearsal"}
        assert agents["rehearsal"]["available"] is True
        assert set(agents["claude-code"]["capabilities"]) == {"resume", "messages", "approvals", "cost", "thinking"}
