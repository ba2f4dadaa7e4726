"""The agent of P2 and P10: speaks as Claude Code does, prints stamped lines, and tells how long that took it.

Its orders stand in the prompt, `bench: LINES lines at RATE a second` (rate 0: as fast as it can), followed by
` on core N` where it is to have a core of its own. Each line carries the moment of its write. The result is a JSON
object, all in seconds: `seconds` for all lines, `cpu` of it, the `longest` write(2).
"""

import json
import os
import re
import sys
import time

_ORDERS = re.compile(r"bench: (\d+) lines at (\d+) a second(?: on core (\d+))?")
STAMP = "stamp"
_PADDING = "x" * 80


def main() -> None:
    """Take one prompt, print, end."""
    prompt = json.loads(sys.stdin.readline())
    key = prompt["uuid"]
    orders = _ORDERS.search(prompt["message"]["content"])
    assert orders is not None
    if orders[3] is not None:
        os.sched_setaffinity(0, {int(orders[3])})
    emit({"type": "system", "subtype": "init", "session_id": "bench", "cwd": ".", "claude_code_version": "bench"})
    emit({"type": "user", "uuid": key, "isReplay": True})
    told = json.dumps(play(int(orders[1]), int(orders[2])))
    emit({"type": "result", "subtype": "success", "is_error": False, "result": told, "user_message_uuid": key})


def emit(event: dict[str, object]) -> None:
    """Write one event."""
    os.write(1, json.dumps(event).encode() + b"\n")


def play(lines: int, rate: int) -> dict[str, float]:
    """Print the lines, one write(2) each, as agents do; return what it took."""
    began, cpu, longest = time.monotonic(), time.process_time(), 0.0
    for number in range(1, lines + 1):
        if rate:
            wait = began + number / rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
        before = time.monotonic()
        text = f"{STAMP} {time.monotonic_ns()} {number:07d} {_PADDING}"
        line = b'{"type":"assistant","message":{"content":[{"type":"text","text":"%b"}]}}\n' % text.encode()
        os.write(1, line)
        longest = max(longest, time.monotonic() - before)
    return {"seconds": time.monotonic() - began, "cpu": time.process_time() - cpu, "longest": longest}


if __name__ == "__main__":
    main()
