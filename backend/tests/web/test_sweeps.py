"""Sweeps over HTTP: what they did, what one would do, one now; and how long a project keeps its logs."""

import time
from datetime import timedelta
from functools import partial

import httpx
import pytest

from retoma.executions import sweep_store
from retoma.executions.model import Sweep, Waiting
from support.edge import NOW, Edge


def _old_runs(edge: Edge, number: int) -> list[str]:
    """Make runs that ended before this year began."""
    project = edge.add_project()
    runs = []
    for _ in range(number):
        runs.append(edge.start(edge.add_card(project)))
        edge.run(runs[-1])
        edge.write(runs[-1], 4)
        edge.finish(runs[-1], completed_at=NOW - timedelta(days=4000))
    return runs


def test_reports_come_newest_first_and_in_pages(edge: Edge, client: httpx.Client) -> None:
    for hour in range(3):
        sweep = Sweep(worker="w", started_at=NOW + timedelta(hours=hour), removed_entries=hour)
        edge.services.database.write(partial(sweep_store.insert_sweep, sweep=sweep))
    first = client.get("/api/sweeps?limit=2").json()
    assert [sweep["removedEntries"] for sweep in first["items"]] == [2, 1]
    second = client.get("/api/sweeps", params={"limit": 2, "cursor": first["nextCursor"]}).json()
    assert [sweep["removedEntries"] for sweep in second["items"]] == [0]
    assert second["nextCursor"] is None


def test_a_plan_says_what_a_sweep_would_remove_and_changes_nothing(edge: Edge, client: httpx.Client) -> None:
    runs = _old_runs(edge, 3)
    plan = client.get("/api/sweeps/plan").json()
    assert (plan["removeExecutions"], plan["removeEntries"], plan["keptLogs"], plan["needsYes"]) == (3, 12, 3, True)
    (project,) = plan["projects"]
    assert (project["name"], project["retentionDays"], project["removeExecutions"]) == ("Board", 30, 3)
    assert client.get("/api/sweeps").json()["items"] == []
    assert len(client.get(f"/api/executions/{runs[0]}/logs").json()["logs"]) == 4


def test_more_than_half_is_removed_only_with_a_yes(edge: Edge, client: httpx.Client) -> None:
    runs = _old_runs(edge, 3)
    refused = client.post("/api/sweeps", json={})
    assert refused.status_code == 409
    assert "3 of 3 logs" in refused.json()["detail"]
    assert "retoma prune --yes" in refused.json()["detail"]
    assert len(client.get(f"/api/executions/{runs[0]}/logs").json()["logs"]) == 4
    begun = client.post("/api/sweeps", json={"yes": True})
    assert begun.status_code == 202
    assert _finish(client, begun.json()["id"])["removedExecutions"] == 3
    assert client.get(f"/api/executions/{runs[0]}/logs").json()["logs"] == []


def _finish(client: httpx.Client, sweep: str) -> dict[str, object]:
    deadline = time.monotonic() + 20
    while True:
        report: dict[str, object] = client.get(f"/api/sweeps/{sweep}").json()
        if report["completedAt"] is not None:
            return report
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_sweep_that_waits_says_so_in_its_report(edge: Edge, client: httpx.Client) -> None:
    _old_runs(edge, 2)
    edge.services.sweeper.sweep()
    (report,) = client.get("/api/sweeps").json()["items"]
    assert report["waiting"] == {"due": 2, "kept": 2}
    assert edge.services.sweeper.due(NOW).waiting == Waiting(due=2, kept=2)


def test_an_unknown_report_is_not_found(client: httpx.Client) -> None:
    assert client.get("/api/sweeps/7").status_code == 404


@pytest.mark.parametrize("days", [0, 1, 36500, None])
def test_a_project_says_how_long_its_logs_are_kept(edge: Edge, client: httpx.Client, days: int | None) -> None:
    project = edge.add_project()
    assert client.get(f"/api/projects/{project.id}").json()["retentionDays"] is None
    client.patch(f"/api/projects/{project.id}", json={"retentionDays": 5}).raise_for_status()
    changed = client.patch(f"/api/projects/{project.id}", json={"retentionDays": days})
    assert changed.json()["retentionDays"] == days
    assert client.patch(f"/api/projects/{project.id}", json={"name": "New"}).json()["retentionDays"] == days


@pytest.mark.parametrize("days", [-1, 36501, 1.5, "7", True])
def test_a_senseless_number_of_days_is_refused(edge: Edge, client: httpx.Client, days: object) -> None:
    project = edge.add_project()
    assert client.patch(f"/api/projects/{project.id}", json={"retentionDays": days}).status_code == 422
    assert client.get(f"/api/projects/{project.id}").json()["retentionDays"] is None
