"""Wake-ups: none is lost between two waits, and nobody is woken who does not listen."""

import asyncio
import threading

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


async def test_no_wake_up_is_lost_to_one_that_comes_at_the_same_time() -> None:
    """Each thread wakes, and only goes on when its own wake-up was heard: a lost one is never made up for."""
    hub = Hub()
    listener = hub.listen()
    listener.add("t")
    heard = {name: threading.Semaphore(0) for name in ("a", "b", "c")}

    def wake(name: str) -> None:
        for _ in range(300):
            hub.wake("t", name)
            assert heard[name].acquire(timeout=PATIENCE)

    threads = [asyncio.create_task(asyncio.to_thread(wake, name)) for name in heard]
    while not all(thread.done() for thread in threads):
        waiting = asyncio.create_task(listener.wait())
        await asyncio.wait([waiting, *threads], return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
        if waiting.done():
            for name in waiting.result().get("t", ()):
                heard[name].release()
        else:
            waiting.cancel()
    await asyncio.gather(*threads)
    listener.close()


def test_a_listener_whose_loop_has_ended_is_dropped() -> None:
    hub = Hub()

    async def leave() -> None:
        hub.listen().add("t")

    asyncio.run(leave())
    hub.wake("t", "x")
    assert not hub.has_listeners("t")
