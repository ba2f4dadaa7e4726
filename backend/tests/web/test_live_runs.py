"""The WebSocket's topic of all runs: what needs somebody, then what changes."""

import asyncio

import pytest

from retoma.core.clock import utc_now, wire_time
from retoma.core.status import Status
from retoma.web import wire
from support.edge import Edge
from support.live_socket import Socket, live

pytestmark = pytest.mark.anyio


def runs(frame: dict[str, object], name: str) -> list[wire.Execution]:
    found = frame[name]
    assert isinstance(found, list)
    return found


class TestRuns:
    async def test_what_needs_somebody_comes_first_then_each_change_of_any_run(self, edge: Edge) -> None:
        one, other = (edge.start(edge.add_card(edge.add_project(name))) for name in ("One", "Other"))
        edge.run(one)
        edge.ask(one)
        edge.run(other)
        before = utc_now()
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic="runs")
            first = await socket.hear()
            assert set(first) == {"topic", "needy", "at"}
            assert wire_time(before) <= str(first["at"]) <= wire_time(utc_now())
            assert [(run["id"], len(run["openRequests"])) for run in runs(first, "needy")] == [(one, 1)]
            await asyncio.to_thread(edge.ask, other)
            assert await self.changed(socket) == [(other, "waiting")]
            await asyncio.to_thread(edge.finish, other, Status.INTERRUPTED)
            assert await self.changed(socket) == [(other, "interrupted")]
            await socket.say(op="subscribe", topic="runs")
            assert {run["id"] for run in runs(await socket.hear(), "needy")} == {one, other}

    async def test_the_run_of_a_deleted_card_is_told_by_its_id(self, edge: Edge) -> None:
        card = edge.add_card(edge.add_project())
        execution = edge.start(card)
        edge.run(execution)
        edge.finish(execution, Status.INTERRUPTED)
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic="runs")
            assert [run["id"] for run in runs(await socket.hear(), "needy")] == [execution]

            def delete() -> None:
                with edge.client() as client:
                    client.delete(f"/api/cards/{card}").raise_for_status()

            await asyncio.to_thread(delete)
            assert await socket.hear() == {"topic": "runs", "executions": [], "removed": [execution]}

    async def test_entries_alone_are_no_change(self, edge: Edge) -> None:
        execution = edge.start(edge.add_card(edge.add_project()))
        edge.run(execution)
        async with live(edge) as socket:
            await socket.say(op="subscribe", topic="runs")
            await socket.hear()
            await asyncio.to_thread(edge.write, execution, 50)
            await asyncio.to_thread(edge.finish, execution)
            assert await self.changed(socket) == [(execution, "success")]

    async def changed(self, socket: Socket) -> list[tuple[str, str]]:
        return [(run["id"], run["status"]) for run in runs(await socket.hear(), "executions")]
