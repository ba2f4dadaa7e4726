"""Wake-ups: none is lost between two waits, and nobody is woken who does not listen."""

import asyncio
import random
import threading
from collections.abc import Sequence

import pytest

from retoma.live.hub import ENTRIES, EXECUTION, Hub, board_topic, execution_topic

pytestmark = pytest.mark.anyio
PATIENCE = 20


async def test_a_wake_up_between_two_waits_is_not_lost() -> None:
    hub = Hub()
    listener = hub.listen()
    listener.add("a")
    hub.wake("a", "one")
    assert await asyncio.wait_for(listener.wait(), PATIENCE) == {"a": {"one"}}
    hub.wake("a", "two")
    await asyncio.sleep(0)
    hub.wake("a", "three")
    assert await asyncio.wait_for(listener.wait(), PATIENCE) == {"a": {"two", "three"}}
    listener.close()


async def test_wake_ups_are_gathered_by_topic_and_name() -> None:
    hub = Hub()
    listener = hub.listen()
    for topic in (execution_topic("x"), board_topic("p")):
        listener.add(topic)
    for _ in range(3):
        hub.wake(execution_topic("x"), ENTRIES)
        hub.wake(execution_topic("x"), EXECUTION)
        hub.wake(board_topic("p"), "card")
        hub.wake(board_topic("other"), "card")
    changed = await asyncio.wait_for(listener.wait(), PATIENCE)
    assert changed == {"execution:x": {ENTRIES, EXECUTION}, "board:p": {"card"}}
    listener.close()


async def test_what_is_not_listened_to_any_more_wakes_nobody() -> None:
    hub = Hub()
    left, stays = hub.listen(), hub.listen()
    for listener in (left, stays):
        listener.add("a")
        listener.add("b")
    left.remove("a")
    assert hub.has_listeners("a")
    hub.wake("a", "x")
    assert await asyncio.wait_for(stays.wait(), PATIENCE) == {"a": {"x"}}
    hub.wake("b", "y")
    assert await asyncio.wait_for(left.wait(), PATIENCE) == {"b": {"y"}}
    left.close()
    stays.close()
    assert not hub.has_listeners("a")
    assert not hub.has_listeners("b")


async def test_wake_ups_from_many_threads_reach_every_listener() -> None:
    hub = Hub()
    names = [[f"{thread}-{index}" for index in range(200)] for thread in range(4)]

    async def collect(wanted: set[str]) -> None:
        listener = hub.listen()
        listener.add("t")
        ready.release()
        while wanted:
            wanted -= (await listener.wait())["t"]
        listener.close()

    def wake(own: Sequence[str], seed: int) -> None:
        chance = random.Random(seed)
        for name in own:
            hub.wake("t", name)
            if chance.random() < 0.1:
                threading.Event().wait(0.0001)

    ready = asyncio.Semaphore(0)
    readers = [asyncio.create_task(collect({name for own in names for name in own})) for _ in range(3)]
    for _ in readers:
        await ready.acquire()
    await asyncio.wait_for(
        asyncio.gather(*readers, *(asyncio.to_thread(wake, own, seed) for seed, own in enumerate(names))), PATIENCE
    )
    assert not hub.has_listeners("t")


def test_a_listener_whose_loop_has_ended_is_dropped() -> None:
    hub = Hub()

    async def leave() -> None:
        hub.listen().add("t")

    asyncio.run(leave())
    hub.wake("t", "x")
    assert not hub.has_listeners("t")
