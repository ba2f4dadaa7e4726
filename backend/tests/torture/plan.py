"""What an agent of the torture suite will do, all of it known from its seed. Standard library only: the agent reads it.

A plan is a sequence of steps. What each writes is fixed, byte for byte, and so is what the log must say of it.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class End(StrEnum):
    """How an agent ends by itself."""

    RESULT = "result"  # tells its result and exits with 0
    STAYS = "stays"  # tells its result and lives on, as Claude Code does, until it is closed
    FAILED = "failed"  # tells a result that is a failure, and exits with 0
    CODE = "code"  # exits with a code, without a result
    SIGNAL = "signal"  # dies by a signal, without a result
    NEVER = "never"  # goes on until somebody ends it; ignores SIGINT and SIGTERM


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Write `data` to stdout (1) or stderr (2), in two halves where `half` is set, after `pause` seconds.

    `says` is the content of the entry that it becomes. `ask` waits for the answer to a question, `child` leaves a
    process behind.
    """

    pause: float = 0.0
    stream: int = 1
    data: bytes = b""
    half: bool = False
    says: str = ""
    ask: str | None = None
    child: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole run. `code` is the exit code of End.CODE and the signal of End.SIGNAL."""

    seed: int
    steps: Sequence[Step]
    end: End
    code: int

    def written(self, stream: int) -> bytes:
        """Return all that will be written to a stream."""
        return b"".join(step.data for step in self.steps if step.stream == stream)

    def says(self, stream: int, length: int) -> list[str]:
        """Return the contents of the entries that the first `length` bytes of a stream are to give."""
        contents: list[str] = []
        end = 0
        for step in self.steps:
            if step.stream == stream and step.data:
                end += len(step.data)
                if end > length:
                    rest = step.data[: length - end + len(step.data)]
                    # What was cut off is the last entry; it can't be any event any more.
                    return contents + ([rest.decode("utf-8", "replace").rstrip("\n")] if rest.strip() else [])
                contents.append(step.says)
        return contents


def make_plan(seed: int, *, seconds: float, end: End | None = None, asks: bool | None = None) -> Plan:
    """Return the plan of `seed`: about `seconds` long. `end`, and whether it `asks`; None: as the seed has it."""
    chance = random.Random(seed)
    chosen = chance.choice([End.RESULT, End.RESULT, End.STAYS, End.FAILED, End.CODE, End.SIGNAL])
    ends = chosen if end is None else end
    code = chance.choice([9, 11]) if ends is End.SIGNAL else chance.choice([1, 3, 7, 42])
    count = chance.randint(40, 160)
    steps = [_init(seed)]
    for number in range(1, count + 1):
        steps += _output(chance, number, pause=_pause(chance, seconds / count))
    if chance.random() < 0.3:
        steps.insert(chance.randint(1, len(steps)), Step(child=chance.choice(["keeps-stdout", "own-session"])))
    if chance.random() < 0.3 if asks is None else asks:
        steps.insert(chance.randint(1, len(steps)), _question(chance))
    if ends in {End.RESULT, End.STAYS, End.FAILED}:
        steps.append(_result(failed=ends is End.FAILED))
    elif chance.random() < 0.5:
        steps.append(Step(data=b"no newline at the end", says="no newline at the end"))
    return Plan(seed=seed, steps=steps, end=ends, code=code)


def _pause(chance: random.Random, mean: float) -> float:
    """Bursts: mostly nothing, sometimes long, `mean` on average."""
    return chance.expovariate(0.25 / mean) if chance.random() < 0.25 else 0.0


def _event(**fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def _init(seed: int) -> Step:
    event = _event(type="system", subtype="init", session_id=f"s{seed}", model="torture", claude_code_version="0")
    return Step(data=event, says="Claude Code 0 with torture")


def _result(*, failed: bool) -> Step:
    text = "It did not work." if failed else "All of it is done."
    event = _event(type="result", subtype="success", is_error=failed, result=text, terminal_reason="completed")
    return Step(data=event, says=text)


def _question(chance: random.Random) -> Step:
    key = f"q{chance.randrange(10**9)}"
    request = {"subtype": "can_use_tool", "tool_name": "Bash", "input": {"command": "make all"}, "tool_use_id": "t"}
    event = _event(type="control_request", request_id=key, request=request)
    return Step(data=event, says="Allow Bash: make all", ask=key)


def _output(chance: random.Random, number: int, *, pause: float) -> Iterator[Step]:
    half = chance.random() < 0.1
    stream = 2 if chance.random() < 0.15 else 1
    kind = chance.choices(["words", "plain", "bytes", "nul", "long", "ansi"], [50, 30, 6, 4, 2, 8])[0]
    head = f"{'err' if stream == 2 else 'out'} {number:06d}"
    if kind == "words" and stream == 1:
        text = f"{head} said – {'x' * chance.randint(0, 200)} ✓"
        message = {"id": f"m{number}", "content": [{"type": "text", "text": text}]}
        yield Step(data=_event(type="assistant", message=message), says=text, pause=pause, half=half)
        return
    line = head.encode() + b" "
    match kind:
        case "bytes":
            line += bytes(chance.choice(b"\x80\xff\xc3\xe2\x82\xed\xa0az") for _ in range(20)) + b"."
        case "nul":
            line += b"a\0b\0"
        case "long":
            line += "é".encode() * chance.randint(10_000, 500_000)
        case "ansi":
            line += b"\x1b[31mred\x1b[0m\r100 %\x07"
        case _:
            line += b"plain"
    yield Step(data=line + b"\n", says=line.decode("utf-8", "replace"), stream=stream, pause=pause, half=half)
