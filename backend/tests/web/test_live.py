"""The WebSocket: boards and executions as topics, each entry once and in order."""

import asyncio
import threading

import orjson
import pytest
from sqlalchemy import Engine, event
from websockets.exceptions import ConnectionClosed

from retoma.core.status import Status
from retoma.web import wire
from support.edge import Edge
from support.live_socket import Socket, live, sequences, state

pytestmark = pytest.mark.anyio


@pytest.fixture
def execution(edge: Edge) -> str:
    """Give a running execution."""
    execution = edge.start(edge.add_card(edge.add_project()))
    edge.run(execution)
    return execution


class TestExecution:
    async def test_the_state_comes_first_then_the_past_then_what_comes(self, edge: Edge, execution: str) -> None:
        edge.write(execution, 3)
        topic = f"execution:{execution}"
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=topic, after=1)
            first = await socket.hear()
            assert first["topic"] == topic
            assert (state(first)["status"], state(first)["headSequence"]) == ("running", 3)
            second = await socket.hear()
            assert (second["topic"], sequences(second), second["head"]) == (topic, [2, 3], 3)
            await asyncio.to_thread(edge.write, execution, 2)
            assert await socket.entries(5) == [4, 5]

    async def test_the_last_state_comes_after_the_last_entry(self, edge: Edge, execution: str) -> None:
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"execution:{execution}")
            await socket.hear()
            # The reader hears of both at once, and is far behind.
            await asyncio.to_thread(edge.write, execution, 1200, wakes=False)
            await asyncio.to_thread(edge.finish, execution)
            found: list[int] = []
            while True:
                frame = await socket.hear()
                if "entries" in frame:
                    found += sequences(frame)
                elif state(frame)["status"] == "success":
                    break
            assert found == list(range(1, 1201))

    async def test_of_one_that_is_over_too(self, edge: Edge, execution: str) -> None:
        edge.write(execution, 3)
        edge.finish(execution)
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"execution:{execution}")
            frames = [await socket.hear() for _ in range(3)]
        assert state(frames[0])["status"] == "success"
        assert sequences(frames[1]) == [1, 2, 3]
        assert state(frames[2])["status"] == "success"

    async def test_each_change_of_state_is_told(self, edge: Edge, execution: str) -> None:
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"execution:{execution}", after=0)
            await socket.hear()
            await asyncio.to_thread(edge.ask, execution)
            waiting = state(await socket.hear())
            assert waiting["status"] == "waiting"
            assert waiting["nextActions"] == ["answer", "cancel"]
            await asyncio.to_thread(edge.finish, execution, Status.CANCELLED)
            assert state(await socket.hear())["status"] == "cancelled"

    async def test_readers_that_come_and_go_while_it_is_written_get_each_entry_once(
        self, edge: Edge, execution: str
    ) -> None:
        total = sum(n % 7 + 1 for n in range(120))
        writer = threading.Thread(target=edge.write_in_bursts, args=[execution, 120])
        writer.start()

        async def read(pause: int) -> list[int]:
            found: list[int] = []
            while not found or found[-1] < total:
                async with live(edge) as socket:
                    after = found[-1] if found else 0
                    await socket.say(op="subscribe", topic=f"execution:{execution}", after=after)
                    found += await socket.entries(min(after + pause, total))
            return found

        readers = [read(1), read(20), read(100), read(total)]
        for found in await asyncio.gather(*readers):
            assert found == list(range(1, total + 1))
        writer.join()

    async def test_a_new_subscription_begins_where_it_says(self, edge: Edge, execution: str) -> None:
        edge.write(execution, 5)
        topic = f"execution:{execution}"
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=topic)
            assert await socket.entries(5) == [1, 2, 3, 4, 5]
            await socket.say(op="subscribe", topic=topic, after=3)
            assert await socket.entries(5) == [4, 5]

    async def test_after_unsubscribing_nothing_comes(self, edge: Edge, execution: str) -> None:
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"execution:{execution}")
            await socket.hear()
            await socket.say(op="unsubscribe", topic=f"execution:{execution}")
            await socket.say(op="ping")
            assert await socket.hear() == {"pong": True}
            await asyncio.to_thread(edge.write, execution, 1)
            await socket.say(op="ping")
            assert await socket.hear() == {"pong": True}

    async def test_huge_entries_come_in_messages_of_bounded_size(self, edge: Edge, execution: str) -> None:
        edge.write(execution, 20, content="x" * 200_000)
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"execution:{execution}")
            found: list[int] = []
            while not found or found[-1] < 20:
                message = await socket.connection.recv()
                assert len(message) < 400_000
                frame = orjson.loads(message)
                found += sequences(frame) if "entries" in frame else []
        assert found == list(range(1, 21))


class TestBoard:
    async def test_the_whole_board_comes_first_then_what_changes(self, edge: Edge) -> None:
        project = edge.add_project()
        first = edge.add_card(project, "first")
        topic = f"board:{project.id}"
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=topic)
            frame = await socket.hear()
            assert frame["topic"] == topic
            with edge.client() as client:
                assert frame["snapshot"] == client.get("/api/cards").json()
            second = await asyncio.to_thread(edge.add_card, project, "second")
            assert [card["id"] for card in await self.changed(socket)] == [second]
            execution = await asyncio.to_thread(edge.start, first)
            [card] = await self.changed(socket)
            assert card["id"] == first
            assert card["activeExecution"] is not None
            assert card["activeExecution"]["id"] == execution

    async def changed(self, socket: Socket) -> list[wire.Card]:
        frame = await socket.hear()
        assert frame["removed"] == []
        cards = frame["cards"]
        assert isinstance(cards, list)
        return cards

    async def test_a_deleted_card_is_told_by_its_id(self, edge: Edge) -> None:
        project = edge.add_project()
        card = edge.add_card(project)
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"board:{project.id}")
            await socket.hear()

            def delete() -> None:
                with edge.client() as client:
                    client.delete(f"/api/cards/{card}").raise_for_status()

            await asyncio.to_thread(delete)
            assert await socket.hear() == {"topic": f"board:{project.id}", "cards": [], "removed": [card]}

    async def test_many_changes_come_in_few_messages(self, edge: Edge) -> None:
        project = edge.add_project()
        cards = [edge.add_card(project, f"card {n}") for n in range(20)]
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"board:{project.id}")
            await socket.hear()
            for _ in range(5):
                for card in cards:
                    edge.services.feed.publish_card(project.id, card)
            seen: set[str] = set()
            messages = 0
            while seen != set(cards):
                messages += 1
                seen |= {str(card["id"]) for card in await self.changed(socket)}
        assert messages <= 3

    async def test_a_change_between_reading_the_board_and_sending_it_is_not_lost(self, edge: Edge) -> None:
        project = edge.add_project()
        made: list[str] = []

        def create(*arguments: object) -> None:
            # In the thread that reads the board, which sees one snapshot: this card is not in it.
            if not made and "FROM cards" in str(arguments[2]):
                made.append("")
                made.append(edge.add_card(project))

        event.listen(Engine, "after_cursor_execute", create)
        try:
            async with live(edge) as socket:
                await socket.say(op="subscribe", topic=f"board:{project.id}")
                assert (await socket.hear())["snapshot"] == []
                assert [card["id"] for card in await self.changed(socket)] == made[1:]
        finally:
            event.remove(Engine, "after_cursor_execute", create)


class TestSocket:
    @pytest.mark.parametrize(
        "message",
        [
            "not json",
            "[]",
            "null",
            "{}",
            '{"op": "dance"}',
            '{"op": ["subscribe"]}',
            '{"op": "subscribe"}',
            '{"op": "subscribe", "topic": 7}',
            '{"op": "subscribe", "topic": "weather:here"}',
            '{"op": "subscribe", "topic": "execution:"}',
            '{"op": "subscribe", "topic": "execution:nope"}',
            '{"op": "subscribe", "topic": "board:nope"}',
            '{"op": "subscribe", "topic": "board:a\\u0000"}',
            '{"op": "subscribe", "topic": "execution:nope", "after": -1}',
            '{"op": "subscribe", "topic": "execution:nope", "after": "1"}',
            '{"op": "subscribe", "topic": "execution:nope", "after": true}',
            '{"op": "subscribe", "topic": "execution:nope", "after": 1e99}',
            '{"op": "unsubscribe"}',
            "\ud7ff",
        ],
    )
    async def test_a_bad_message_gets_an_error_and_the_socket_stays(self, edge: Edge, message: str) -> None:
        async with live(edge) as socket:
            await socket.connection.send(message)
            answer = await socket.hear()
            assert isinstance(answer["error"], str)
            assert set(answer) <= {"error", "topic"}
            await socket.connection.send(b'{"op": "ping"}')
            assert await socket.hear() == {"pong": True}

    async def test_an_error_names_its_topic(self, edge: Edge) -> None:
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic="execution:nope")
            assert (await socket.hear())["topic"] == "execution:nope"

    async def test_a_message_too_large_ends_the_socket(self, edge: Edge) -> None:
        async with live(edge) as socket:
            await socket.connection.send("x" * 100_000)
            with pytest.raises(ConnectionClosed) as closed:
                await socket.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009

    async def test_it_follows_64_topics_and_no_more(self, edge: Edge) -> None:
        project = edge.add_project()
        executions = [edge.start(edge.add_card(project)) for _ in range(65)]
        async with live(edge) as socket:
            for execution in executions[:64]:
                await socket.say(op="subscribe", topic=f"execution:{execution}")
                assert "execution" in await socket.hear()
            last = f"execution:{executions[64]}"
            await socket.say(op="subscribe", topic=last)
            assert "64" in str((await socket.hear())["error"])
            await socket.say(op="unsubscribe", topic=f"execution:{executions[0]}")
            await socket.say(op="subscribe", topic=last)
            assert "execution" in await socket.hear()

    async def test_when_it_ends_nobody_listens_any_more(self, edge: Edge, execution: str) -> None:
        hub = edge.services.feed.hub
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"execution:{execution}")
            await socket.hear()
            assert hub.has_listeners(f"execution:{execution}")
        with edge.client() as client:
            while hub.has_listeners(f"execution:{execution}"):
                await asyncio.to_thread(client.get, "/api/health")

    async def test_one_that_does_not_read_is_closed_with_1013_and_disturbs_nobody(
        self, edge: Edge, execution: str
    ) -> None:
        topic = f"execution:{execution}"
        edge.write(execution, 400, content="x" * 60_000)  # more than the buffers on the way hold
        async with live(edge, max_queue=1) as stuck, live(edge) as other:
            await stuck.say(op="subscribe", topic=topic)
            await other.say(op="subscribe", topic=topic, after=400)
            await other.hear()
            heard = 400
            with edge.client() as client:
                while len(edge.services.feed.hub._topics[topic]) > 1:
                    await asyncio.to_thread(edge.write, execution, 1)
                    heard += 1
                    assert await other.entries(heard) == [heard]
                    await asyncio.to_thread(client.get, "/api/health")
            with pytest.raises(ConnectionClosed) as closed:
                await stuck.hear_all()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013

    async def test_one_far_behind_does_not_keep_another_topic_waiting(self, edge: Edge, execution: str) -> None:
        edge.write(execution, 6000)
        other = await asyncio.to_thread(lambda: edge.start(edge.add_card(edge.add_project())))
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic=f"execution:{execution}")
            await socket.say(op="subscribe", topic=f"execution:{other}")
            await socket.say(op="ping")
            before_pong = 0
            while "pong" not in (frame := await socket.hear()):
                before_pong += len(sequences(frame)) if "entries" in frame else 0
            assert before_pong < 6000
