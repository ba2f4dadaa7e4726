"""The routes of executions."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from retoma.core.status import Status
from support.edge import Edge


@pytest.fixture
def card(edge: Edge) -> str:
    """Give a card of an only project."""
    return edge.add_card(edge.add_project())


class TestStart:
    def test_it_is_queued_and_the_workers_are_told(self, edge: Edge, client: httpx.Client, card: str) -> None:
        answer = client.post(f"/api/cards/{card}/executions", json={"command": "/plan", "prompt": "be brief"})
        assert answer.status_code == 202
        execution = answer.json()
        assert execution["status"] == "queued"
        assert execution["cardId"] == card
        assert execution["command"] == "/plan"
        assert execution["agent"] == "rehearsal"
        assert execution["prompt"] == "be brief"
        assert execution["isActive"] is True
        assert execution["nextActions"] == ["cancel"]
        assert execution["openRequests"] == []
        assert edge.poked == [execution["id"]]
        assert client.get(f"/api/executions/{execution['id']}").json() == execution
        assert client.get(f"/api/cards/{card}").json()["column"] == "plan"

    def test_a_second_one_is_refused_and_names_the_first(self, edge: Edge, client: httpx.Client, card: str) -> None:
        first = edge.start(card)
        answer = client.post(f"/api/cards/{card}/executions", json={"command": "/test"})
        assert answer.status_code == 409
        assert answer.json()["executionId"] == first
        assert first in answer.json()["detail"]

    def test_of_fifty_at_once_one_runs(self, edge: Edge, card: str) -> None:
        def start(_: int) -> httpx.Response:
            with edge.client() as client:
                return client.post(f"/api/cards/{card}/executions", json={"command": "/plan"})

        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(start, range(50)))
        [started] = [answer.json()["id"] for answer in answers if answer.status_code == 202]
        refused = [answer.json() for answer in answers if answer.status_code == 409]
        assert len(refused) == 49
        assert {problem["executionId"] for problem in refused} == {started}
        assert edge.poked == [started]

    def test_the_same_key_gives_the_same_execution(self, edge: Edge, client: httpx.Client, card: str) -> None:
        def start(key: str) -> httpx.Response:
            headers = {"idempotency-key": key}
            return client.post(f"/api/cards/{card}/executions", json={"command": "/plan"}, headers=headers)

        first = start("one")
        assert first.status_code == 202
        assert start("one").json()["id"] == first.json()["id"]
        assert start("two").status_code == 409
        edge.run(first.json()["id"])
        edge.finish(first.json()["id"])
        again = start("one")
        assert (again.status_code, again.json()["id"], again.json()["status"]) == (202, first.json()["id"], "success")

    def test_a_key_that_was_used_for_something_else_is_refused(
        self, edge: Edge, client: httpx.Client, card: str
    ) -> None:
        def start(command: str) -> httpx.Response:
            headers = {"idempotency-key": "one"}
            return client.post(f"/api/cards/{card}/executions", json={"command": command}, headers=headers)

        assert start("/plan").status_code == 202
        refused = start("/test")
        assert (refused.status_code, "/plan" in refused.json()["detail"]) == (422, True)

    def test_a_new_one_makes_the_older_inactive(self, edge: Edge, client: httpx.Client, card: str) -> None:
        first = edge.start(card)
        edge.run(first)
        edge.finish(first)
        second = edge.start(card, "/implement")
        found = client.get(f"/api/cards/{card}/executions").json()["items"]
        assert [(one["id"], one["isActive"]) for one in found] == [(second, True), (first, False)]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "command"),
            ({"command": "/deploy"}, "command"),
            ({"command": 1}, "command"),
            ({"command": "/plan", "agent": "hal"}, None),
            ({"command": "/plan", "model": "x"}, "model"),
            ({"command": "/plan", "prompt": "a\0"}, "prompt"),
        ],
    )
    def test_bad_input_starts_nothing(
        self, edge: Edge, client: httpx.Client, card: str, body: dict[str, object], field: str | None
    ) -> None:
        answer = client.post(f"/api/cards/{card}/executions", json=body)
        assert answer.status_code == 422
        assert answer.json()["detail"]
        if field is not None:
            assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert client.get(f"/api/cards/{card}").json()["activeExecution"] is None
        assert edge.poked == []

    def test_on_an_unknown_card_it_is_not_found(self, client: httpx.Client) -> None:
        assert client.post("/api/cards/nope/executions", json={"command": "/plan"}).status_code == 404


class TestHistory:
    def test_pages_follow_one_another_without_a_gap(self, edge: Edge, client: httpx.Client, card: str) -> None:
        started = []
        for _ in range(5):
            started.append(edge.start(card))
            edge.run(started[-1])
            edge.finish(started[-1])
        for path in (f"/api/cards/{card}/executions", "/api/executions"):
            seen: list[str] = []
            parameters: dict[str, str | int] = {"limit": 2}
            while True:
                page = client.get(path, params=parameters).json()
                seen += [execution["id"] for execution in page["items"]]
                if page["nextCursor"] is None:
                    break
                assert len(page["items"]) == 2
                parameters["cursor"] = page["nextCursor"]
            assert seen == started[::-1]

    def test_it_is_filtered(self, edge: Edge, client: httpx.Client) -> None:
        one, other = edge.add_project(), edge.add_project()
        card, other_card = edge.add_card(one), edge.add_card(other)
        plan, test = edge.start(card, "/plan"), edge.start(other_card, "/test")
        edge.run(plan)

        def found(**parameters: str | list[str]) -> set[str]:
            answer = client.get("/api/executions", params=parameters)
            assert answer.status_code == 200
            return {execution["id"] for execution in answer.json()["items"]}

        assert found() == {plan, test}
        assert found(status="running") == {plan}
        assert found(status=["running", "queued"]) == {plan, test}
        assert found(status=["success", "queued"]) == {test}
        assert found(command="/test") == {test}
        assert found(cardId=card) == {plan}
        assert found(projectId=other.id) == {test}
        assert found(agent="rehearsal") == {plan, test}
        assert found(agent="hal") == set()
        created = client.get(f"/api/executions/{test}").json()["createdAt"]
        assert test in found(**{"from": created})
        assert found(to="2020-01-01T00:00:00Z") == set()
        assert found(**{"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}) == {plan, test}

    def test_each_run_tells_its_cards_number_and_title(self, edge: Edge, client: httpx.Client) -> None:
        card = edge.add_card(edge.add_project())
        execution = edge.start(card)
        its_card = client.get(f"/api/cards/{card}").json()
        for found in (
            client.get("/api/executions").json()["items"][0],
            client.get(f"/api/cards/{card}/executions").json()["items"][0],
            client.get(f"/api/executions/{execution}").json(),
        ):
            assert (found["cardNumber"], found["cardTitle"]) == (its_card["number"], its_card["title"])

    def test_that_of_a_project_that_is_not_there_is_not_found(self, client: httpx.Client) -> None:
        assert client.get("/api/executions?projectId=nope").status_code == 404

    @pytest.mark.parametrize(
        "query",
        [
            "cursor=x",
            "cursor=YmVmb3JlOng",
            "cursor=YmVmb3JlOjE",  # of a card's list
            "cursor=YmVoaW5kOjk5OTk5OTk5OTk5OTk5OTk5OTox",  # a time that there is not
            "status=running&status=idle",
            "limit=0",
            "limit=501",
            "status=idle",
            "command=plan",
            "from=yesterday",
            "agent=%00",
        ],
    )
    def test_a_bad_question_is_refused(self, client: httpx.Client, query: str) -> None:
        answer = client.get(f"/api/executions?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == query.partition("=")[0]

    def test_the_number_of_queries_does_not_grow_with_the_page(
        self, edge: Edge, client: httpx.Client, statements: list[str]
    ) -> None:
        project = edge.add_project()
        counts = []
        for _ in range(2):
            for _ in range(4):
                edge.start(edge.add_card(project))
            statements.clear()
            client.get("/api/executions")
            counts.append(len(statements))
        assert counts[0] == counts[1] > 0


class TestOne:
    def test_an_end_shows_all_there_is_to_know(self, edge: Edge, client: httpx.Client, card: str) -> None:
        execution = edge.start(card)
        edge.run(execution)
        edge.write(execution, 2)
        edge.finish(execution, Status.ERROR, result=None, error="it broke", exit_code=3)
        seen = client.get(f"/api/executions/{execution}").json()
        assert seen["status"] == "error"
        assert seen["error"] == "it broke"
        assert seen["exitCode"] == 3
        assert seen["evidence"] == {"exitCode": 0}
        assert seen["duration"] == 1.5
        assert seen["headSequence"] == 2
        assert seen["lastLine"] == "line 2"
        assert seen["completedAt"] == "2026-11-22T19:36:00.123Z"
        assert seen["nextActions"] == ["run-again", "clear"]

    def test_each_plan_of_a_card_stays_with_its_run(self, edge: Edge, client: httpx.Client, card: str) -> None:
        runs = []
        for command, end, words in (
            ("/plan", Status.SUCCESS, "# First"),
            ("/plan", Status.ERROR, "I give up"),
            ("/plan", Status.SUCCESS, "# Second"),
            ("/implement", Status.SUCCESS, "Done."),
        ):
            runs.append(edge.start(card, command))
            edge.run(runs[-1])
            edge.finish(runs[-1], end, result=words)
        plans = [client.get(f"/api/executions/{run}/plan").json()["plan"] for run in runs]
        assert plans == ["# First", None, "# Second", None]

    def test_an_unknown_one_is_not_found(self, client: httpx.Client) -> None:
        assert client.get("/api/executions/nope").status_code == 404
        assert client.get("/api/executions/nope/plan").status_code == 404


class TestCancel:
    def test_the_wish_is_stored_and_the_worker_is_poked(self, edge: Edge, client: httpx.Client, card: str) -> None:
        execution = edge.start(card)
        edge.run(execution)
        answer = client.post(f"/api/executions/{execution}/cancel")
        assert answer.status_code == 202
        assert answer.json()["status"] == "running"
        assert answer.json()["nextActions"] == []
        assert edge.execution(execution).cancel_requested_at is not None
        assert edge.poked == [execution] * 2  # by the start, and now

    def test_one_that_waits_in_the_queue_is_over_at_once(self, edge: Edge, client: httpx.Client, card: str) -> None:
        execution = edge.start(card)
        assert client.post(f"/api/executions/{execution}/cancel", json={}).json()["status"] == "cancelled"

    def test_one_that_is_over_is_not_cancelled(self, edge: Edge, client: httpx.Client, card: str) -> None:
        execution = edge.start(card)
        edge.run(execution)
        edge.finish(execution)
        assert client.post(f"/api/executions/{execution}/cancel").status_code == 409
        assert client.get(f"/api/executions/{execution}").json()["status"] == "success"


class TestClear:
    def test_the_card_shows_idle_and_its_history_keeps_the_run(
        self, edge: Edge, client: httpx.Client, card: str
    ) -> None:
        execution = edge.start(card)
        edge.run(execution)
        edge.finish(execution)
        assert client.delete(f"/api/cards/{card}/executions/active").status_code == 204
        assert client.get(f"/api/cards/{card}").json()["activeExecution"] is None
        assert client.get(f"/api/logs/{card}").json() == {"cardId": card, "status": "idle", "logs": []}
        [kept] = client.get(f"/api/cards/{card}/executions").json()["items"]
        assert (kept["id"], kept["isActive"], kept["nextActions"]) == (execution, False, ["run-again"])
        assert client.delete(f"/api/cards/{card}/executions/active").status_code == 204

    def test_not_while_it_goes_on(self, edge: Edge, client: httpx.Client, card: str) -> None:
        execution = edge.start(card)
        answer = client.delete(f"/api/cards/{card}/executions/active")
        assert (answer.status_code, answer.json()["executionId"]) == (409, execution)


class TestRequests:
    def test_an_open_question_is_listed_and_answered_once(self, edge: Edge, client: httpx.Client, card: str) -> None:
        execution = edge.start(card)
        edge.run(execution)
        edge.ask(execution)
        [listed] = client.get("/api/requests?open=true").json()["items"]
        assert (listed["executionId"], listed["cardId"], listed["n"]) == (execution, card, 1)
        assert (listed["state"], listed["decision"], listed["input"]) == ("open", None, {"command": "true"})
        seen = client.get(f"/api/executions/{execution}").json()
        assert seen["openRequests"] == [listed]
        assert seen["nextActions"] == ["answer", "cancel"]

        path = f"/api/executions/{execution}/requests/1"
        answer = client.post(path, json={"decision": "deny", "message": "no"})
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["decision"]) == ("answered", "deny")
        assert edge.poked == [execution] * 2  # by the start, and now
        assert client.post(path, json={"decision": "allow"}).status_code == 409
        assert client.get("/api/requests").json()["items"] == []

    @pytest.mark.parametrize("body", [{}, {"decision": "maybe"}, {"decision": "allow", "x": 1}])
    def test_a_bad_answer_is_refused_and_the_question_stays(
        self, edge: Edge, client: httpx.Client, card: str, body: dict[str, object]
    ) -> None:
        execution = edge.start(card)
        edge.run(execution)
        edge.ask(execution)
        assert client.post(f"/api/executions/{execution}/requests/1", json=body).status_code == 422
        assert len(client.get("/api/requests").json()["items"]) == 1

    @pytest.mark.parametrize(("n", "status"), [("7", 404), ("0", 422), ("x", 422), ("99999999999", 422)])
    def test_an_unknown_question_is_not_answered(
        self, edge: Edge, client: httpx.Client, card: str, n: str, status: int
    ) -> None:
        execution = edge.start(card)
        path = f"/api/executions/{execution}/requests/{n}"
        assert client.post(path, json={"decision": "allow"}).status_code == status
