"""Whoever reads a log that was removed because of its age is told so, on every way there is to read it."""

from datetime import timedelta

import httpx
import orjson
import pytest
from websockets.sync.client import connect

from retoma.core.clock import wire_time
from retoma.executions import past_store
from retoma.logs import store as logs
from support.edge import NOW, TOKEN, Edge

REMOVED_AT = NOW + timedelta(days=31)
SAID = wire_time(REMOVED_AT)


def _ended(edge: Edge) -> str:
    run = edge.start(edge.add_card(edge.add_project()))
    edge.run(run)
    edge.write(run, 10)
    edge.finish(run)
    return run


def _remove(edge: Edge, run: str) -> None:
    """Say that the log is removed; of its 10 entries 7 are not deleted yet."""
    execution = edge.execution(run)
    with edge.client() as client:
        project = client.get(f"/api/executions/{run}").json()["projectId"]

    def write(connection) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - SQLAlchemy's connection
        assert past_store.mark_removed(connection, [execution.id], {project: REMOVED_AT}, REMOVED_AT)
        assert logs.delete_last(connection, execution.id, 3) == 3

    edge.services.database.write(write)
    edge.publish(run)


@pytest.fixture
def removed(edge: Edge) -> str:
    """Give an execution whose log was removed."""
    run = _ended(edge)
    _remove(edge, run)
    return run


def test_the_record_stays_and_says_when_the_log_was_removed(client: httpx.Client, removed: str) -> None:
    execution = client.get(f"/api/executions/{removed}").json()
    assert execution["logRemovedAt"] == SAID
    assert (execution["result"], execution["headSequence"], execution["duration"]) == ("done", 10, 1.5)
    (listed,) = client.get(f"/api/cards/{execution['cardId']}/executions").json()["items"]
    assert listed["logRemovedAt"] == SAID


@pytest.mark.parametrize("place", ["", "after=0", "after=4", "before=5", "tail=3"])
def test_a_page_of_it_is_empty_and_begins_behind_the_head(client: httpx.Client, removed: str, place: str) -> None:
    page = client.get(f"/api/executions/{removed}/logs?{place}").json()
    assert (page["logs"], page["firstSequence"], page["headSequence"]) == ([], 11, 10)
    assert (page["nextAfter"], page["logRemovedAt"]) == (None, SAID)


def test_a_log_that_is_kept_says_nothing_of_a_removal(client: httpx.Client, edge: Edge) -> None:
    run = _ended(edge)
    page = client.get(f"/api/executions/{run}/logs").json()
    assert (page["logRemovedAt"], page["firstSequence"]) == (None, 1)
    assert client.get(f"/api/executions/{run}").json()["logRemovedAt"] is None
    card = client.get(f"/api/executions/{run}").json()["cardId"]
    assert "logRemovedAt" not in client.get(f"/api/logs/{card}").json()


def test_the_specifications_log_says_it_too(client: httpx.Client, removed: str) -> None:
    card = client.get(f"/api/executions/{removed}").json()["cardId"]
    log = client.get(f"/api/logs/{card}").json()
    assert (log["logs"], log["logRemovedAt"], log["result"]) == ([], SAID, "done")


@pytest.mark.parametrize("path", ["logs/1", "logs/10", "raw", "raw?stream=stderr"])
def test_an_entry_and_the_journal_are_gone(client: httpx.Client, removed: str, path: str) -> None:
    answer = client.get(f"/api/executions/{removed}/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
    assert answer.json()["type"] == "urn:retoma:problem:gone"
    assert SAID in answer.json()["detail"]


def test_an_entry_that_never_was_is_not_found(client: httpx.Client, removed: str) -> None:
    assert client.get(f"/api/executions/{removed}/logs/11").status_code == 404


def test_a_stream_of_it_says_so_and_ends_in_order(client: httpx.Client, removed: str) -> None:
    text = client.get(f"/api/executions/{removed}/logs/stream").text
    events = [part.split("\n") for part in text.split("\n\n") if part.startswith("event")]
    assert [lines[0] for lines in events] == ["event: status", "event: end"]
    assert orjson.loads(events[0][1].removeprefix("data: "))["logRemovedAt"] == SAID


def test_a_page_that_shows_it_while_it_is_removed_is_told(edge: Edge) -> None:
    run = _ended(edge)
    with connect(edge.url.replace("http", "ws") + "/api/live", additional_headers=_credential()) as socket:
        socket.send(orjson.dumps({"op": "subscribe", "topic": f"execution:{run}", "after": 0}).decode())
        frames = [orjson.loads(socket.recv(20)) for _ in range(3)]
        assert [frame["execution"]["logRemovedAt"] for frame in frames if "execution" in frame] == [None, None]
        _remove(edge, run)
        assert orjson.loads(socket.recv(20))["execution"]["logRemovedAt"] == SAID


def test_a_page_that_comes_later_is_told_at_once_and_gets_no_rest(edge: Edge, removed: str) -> None:
    with connect(edge.url.replace("http", "ws") + "/api/live", additional_headers=_credential()) as socket:
        socket.send(orjson.dumps({"op": "subscribe", "topic": f"execution:{removed}", "after": 0}).decode())
        frames = [orjson.loads(socket.recv(20)) for _ in range(2)]
        assert [frame["execution"]["logRemovedAt"] for frame in frames] == [SAID, SAID]


def _credential() -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}
