"""Pages near the head of a log are answered from memory: without a query, and as the database would answer."""

import random
import threading
from collections.abc import Sequence
from datetime import timedelta

import httpx
import orjson
import pytest

from retoma.core.clock import utc_now
from retoma.core.status import Status
from retoma.executions import claim_store
from retoma.executions import store as execution_store
from retoma.live.frames import encode_entry, join_entries
from retoma.live.hub import execution_topic
from retoma.live.pages import Piece
from retoma.live.recent import Recent
from retoma.logs import store as log_store
from retoma.web import logs
from support.edge import Edge

HOT = ("?tail=10", "?tail=1", "?after=25", "?after=20&limit=5", "?after=30", "?after=99", "?before=28&limit=5")


@pytest.fixture
def run(edge: Edge) -> str:
    """Give a running execution with thirty entries, the newest of which were asked for."""
    public_id = edge.start(edge.add_card(edge.add_project()))
    edge.run(public_id)
    edge.write(public_id, 30)
    with edge.client() as client:
        client.get(f"/api/executions/{public_id}/logs?tail=15")
    return public_id


def _page(client: httpx.Client, public_id: str, query: str) -> httpx.Response:
    return client.get(f"/api/executions/{public_id}/logs{query}")


def _from_the_database(edge: Edge, public_id: str, query: str) -> bytes:
    """Return what a server that keeps nothing answers."""
    asked = {name: int(value) for name, value in httpx.QueryParams(query.removeprefix("?")).items()}
    kept, edge.services.feed._recent = edge.services.feed._recent, Recent()
    try:
        return bytes(logs.read_page(public_id, edge.services, **{"limit": 500, **asked}).body)
    finally:
        edge.services.feed._recent = kept


def test_a_page_near_the_head_takes_no_query_and_is_what_the_database_would_answer(
    edge: Edge, client: httpx.Client, run: str, statements: list[str]
) -> None:
    answers = [_page(client, run, query).content for query in HOT]
    assert statements == []
    assert answers == [_from_the_database(edge, run, query) for query in HOT]
    assert statements != []


def test_what_is_written_meanwhile_is_in_the_next_page_without_a_query(
    edge: Edge, client: httpx.Client, run: str, statements: list[str]
) -> None:
    for _ in range(3):
        edge.write(run, 4, content="späte {n} \ud83d\ude00 half a pair: \ud83d")
        statements.clear()
        answers = [_page(client, run, query).content for query in HOT]
        assert statements == []
        assert answers == [_from_the_database(edge, run, query) for query in HOT]


def test_a_page_further_back_comes_from_the_database_and_so_does_one_of_huge_entries(
    edge: Edge, client: httpx.Client, run: str, statements: list[str]
) -> None:
    assert _page(client, run, "?tail=30").json()["logs"][0]["content"] == "line 1"
    assert statements != []
    edge.write(run, 20, content="x" * 100_000)
    assert _page(client, run, "?tail=20").content == _from_the_database(edge, run, "?tail=20")
    assert len(_page(client, run, "?tail=20").json()["logs"]) < 20, "the store bounds what one page holds"


def test_the_end_a_question_and_clearing_show_in_the_next_page(edge: Edge, client: httpx.Client, run: str) -> None:
    edge.ask(run)
    assert _page(client, run, "?tail=3").json()["status"] == "waiting"
    edge.move(run, Status.RUNNING)
    assert _page(client, run, "?tail=3").json()["status"] == "running"
    edge.finish(run)
    for _ in range(2):
        assert _page(client, run, "?tail=3").json()["status"] == "success"
    assert client.delete(f"/api/cards/{edge.execution(run).card_id}/executions/active").is_success
    assert _page(client, run, "?tail=3").content == _from_the_database(edge, run, "?tail=3")


def test_a_run_that_is_over_is_read_without_a_query_too(
    edge: Edge, client: httpx.Client, run: str, statements: list[str]
) -> None:
    edge.finish(run)
    first = _page(client, run, "?tail=10").content
    statements.clear()
    assert _page(client, run, "?tail=10").content == first
    assert statements == []


def test_of_a_deleted_card_nothing_is_answered_from_memory(edge: Edge, client: httpx.Client, run: str) -> None:
    edge.finish(run)
    assert _page(client, run, "?tail=10").status_code == 200
    assert client.delete(f"/api/cards/{edge.execution(run).card_id}").is_success
    assert _page(client, run, "?tail=10").status_code == 404


def test_of_a_deleted_project_nothing_is_answered_from_memory(edge: Edge, client: httpx.Client, run: str) -> None:
    edge.finish(run)
    assert _page(client, run, "?tail=10").status_code == 200
    project = client.get(f"/api/cards/{edge.execution(run).card_id}").json()["projectId"]
    assert client.delete(f"/api/projects/{project}").is_success
    assert _page(client, run, "?tail=10").status_code == 404


def test_of_a_removed_log_nothing_is_answered_from_memory(
    edge: Edge, client: httpx.Client, run: str, statements: list[str]
) -> None:
    edge.finish(run)
    _page(client, run, "?tail=10")
    edge.services.database.write(_remove)
    for _ in range(2):
        statements.clear()
        assert _page(client, run, "?tail=10").is_success
        assert statements != []


def _remove(connection) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - SQLAlchemy's connection
    connection.exec_driver_sql("UPDATE executions SET log_removed_at = '2026-11-22 19:36:00.000000'")


def test_after_a_lost_claim_a_page_is_what_the_new_owner_has_stored(edge: Edge, client: httpx.Client, run: str) -> None:
    execution, soon = edge.execution(run), utc_now() + timedelta(minutes=1)
    edge.services.database.write(
        lambda connection: claim_store.claim(connection, execution.id, owner="other", lease_until=soon)
    )
    edge.write(run, 5, wakes=False)  # by somebody who publishes elsewhere
    for _ in range(2):
        assert _page(client, run, "?tail=10").json()["headSequence"] == 35
    edge.services.feed.forget(run)
    assert _page(client, run, "?tail=10").content == _from_the_database(edge, run, "?tail=10")


def test_a_write_that_is_undone_changes_no_answer(edge: Edge, client: httpx.Client, run: str) -> None:
    before = _page(client, run, "?tail=10").content

    def fail(connection) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - SQLAlchemy's connection
        execution = edge.execution(run)
        assert execution_store.move(connection, execution.id, Status.WAITING)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError, match="my mind"):
        edge.services.database.write(fail)
    assert _page(client, run, "?tail=10").content == before


# ---- while it is written --------------------------------------------------------------------------------------------


class _Reader(threading.Thread):
    """Asks for pages, now and then looking into the database too; keeps what it was told."""

    def __init__(self, edge: Edge, run: str, seed: int, done: threading.Event) -> None:
        super().__init__()
        self._edge, self._run, self._chance, self._done = edge, run, random.Random(seed), done
        self.told: list[tuple[Piece, bytes]] = []
        self.steps: list[tuple[int, int]] = []  # how far each answer was: in status and head

    def run(self) -> None:
        while not self._done.is_set():
            if self._chance.random() < 0.3:
                execution = self._edge.execution(self._run)
                self.steps.append((_ORDER[execution.status], execution.head_sequence))
                continue
            head = self.steps[-1][1] if self.steps else 0
            asked = self._chance.choice(
                [
                    {"tail": self._chance.randint(1, 40)},
                    {"after": max(0, head - self._chance.randint(0, 20))},
                    {"before": head + 1},
                ]
            )
            piece = Piece(**{"limit": 25, **asked})
            body = bytes(logs.read_page(self._run, self._edge.services, **{"limit": 25, **asked}).body)
            page = orjson.loads(body)
            self.told.append((piece, body))
            self.steps.append((_ORDER[page["status"]], page["headSequence"]))


_ORDER = {"queued": 0, "running": 1, "waiting": 2, "success": 3}


@pytest.mark.parametrize("seed", range(4))
def test_while_it_is_written_no_answer_is_older_than_what_its_reader_has_seen(edge: Edge, seed: int) -> None:
    chance = random.Random(seed)
    run = edge.start(edge.add_card(edge.add_project()))
    edge.run(run)
    done, feed = threading.Event(), edge.services.feed
    hot: list[bool] = []
    answer = feed.page

    def page(public_id: str, piece: Piece):  # type: ignore[no-untyped-def] # noqa: ANN202 - as Feed.page
        found = answer(public_id, piece)
        hot.append(found is not None)
        return found

    feed.page = page  # type: ignore[method-assign]
    readers = [_Reader(edge, run, seed * 10 + number, done) for number in range(3)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(60):
            edge.write(run, chance.choice([1, 1, 2, 30]))
            if chance.random() < 0.2:
                done.wait(0.002)
        edge.ask(run)
        edge.write(run, 3)
        edge.finish(run)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    stored = _whole_log(edge, run)
    for reader in readers:
        assert reader.steps == sorted(reader.steps)
        for piece, body in reader.told:
            assert body == _rendered(run, piece, body, stored)
    assert any(hot)


def _whole_log(edge: Edge, run: str) -> Sequence[bytes]:
    with edge.services.database.read() as connection:
        return [encode_entry(entry) for entry in log_store.scan(connection, edge.execution(run).id)]


def _rendered(run: str, piece: Piece, body: bytes, stored: Sequence[bytes]) -> bytes:
    """Return the page as it has to be for the status and the head that it tells."""
    told = orjson.loads(body)
    head = told["headSequence"]
    first, last = piece.span(head)
    entries = stored[first - 1 : max(first - 1, last)]
    more = entries and last < head
    shown = {
        "executionId": run,
        "status": told["status"],
        "firstSequence": min(1, head),
        "headSequence": head,
        "nextAfter": last if more else None,
        "logRemovedAt": None,
    }
    return orjson.dumps(shown)[:-1] + b',"logs":' + join_entries(entries) + b"}"


def test_memory_answers_where_nobody_listens_any_more_only_as_long_as_it_is_whole(edge: Edge, run: str) -> None:
    """Entries that are not kept (nobody wanted them) leave no older ones behind that would seem the newest."""
    feed = edge.services.feed
    with edge.client() as client:
        assert not feed.hub.has_listeners(execution_topic(run))
        feed.forget(run)
        edge.write(run, 2)
        assert _page(client, run, "?tail=1").json()["logs"][0]["sequence"] == 32
