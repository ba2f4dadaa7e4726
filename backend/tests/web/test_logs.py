"""The routes of logs, and the stream of server-sent events."""

import threading
from collections.abc import Iterator

import httpx
import orjson
import pytest

from retoma.core.status import Status
from support.edge import Edge


@pytest.fixture
def execution(edge: Edge) -> str:
    """Give a running execution."""
    execution = edge.start(edge.add_card(edge.add_project()))
    edge.run(execution)
    return execution


class TestPage:
    @pytest.mark.parametrize(
        ("query", "first", "last", "next_after"),
        [
            ("", 1, 25, None),
            ("?limit=10", 1, 10, 10),
            ("?after=10&limit=10", 11, 20, 20),
            ("?after=20&limit=10", 21, 25, None),
            ("?before=21&limit=10", 11, 20, 20),
            ("?before=4", 1, 3, 3),
            ("?tail=5", 21, 25, None),
            ("?tail=1000", 1, 25, None),
        ],
    )
    def test_it_is_what_the_cursor_asks_for(
        self,
        edge: Edge,
        client: httpx.Client,
        execution: str,
        query: str,
        first: int,
        last: int,
        next_after: int | None,
    ) -> None:
        edge.write(execution, 25)
        page = client.get(f"/api/executions/{execution}/logs{query}").json()
        assert [entry["sequence"] for entry in page["logs"]] == list(range(first, last + 1))
        assert page["nextAfter"] == next_after
        assert page["firstSequence"] == 1
        assert page["headSequence"] == 25
        assert page["executionId"] == execution
        assert page["status"] == "running"
        assert page["logs"][0] == {
            "sequence": first,
            "timestamp": "2026-11-22T19:36:00.123Z",
            "type": "info",
            "kind": "message",
            "content": f"line {first}",
            "data": None,
        }

    @pytest.mark.parametrize("query", ["?after=25", "?after=9007199254740991", "?before=1", "?before=0"])
    def test_beyond_the_ends_there_is_nothing(
        self, edge: Edge, client: httpx.Client, execution: str, query: str
    ) -> None:
        edge.write(execution, 25)
        page = client.get(f"/api/executions/{execution}/logs{query}").json()
        assert (page["logs"], page["nextAfter"]) == ([], None)

    def test_an_empty_log_is_a_page_too(self, client: httpx.Client, execution: str) -> None:
        page = client.get(f"/api/executions/{execution}/logs").json()
        assert (page["logs"], page["firstSequence"], page["headSequence"], page["nextAfter"]) == ([], 0, 0, None)

    @pytest.mark.parametrize(
        "query",
        [
            "after=1&tail=1",
            "after=1&before=3",
            "limit=0",
            "limit=1001",
            "tail=0",
            "tail=1001",
            "after=-1",
            "after=x",
            "after=1e3",
            f"after={2**63}",
        ],
    )
    def test_a_bad_question_is_refused(self, client: httpx.Client, execution: str, query: str) -> None:
        assert client.get(f"/api/executions/{execution}/logs?{query}").status_code == 422

    def test_a_long_content_is_cut_here_and_whole_on_its_own(
        self, edge: Edge, client: httpx.Client, execution: str
    ) -> None:
        edge.write(execution, 1, content="é" * 100_000)
        [cut] = client.get(f"/api/executions/{execution}/logs").json()["logs"]
        assert cut["data"] == {"truncatedBytes": 200_000}
        assert cut["content"] == "é" * 32768
        whole = client.get(f"/api/executions/{execution}/logs/1").json()
        assert (whole["content"], whole["data"]) == ("é" * 100_000, None)

    @pytest.mark.parametrize(("sequence", "status"), [("2", 404), ("0", 422), ("-1", 422), ("x", 422)])
    def test_an_entry_that_is_not_there(
        self, edge: Edge, client: httpx.Client, execution: str, sequence: str, status: int
    ) -> None:
        edge.write(execution, 1)
        assert client.get(f"/api/executions/{execution}/logs/{sequence}").status_code == status


class TestSpecification:
    def test_a_card_that_never_ran_is_idle(self, edge: Edge, client: httpx.Client) -> None:
        card = edge.add_card(edge.add_project())
        assert client.get(f"/api/logs/{card}").json() == {"cardId": card, "status": "idle", "logs": []}

    def test_an_unknown_card_is_not_found(self, client: httpx.Client) -> None:
        assert client.get("/api/logs/nope").status_code == 404

    def test_the_log_has_just_the_specified_fields(self, edge: Edge, client: httpx.Client, execution: str) -> None:
        edge.write(execution, 2)
        edge.finish(execution)
        card = edge.execution(execution).card_id
        assert client.get(f"/api/logs/{card}").json() == {
            "cardId": card,
            "status": "success",
            "startedAt": "2026-11-22T19:36:00.123Z",
            "completedAt": "2026-11-22T19:36:00.123Z",
            "duration": 1.5,
            "result": "done",
            "logs": [{"timestamp": "2026-11-22T19:36:00.123Z", "type": "info", "content": f"line {n}"} for n in (1, 2)],
        }

    def test_the_result_of_a_failure_is_its_error(self, edge: Edge, client: httpx.Client, execution: str) -> None:
        edge.finish(execution, Status.ERROR, result=None, error="it broke")
        card = edge.execution(execution).card_id
        assert client.get(f"/api/logs/{card}").json()["result"] == "it broke"

    def test_a_long_log_comes_whole_and_in_order(self, edge: Edge, client: httpx.Client, execution: str) -> None:
        edge.write(execution, 2500)
        card = edge.execution(execution).card_id
        logs = client.get(f"/api/logs/{card}").json()["logs"]
        assert [entry["content"] for entry in logs] == [f"line {n}" for n in range(1, 2501)]
        bounded = client.get(f"/api/logs/{card}?after=1500&limit=700").json()["logs"]
        assert [entry["content"] for entry in bounded] == [f"line {n}" for n in range(1501, 2201)]


class TestJournal:
    def test_it_comes_byte_for_byte(self, edge: Edge, client: httpx.Client, execution: str) -> None:
        run = edge.services.settings.runs / execution
        run.mkdir(parents=True)
        content = bytes(range(256)) * 4096
        (run / "out.jsonl").write_bytes(content)
        (run / "err.log").write_bytes(b"\xff\0")
        answer = client.get(f"/api/executions/{execution}/raw")
        assert answer.content == content
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert client.get(f"/api/executions/{execution}/raw?stream=stderr").content == b"\xff\0"

    def test_a_journal_that_is_gone_is_not_found(self, client: httpx.Client, execution: str) -> None:
        assert client.get(f"/api/executions/{execution}/raw").status_code == 404
        assert client.get(f"/api/executions/{execution}/raw?stream=in.fifo").status_code == 422


# ---- server-sent events ---------------------------------------------------------------------------------------------


class Events:
    """A reader of the stream."""

    def __init__(self, response: httpx.Response) -> None:
        assert response.status_code == 200
        self._lines = response.iter_lines()

    def __iter__(self) -> Iterator[tuple[str, str | None, object]]:
        name, identity, data = "", None, None
        for line in self._lines:
            if not line and name:
                yield name, identity, data
                name, identity, data = "", None, None
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                identity = value
            elif field == "data":
                data = orjson.loads(value)

    def until(self, last: int) -> list[int]:
        """Return the sequences that come until `last` has come."""
        found: list[int] = []
        for name, identity, data in self:
            if name == "logs":
                assert isinstance(data, list)
                found += [entry["sequence"] for entry in data]
                assert identity == str(found[-1])
                if found[-1] >= last:
                    return found
        raise AssertionError(f"the stream ended after {found[-1:]}")


class TestStream:
    def test_it_tells_the_past_then_what_comes_then_the_end(
        self, edge: Edge, client: httpx.Client, execution: str
    ) -> None:
        edge.write(execution, 3)
        with client.stream("GET", f"/api/executions/{execution}/logs/stream") as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["cache-control"] == "no-store"
            assert response.headers["x-accel-buffering"] == "no"
            assert "content-encoding" not in response.headers
            events = Events(response)
            assert events.until(3) == [1, 2, 3]
            edge.write(execution, 2)
            assert events.until(5) == [4, 5]
            edge.write(execution, 1)
            edge.finish(execution)
            rest = list(events)
        names = [name for name, _, _ in rest]
        assert names.index("logs") < len(names) - 2
        assert names[-2:] == ["status", "end"]
        status, end = rest[-2][2], rest[-1][2]
        assert isinstance(status, dict)
        assert (status["status"], status["headSequence"]) == ("success", 6)
        assert end == {"status": "success", "headSequence": 6}

    @pytest.mark.parametrize(
        ("query", "headers"), [("?after=7", {}), ("", {"last-event-id": "7"}), ("?after=2", {"last-event-id": "7"})]
    )
    def test_it_goes_on_behind_the_cursor(
        self, edge: Edge, client: httpx.Client, execution: str, query: str, headers: dict[str, str]
    ) -> None:
        edge.write(execution, 10)
        edge.finish(execution)
        with client.stream("GET", f"/api/executions/{execution}/logs/stream{query}", headers=headers) as response:
            assert Events(response).until(10) == [8, 9, 10]

    def test_readers_that_come_and_go_while_it_is_written_get_each_entry_once(self, edge: Edge, execution: str) -> None:
        last = sum(n % 7 + 1 for n in range(60))
        written = threading.Thread(target=edge.write_in_bursts, args=[execution, 60])
        written.start()
        seen: list[int] = []
        with edge.client() as client:
            while not seen or seen[-1] < last:
                headers = {"last-event-id": str(seen[-1])} if seen else {}
                with client.stream("GET", f"/api/executions/{execution}/logs/stream", headers=headers) as response:
                    seen += Events(response).until((seen[-1] if seen else 0) + 1)
        written.join()
        assert seen == list(range(1, last + 1))

    def test_of_an_unknown_execution_it_is_not_found(self, client: httpx.Client) -> None:
        answer = client.get("/api/executions/nope/logs/stream")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("cursor", ["x", "-1", "1.5", str(2**60)])
    def test_a_cursor_that_is_none_is_refused(self, client: httpx.Client, execution: str, cursor: str) -> None:
        path = f"/api/executions/{execution}/logs/stream"
        assert client.get(path, headers={"last-event-id": cursor}).status_code == 422
        assert client.get(path, params={"after": cursor}).status_code == 422

    def test_an_empty_last_event_id_is_none(self, client: httpx.Client, edge: Edge, execution: str) -> None:
        headers = {"last-event-id": ""}
        with client.stream("GET", f"/api/executions/{execution}/logs/stream", headers=headers) as answer:
            assert answer.status_code == 200
