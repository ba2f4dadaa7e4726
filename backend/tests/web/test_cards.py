"""The routes of cards."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from retoma.cards import service as cards
from retoma.pipeline.launch import start_execution
from retoma.projects.workspace import prepare_workspace
from support.edge import NOW, Edge
from support.repositories import make_repository


class TestList:
    def test_a_board_is_an_array_of_cards_with_their_active_execution_or_null(
        self, edge: Edge, client: httpx.Client
    ) -> None:
        project = edge.add_project()
        idle, busy = edge.add_card(project, "idle"), edge.add_card(project, "busy")
        execution = edge.start(busy)
        edge.run(execution)
        cards = {card["id"]: card for card in client.get("/api/cards").json()}
        assert cards[idle]["activeExecution"] is None
        active = cards[busy]["activeExecution"]
        assert active["id"] == execution
        assert active["status"] == "running"
        assert active["command"] == "/plan"
        assert active["startedAt"] == "2026-11-22T19:36:00.123Z"
        assert active["completedAt"] is None
        assert active["duration"] >= 0
        assert set(active) == {
            "id",
            "status",
            "command",
            "agent",
            "startedAt",
            "completedAt",
            "duration",
            "headSequence",
            "lastLine",
            "usage",
        }

    def test_the_projects_cards_only_where_one_is_named(self, edge: Edge, client: httpx.Client) -> None:
        one, other = edge.add_project(), edge.add_project()
        card = edge.add_card(one)
        edge.add_card(other)
        found = client.get("/api/cards", params={"projectId": one.id}).json()
        assert [found_card["id"] for found_card in found] == [card]

    def test_an_unknown_project_is_not_found(self, client: httpx.Client) -> None:
        assert client.get("/api/cards", params={"projectId": "nope"}).status_code == 404

    def test_the_number_of_queries_does_not_grow_with_the_board(
        self, edge: Edge, client: httpx.Client, statements: list[str]
    ) -> None:
        project = edge.add_project()
        edge.start(edge.add_card(project))
        counts = []
        for _ in range(2):
            statements.clear()
            client.get("/api/cards", params={"projectId": project.id})
            counts.append(len(statements))
            for _ in range(10):
                edge.start(edge.add_card(project))
        assert counts[0] == counts[1] > 0


class TestCreate:
    def test_a_card_needs_only_a_title(self, edge: Edge, client: httpx.Client) -> None:
        project = edge.add_project()
        answer = client.post("/api/cards", json={"title": "  Mend it  "})
        assert answer.status_code == 201
        card = answer.json()
        assert card["title"] == "Mend it"
        assert card["projectId"] == project.id
        assert (card["column"], card["position"], card["number"]) == ("backlog", 1.0, 1)
        assert card["labels"] == []
        assert card["activeExecution"] is None
        assert client.get(f"/api/cards/{card['id']}").json() == card

    def test_without_a_project_it_says_what_to_do(self, client: httpx.Client) -> None:
        answer = client.post("/api/cards", json={"title": "Mend it"})
        assert answer.status_code == 422
        assert "/api/projects" in answer.json()["detail"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "title"),
            ({"title": ""}, "title"),
            ({"title": "  "}, "title"),
            ({"title": None}, "title"),
            ({"title": "x" * 501}, "title"),
            ({"title": "a\0b"}, "title"),
            ({"title": "x", "color": "red"}, "color"),
            ({"title": "x", "column": "doing"}, "column"),
            ({"title": "x", "labels": [""]}, "labels.0"),
            ({"title": "x", "description": 7}, "description"),
        ],
    )
    def test_bad_input_is_refused_by_field_and_stores_nothing(
        self, edge: Edge, client: httpx.Client, body: dict[str, object], field: str
    ) -> None:
        edge.add_project()
        answer = client.post("/api/cards", json=body)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert client.get("/api/cards").json() == []

    def test_half_of_a_surrogate_pair_is_refused(self, edge: Edge, client: httpx.Client) -> None:
        edge.add_project()
        answer = client.post(
            "/api/cards", content=b'{"title": "\\ud800"}', headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422

    def test_an_unknown_agent_is_refused(self, edge: Edge, client: httpx.Client) -> None:
        edge.add_project()
        assert client.post("/api/cards", json={"title": "x", "agent": "hal"}).status_code == 422


class TestEdit:
    def test_only_the_named_fields_change(self, edge: Edge, client: httpx.Client) -> None:
        card_id = edge.add_card(edge.add_project())
        before = client.get(f"/api/cards/{card_id}").json()
        answer = client.patch(f"/api/cards/{card_id}", json={"description": "more", "pinned": True, "labels": ["a"]})
        assert answer.status_code == 200
        after = answer.json()
        assert (after["description"], after["pinned"], after["labels"]) == ("more", True, ["a"])
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"description", "pinned", "labels", "updatedAt"}

    def test_the_agent_can_be_taken_back(self, edge: Edge, client: httpx.Client) -> None:
        card_id = edge.add_card(edge.add_project())
        assert client.patch(f"/api/cards/{card_id}", json={"agent": "rehearsal"}).json()["agent"] == "rehearsal"
        assert client.patch(f"/api/cards/{card_id}", json={"agent": None}).json()["agent"] is None

    def test_a_title_can_not_be_taken_back(self, edge: Edge, client: httpx.Client) -> None:
        card_id = edge.add_card(edge.add_project())
        assert client.patch(f"/api/cards/{card_id}", json={"title": None}).status_code == 422

    def test_a_word_or_a_number_is_no_truth_value(self, edge: Edge, client: httpx.Client) -> None:
        card_id = edge.add_card(edge.add_project())
        for given in ("yes", 1, None):
            assert client.patch(f"/api/cards/{card_id}", json={"pinned": given}).status_code == 422
        place = {"column": "plan", "position": "1"}
        assert client.post(f"/api/cards/{card_id}/move", json=place).status_code == 422

    def test_nothing_named_changes_nothing(self, edge: Edge, client: httpx.Client) -> None:
        card_id = edge.add_card(edge.add_project())
        before = client.get(f"/api/cards/{card_id}").json()
        assert client.patch(f"/api/cards/{card_id}", json={}).json() == before

    def test_an_unknown_card_is_not_found(self, client: httpx.Client) -> None:
        assert client.patch("/api/cards/nope", json={"title": "x"}).status_code == 404


class TestMove:
    def test_to_the_end_the_top_and_between(self, edge: Edge, client: httpx.Client) -> None:
        project = edge.add_project()
        one, two, three = (edge.add_card(project, title) for title in ("one", "two", "three"))

        def order() -> list[str]:
            return [card["id"] for card in client.get("/api/cards").json()]

        def move(card_id: str, **place: object) -> httpx.Response:
            return client.post(f"/api/cards/{card_id}/move", json={"column": "backlog", **place})

        assert order() == [one, two, three]
        assert move(one).status_code == 200
        assert order() == [two, three, one]
        move(one, position=move(two).json()["position"] - 100)
        assert order()[0] == one
        move(two, position=2.5)
        assert order() == [one, two, three]

    def test_into_another_column(self, edge: Edge, client: httpx.Client) -> None:
        card_id = edge.add_card(edge.add_project())
        moved = client.post(f"/api/cards/{card_id}/move", json={"column": "done"}).json()
        assert (moved["column"], moved["position"]) == ("done", 1.0)

    @pytest.mark.parametrize("position", ["NaN", "Infinity", "1e400", '"1"x'])
    def test_a_position_is_a_finite_number(self, edge: Edge, client: httpx.Client, position: str) -> None:
        card_id = edge.add_card(edge.add_project())
        answer = client.post(
            f"/api/cards/{card_id}/move",
            content=f'{{"column": "plan", "position": {position}}}',
            headers={"content-type": "application/json"},
        )
        assert answer.status_code == 422
        assert client.get(f"/api/cards/{card_id}").json()["column"] == "backlog"


class TestDelete:
    def test_a_card_goes_with_its_executions(self, edge: Edge, client: httpx.Client) -> None:
        card_id = edge.add_card(edge.add_project())
        execution = edge.start(card_id)
        edge.run(execution)
        edge.write(execution, 3)
        edge.finish(execution)
        assert client.delete(f"/api/cards/{card_id}").status_code == 204
        assert client.get(f"/api/cards/{card_id}").status_code == 404
        assert client.get(f"/api/executions/{execution}").status_code == 404

    def test_not_while_it_runs(self, edge: Edge, client: httpx.Client) -> None:
        card_id = edge.add_card(edge.add_project())
        execution = edge.start(card_id)
        answer = client.delete(f"/api/cards/{card_id}")
        assert answer.status_code == 409
        assert answer.json()["executionId"] == execution
        assert client.get(f"/api/cards/{card_id}").status_code == 200

    def test_not_when_it_is_started_meanwhile(self, edge: Edge, client: httpx.Client, tmp_path: Path) -> None:
        repository, workspace = make_repository(tmp_path / "repository"), tmp_path / "workspace"
        project = client.post("/api/projects", json={"name": "P", "path": str(repository)}).json()
        card_id = client.post("/api/cards", json={"title": "T", "projectId": project["id"]}).json()["id"]
        prepare_workspace(repository, workspace, branch="work", base="main", snapshot="card")
        place = {"workspace": str(workspace), "branch": "work"}
        database, goes_on = edge.services.database, threading.Event()
        database.write(lambda connection: cards.edit_card(connection, card_id, place, NOW))
        # The writer is kept busy with a start behind it: the deletion sees none, and its own write comes after it.
        busy = database.submit(lambda _: goes_on.wait(20))
        started = database.submit(
            lambda connection: start_execution(
                connection,
                card_id=card_id,
                command="/plan",
                agent="rehearsal",
                prompt=None,
                idempotency_key=None,
                now=NOW,
            )
        )
        with ThreadPoolExecutor(1) as pool:
            deletion = pool.submit(client.delete, f"/api/cards/{card_id}")
            until = time.monotonic() + 20
            while workspace.exists() and time.monotonic() < until:
                time.sleep(0.01)
            goes_on.set()
            assert busy.result(20)
            execution, _ = started.result(20)
            assert deletion.result(20).status_code == 409
        assert client.get(f"/api/executions/{execution.public_id}").json()["status"] == "queued"
