"""Plays the steps of a script and says what it does."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from retoma.rehearsal.channel import Channel
from retoma.rehearsal.script import Step

_OUTPUT_LIMIT = 1 << 20  # bytes of a command's output that are told
_BLOCK_BYTES = 1 << 18
_PADDING = "the quick brown fox jumps over the lazy dog "
_KILLED = 128  # a shell's way to tell a signal: 128 + its number


@dataclass(slots=True)
class Count:
    """What has happened so far, for the last word of a run."""

    said: str = ""
    failed: int = 0
    denied: int = 0


class Player:
    """Plays steps in one workspace."""

    def __init__(self, channel: Channel, workspace: Path) -> None:
        self.count = Count()
        self._channel = channel
        self._workspace = workspace.resolve()
        self._tools = 0

    def play(self, step: Step) -> int | None:
        """Play one step. Returns the exit code if the script ends with it; a crash does not return at all."""
        match step.name:
            case "say":
                self.count.said = step.text
                self._channel.emit("say", text=step.text)
            case "think" | "plan":
                self._channel.emit(step.name, text=step.text)
            case "run":
                self._run(step.text)
            case "write":
                self._write(step.path, step.text)
            case "ask":
                self._ask(f"ask-{step.line}", step.text)
            case "lines":
                self._lines(step)
            case "sleep":
                self._channel.wait(step.seconds)
            case "exit":
                return step.count
            case "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            case _:
                self._hang()
        return None

    def hear_follow_ups(self) -> None:
        """Answer what the user wrote meanwhile."""
        self._channel.listen(0)
        while self._channel.prompts:
            text = self._channel.prompts.popleft().get("text", "")
            self._channel.emit("say", text=f"You wrote: {text}\n\nA rehearsal has no model: it reads, and plays on.")

    def _hang(self) -> NoReturn:
        while True:
            self._channel.wait(3600)
            self.hear_follow_ups()

    # ---- tools ----------------------------------------------------------------------------------------------------

    def _tool(self, tool: str, **given: str) -> str:
        self._tools += 1
        tool_use = f"tool-{self._tools}"
        self._channel.emit("tool", id=tool_use, tool=tool, input=given)
        return tool_use

    def _run(self, command: str) -> None:
        tool_use = self._tool("Bash", command=command)
        with subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=self._workspace,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        ) as child:
            try:
                output = self._output_of(child)
            except BaseException:  # interrupted: what was started goes too
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
                raise
        code = child.returncode if child.returncode >= 0 else _KILLED - child.returncode
        self.count.failed += code != 0
        self._channel.emit("result", id=tool_use, output=output, exitCode=code, error=code != 0)

    def _output_of(self, child: "subprocess.Popen[bytes]") -> str:
        """Read until the command has ended, even where a process it left behind holds its output open."""
        assert child.stdout is not None  # noqa: S101 - for the type checker
        pipe = child.stdout.fileno()
        told, dropped = bytearray(), 0
        while True:
            ended = child.poll() is not None
            if pipe in self._channel.listen(0 if ended else 0.1, pipe):
                part = os.read(pipe, 1 << 16)
                if not part:
                    break
                room = max(0, _OUTPUT_LIMIT - len(told))
                told += part[:room]
                dropped += len(part[room:])
            elif ended:
                break
        child.stdout.close()
        child.wait()
        return told.decode("utf-8", "replace") + (f"\n… and {dropped} bytes more" if dropped else "")

    def _write(self, path: str, text: str) -> None:
        tool_use = self._tool("Write", file_path=path, content=text)
        target = (self._workspace / path).resolve()  # follows symlinks, so one that leads out is seen
        try:
            if target == self._workspace or not target.is_relative_to(self._workspace):
                raise PermissionError(f"'{path}' is outside the worktree")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        except OSError as error:
            self.count.failed += 1
            self._channel.emit("result", id=tool_use, output=f"Not written: {error}", filePath=path, error=True)
        else:
            length = f"{len(text.encode())} bytes"
            self._channel.emit("result", id=tool_use, output=f"Wrote {path} ({length}).", filePath=path, error=False)

    def _ask(self, key: str, question: str) -> None:
        text, *choices = question.split(" | ")
        self._channel.emit("ask", key=key, text=text, choices=choices)
        while key not in self._channel.answers and self._channel.open:
            self._channel.listen(3600)
        decision, message = self._channel.answers.get(key, ("deny", "The input ended: nobody can answer."))
        self.count.denied += decision != "allow"
        self._channel.emit("answered", key=key, decision=decision, message=message)

    # ---- many lines -----------------------------------------------------------------------------------------------

    def _lines(self, step: Step) -> None:
        began, done = time.monotonic(), 0
        while done < step.count:
            due = step.count
            if step.rate is not None:
                due = min(due, 1 + int((time.monotonic() - began) * step.rate))
            if done < due:
                upto = min(due, done + max(1, _BLOCK_BYTES // ((step.size or 0) + 40)))
                self._channel.write(numbered_lines(done + 1, upto, step.size))
                done = upto
            if step.rate is None or done < due:
                self._channel.listen(0)
            else:
                self._channel.listen(began + done / step.rate - time.monotonic())


def numbered_lines(first: int, last: int, size: int | None) -> bytes:
    """Return the output lines `line 000001 …` from `first` to `last`, their texts at least `size` bytes long."""
    texts: Sequence[str] = [f"line {number:06d}" for number in range(first, last + 1)]
    if size is not None:
        padding = " " + _PADDING * (size // len(_PADDING) + 1)
        texts = [text + padding[: max(0, size - len(text))] for text in texts]
    return "".join([f'{{"type":"line","text":"{text}"}}\n' for text in texts]).encode()
