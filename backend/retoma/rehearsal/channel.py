"""The rehearsal agent's lines: out on stdout, in on stdin. One thread; whoever waits, waits here and hears the input.

Out: `start`, `ack`, `say`, `think`, `tool`, `result`, `line`, `ask`, `answered`, `plan`, `note`, `end`.
In: `prompt`, `answer`, `interrupt`. docs/rehearsal.md tells what is in each.
"""

import json
import os
import select
import time
from collections import deque
from typing import TypeAlias

Field: TypeAlias = str | int | bool | None | dict[str, str] | list[str]

_INPUT = 0
_OUTPUT = 1


class InterruptedByUserError(Exception):
    """The user asked the agent to stop."""


class Channel:
    """Both directions. Prompts wait in `prompts`, answers in `answers` by the key of their question."""

    def __init__(self) -> None:
        self.prompts: deque[dict[str, str]] = deque()
        self.answers: dict[str, tuple[str, str]] = {}
        self.open = True
        self._seen: set[str] = set()
        self._rest = b""

    def emit(self, type: str, **fields: Field) -> None:
        """Write one line; it is in the journal when this returns."""
        self.write(json.dumps({"type": type, **fields}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    def write(self, lines: bytes) -> None:
        """Write whole lines."""
        left = memoryview(lines)
        while left:
            left = left[os.write(_OUTPUT, left) :]

    def listen(self, seconds: float, *others: int) -> list[int]:
        """Hear the input for `seconds` or until something came. Returns which of the descriptors `others` are readable.

        Raises InterruptedByUserError.
        """
        inputs = [_INPUT, *others] if self.open else list(others)
        if not inputs:
            time.sleep(seconds)
            return []
        readable = select.select(inputs, [], [], max(0.0, seconds))[0]
        if _INPUT in readable and self.open:
            readable.remove(_INPUT)
            self._hear(os.read(_INPUT, 1 << 16))
        return readable

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass, hearing the input all the while."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.listen(left)

    def _hear(self, heard: bytes) -> None:
        self.open = bool(heard)
        *lines, self._rest = (self._rest + heard).split(b"\n")
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                message = None
            if isinstance(message, dict):
                self._take({key: value for key, value in message.items() if isinstance(value, str)})
            elif line.strip():
                self.emit("note", text="A line of input was not understood.")

    def _take(self, message: dict[str, str]) -> None:
        key = message.get("key", "")
        match message.get("type"):
            case "prompt" if key not in self._seen:
                self._seen.add(key)
                self.emit("ack", key=key)
                self.prompts.append(message)
            case "prompt":
                pass  # written again by a worker that could not know: it was taken in before
            case "answer":
                self.answers.setdefault(key, (message.get("decision", "deny"), message.get("message", "")))
            case "interrupt":
                raise InterruptedByUserError
            case other:
                self.emit("note", text=f"A line of input of unknown type '{other}' was ignored.")
