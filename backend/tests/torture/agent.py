"""An agent in the place of Claude Code that plays the plan of its card's seed and keeps a ledger of what it wrote.

`agent.py FOLDER …`. The card's text has `torture {"seed": …, "seconds": …, …}`. In FOLDER, under the execution's
id: `starts` (a line for each process that was started for it), `echo` (what it writes first: the acknowledgement of its
prompt, all that is not in the plan), `ledger` (after each write: the time, and the bytes that are out on stdout and
stderr).
"""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from torture.plan import End, Plan, Step, make_plan


class Agent:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        starts = os.open(folder / "starts", append)
        os.write(starts, b"%d\n" % os.getpid())
        os.close(starts)
        self._folder = folder
        self._ledger = os.open(folder / "ledger", append)
        self._out = {1: 0, 2: 0}
        self._input = b""
        self._answers: set[str] = set()

    def read_prompt(self) -> str:
        """Wait for the first line of stdin; return the prompt's text."""
        message = self._next_message()
        text = message["message"]["content"]  # type: ignore[index]
        echo = json.dumps({"type": "user", "isReplay": True, "uuid": message["uuid"]}).encode() + b"\n"
        (self._folder / "echo").write_bytes(echo)
        self._write(1, echo)
        assert isinstance(text, str)
        return text

    def play(self, plan: Plan) -> None:
        if plan.end is End.NEVER:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for step in plan.steps:
            self._play(step)
        match plan.end:
            case End.NEVER | End.STAYS:
                while True:
                    time.sleep(3600)
            case End.SIGNAL:
                os.kill(os.getpid(), plan.code)
            case End.CODE:
                os._exit(plan.code)

    def _play(self, step: Step) -> None:
        if step.pause:
            time.sleep(step.pause)
        if step.data:
            cut = len(step.data) // 2 if step.half else 0
            for part in filter(None, (step.data[:cut], step.data[cut:])):
                self._write(step.stream, part)
                if part is not step.data:
                    time.sleep(0.002)
        if step.child:
            self._leave_behind(own_session=step.child == "own-session")
        while step.ask and step.ask not in self._answers:
            message = self._next_message()
            if message.get("type") == "control_response":
                self._answers.add(message["response"]["request_id"])  # type: ignore[index]

    def _write(self, stream: int, data: bytes) -> None:
        while data:
            written = os.write(stream, data)
            data = data[written:]
            self._out[stream] += written
        os.write(self._ledger, b"%.6f %d %d\n" % (time.time(), self._out[1], self._out[2]))

    def _leave_behind(self, *, own_session: bool) -> None:
        subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL, start_new_session=own_session)

    def _next_message(self) -> dict[str, object]:
        while b"\n" not in self._input:
            select.select([0], [], [])
            self._input += os.read(0, 1 << 16)
        line, _, self._input = self._input.partition(b"\n")
        message: dict[str, object] = json.loads(line)
        return message


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # else Python writes what is not in the plan
    agent = Agent(Path(sys.argv[1]) / os.environ["RETOMA_EXECUTION"])
    order = json.loads(re.findall(r"torture (\{.*\})", agent.read_prompt())[-1])  # of a resumed run, the last one
    end = End(order["end"]) if order["end"] else None
    agent.play(make_plan(order["seed"], seconds=order["seconds"], end=end, asks=order["asks"]))


if __name__ == "__main__":
    main()
