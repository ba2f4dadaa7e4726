"""`GET /api/stats`: the figures of the runs that are asked for."""

from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import delete

from retoma.core.status import Status
from retoma.logs.tables import ExecutionLogRow
from retoma.storage.base import table_of
from support.edge import Edge


@pytest.fixture
def runs(edge: Edge) -> list[str]:
    """Give two projects' runs: a success and an error of one, one of the other that goes on."""
    one, other = edge.add_project(), edge.add_project()
    card = edge.add_card(one)
    made = []
    for status in ("success", "error"):
        made.append(edge.start(card, "/plan"))
        edge.run(made[-1])
        edge.write(made[-1], 3)
        edge.finish(made[-1], Status(status))
    made.append(edge.start(edge.add_card(other), "/test"))
    return made


def test_they_are_told_in_all_and_by_group(client: httpx.Client, runs: list[str]) -> None:
    found = client.get("/api/stats", params={"by": "command"}).json()
    total = found["total"]
    assert total["executions"] == len(runs)
    assert total["byStatus"] == {
        **dict.fromkeys(("queued", "success", "error"), 1),
        **dict.fromkeys(("running", "waiting", "cancelled", "interrupted"), 0),
    }
    assert total["successRate"] == 0.5
    assert total["usage"] is None
    assert [(group["key"], group["name"], group["executions"]) for group in found["groups"]] == [
        ("/plan", None, 2),
        ("/test", None, 1),
    ]
    assert found["groups"][1]["duration"] == {"p50": None, "p95": None, "total": None}


def test_projects_are_told_by_name(client: httpx.Client, runs: list[str]) -> None:
    names = {project["id"]: project["name"] for project in client.get("/api/projects").json()["items"]}
    groups = client.get("/api/stats", params={"by": "project"}).json()["groups"]
    assert {group["key"]: group["name"] for group in groups} == names
    assert sum(group["executions"] for group in groups) == len(runs)


def test_they_know_the_filters_of_the_history(client: httpx.Client, runs: list[str]) -> None:
    for parameters in (
        {},
        {"status": ["success", "error"]},
        {"command": "/test"},
        {"agent": "nobody"},
        {"from": "2020-01-01T00:00:00Z"},
        {"to": "2020-01-01T00:00:00Z"},
        {"cardId": "nope"},
    ):
        listed = client.get("/api/executions", params=parameters).json()["items"]
        assert client.get("/api/stats", params=parameters).json()["total"]["executions"] == len(listed), parameters
    assert client.get("/api/stats?projectId=nope").status_code == 404


def test_days_are_those_of_the_zone_that_is_named(client: httpx.Client, runs: list[str]) -> None:
    created = datetime.fromisoformat(client.get(f"/api/executions/{runs[0]}").json()["createdAt"])
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        groups = client.get("/api/stats", params={"by": "day", "timeZone": zone}).json()["groups"]
        assert groups[0]["key"] == created.astimezone(ZoneInfo(zone)).date().isoformat()


def test_they_stay_when_the_logs_are_gone(edge: Edge, client: httpx.Client, runs: list[str]) -> None:
    before = client.get("/api/stats", params={"by": "status"}).json()
    edge.services.database.write(lambda connection: connection.execute(delete(table_of(ExecutionLogRow))).rowcount)
    assert client.get("/api/stats", params={"by": "status"}).json() == before
    assert before["total"]["executions"] == len(runs)


@pytest.mark.parametrize("query", ["by=week", "timeZone=Mars/Olympus", "timeZone=", "from=yesterday", "status=idle"])
def test_a_bad_question_is_refused(client: httpx.Client, query: str) -> None:
    answer = client.get(f"/api/stats?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]
