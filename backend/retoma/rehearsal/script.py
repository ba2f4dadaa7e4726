"""The script language of a rehearsal (docs/rehearsal.md): text → steps. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

COMMANDS = ("/plan", "/implement", "/test", "/review")
STEPS = ("say", "think", "run", "write", "ask", "lines", "sleep", "plan", "exit", "crash", "hang")

_MAX_LINES = 100_000_000
_MAX_SIZE = 64 * 1024 * 1024
_MAX_SECONDS = 86_400.0
_MAX_CODE = 255

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*")
_HEAD = re.compile(r"(/[^\s:]*):(?:\s+|$)")
_TEXT_FOLLOWS = re.compile(r"(.*?)\s*<<\s*(\w+)")
_LINES = re.compile(r"(\d+)(?:\s+rate\s+(\d+(?:\.\d+)?))?(?:\s+size\s+(\d+))?")


class ScriptError(Exception):
    """A script that can't be played; `line` counts from 1 within the fenced block."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do. `line` is where it stands; `command` None means that it belongs to all commands.

    Which of the rest has a meaning depends on `name`: `text` is what say, think, run, ask, plan and write work with,
    `path` where write writes, `count` how many lines or which exit code, `rate` lines a second (None: at once),
    `size` the length of each line in bytes (None: as it comes), `seconds` how long to sleep.
    """

    line: int
    command: str | None
    name: str
    text: str = ""
    path: str = ""
    count: int = 0
    rate: float | None = None
    size: int | None = None
    seconds: float = 0.0


def find_script(description: str) -> str | None:
    """Return what stands in the first block of a Markdown text that is fenced as `rehearsal`, or None."""
    lines = iter(_lines(description))
    for line in lines:
        fence = _FENCE.fullmatch(line)
        if fence is None:
            continue
        inside = list(_until_closed(lines, fence[1], indent=len(line) - len(line.lstrip(" "))))
        if fence[2] == "rehearsal":
            return "".join(f"{inner}\n" for inner in inside)
    return None


def parse_script(text: str) -> Sequence[Step]:
    """Read a script; ScriptError names the first line that is wrong."""
    lines = _lines(text)
    steps = []
    at = 0
    while at < len(lines):
        number, content = at + 1, lines[at].strip()
        at += 1
        if not content or content.startswith("#"):
            continue
        command = None
        if head := _HEAD.match(content):
            command, content = head[1], content[head.end() :]
            if command not in COMMANDS:
                raise ScriptError(number, f"there is no command '{command}'; there are {', '.join(COMMANDS)}")
        name, _, rest = content.partition(" ")
        rest = rest.strip()
        if name not in STEPS:
            raise ScriptError(number, f"unknown step '{name}'; known are {', '.join(STEPS)}")
        text_below = ""
        if name in {"write", "plan"}:
            rest, text_below, at = _text_below(name, rest, lines, at)
        steps.append(_step(number, command, name, rest, text_below))
    return tuple(steps)


def steps_of(steps: Sequence[Step], command: str) -> Sequence[Step]:
    """Return the steps that `command` plays."""
    return tuple(step for step in steps if step.command in {None, command})


def _lines(text: str) -> list[str]:
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _until_closed(lines: Iterator[str], fence: str, *, indent: int) -> Iterator[str]:
    """Yield the lines of a fenced block, up to its closing fence or the end of the text."""
    closing = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*")
    for line in lines:
        if closing.fullmatch(line):
            return
        taken = min(indent, len(line) - len(line.lstrip(" ")))
        yield line[taken:]


def _text_below(name: str, rest: str, lines: Sequence[str], at: int) -> tuple[str, str, int]:
    """Read `… <<WORD` and the lines up to WORD: what stood before, the text, and where the script goes on."""
    opened = _TEXT_FOLLOWS.fullmatch(rest)
    if opened is None:
        form = "write PATH <<END" if name == "write" else "plan <<END"
        raise ScriptError(at, f"write it as '{form}', the text on the lines below, and END on a line of its own")
    for end in range(at, len(lines)):
        if lines[end].strip() == opened[2]:
            return opened[1], "".join(f"{line}\n" for line in lines[at:end]), end + 1
    raise ScriptError(at, f"there is no line '{opened[2]}' that ends the text")


def _step(line: int, command: str | None, name: str, rest: str, text_below: str) -> Step:
    match name:
        case "say" | "think" | "run" | "ask":
            _require(line, bool(rest), f"'{name}' needs a text behind it")
            return Step(line=line, command=command, name=name, text=rest)
        case "write":
            _require(line, bool(rest), "'write' needs the path of a file")
            return Step(line=line, command=command, name=name, path=rest, text=text_below)
        case "lines":
            return _lines_step(line, command, rest)
        case "sleep":
            seconds = float(rest) if re.fullmatch(r"\d+(\.\d*)?|\.\d+", rest) else -1.0
            _require(line, 0 <= seconds <= _MAX_SECONDS, "'sleep' needs seconds, for example 'sleep 0.5'")
            return Step(line=line, command=command, name=name, seconds=seconds)
        case "exit":
            code = int(rest) if re.fullmatch(r"\d{1,3}", rest) else -1
            _require(line, 0 <= code <= _MAX_CODE, f"'exit' needs a code from 0 to {_MAX_CODE}")
            return Step(line=line, command=command, name=name, count=code)
        case _:  # plan, crash, hang
            _require(line, not rest, f"'{name}' takes nothing more on its line, but there is '{rest}'")
            return Step(line=line, command=command, name=name, text=text_below)


def _require(line: int, is_right: bool, sentence: str) -> None:  # noqa: FBT001 - a condition, as in assert
    if not is_right:
        raise ScriptError(line, sentence)


def _lines_step(line: int, command: str | None, rest: str) -> Step:
    found = _LINES.fullmatch(rest)
    if found is None:
        raise ScriptError(line, "write it as 'lines N', 'lines N rate R' or 'lines N rate R size S'")
    count, rate, size = int(found[1]), found[2] and float(found[2]), found[3] and int(found[3])
    if count > _MAX_LINES or rate == 0 or (size or 0) > _MAX_SIZE:
        limits = f"at most {_MAX_LINES} lines, of at most {_MAX_SIZE} bytes, at a rate above 0"
        raise ScriptError(line, f"'lines' gives {limits}")
    return Step(line=line, command=command, name="lines", count=count, rate=rate or None, size=size or None)
