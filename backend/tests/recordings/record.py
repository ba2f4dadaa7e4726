"""Make the recordings of the real claude program again, against the loopback model server.

    PYTHONPATH=backend:backend/tests .venv/bin/python backend/tests/recordings/record.py [NAME …]

Each gives `claude_code/NAME.jsonl`, the journal as it came, but for the names of this machine's folders and the long
lists of `system.init`. `claude_code/index.json` says how each process ended, and what it wrote to stderr.
"""

import json
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from retoma.agents.adapter import Answer, Decision, Interrupt, Launch, Prompt
from retoma.agents.claude_code import ClaudeCodeAdapter
from retoma.core.json import JsonObject
from retoma.core.status import Command
from support.claude import ClaudeProgram, find_claude, offline_environment
from support.model_server import ModelServer

FOLDER = Path(__file__).parent / "claude_code"
SESSION = "5e550000-0000-4000-8000-000000000001"
_LISTS = ("tools", "slash_commands", "terminal_slash_commands", "skills", "agents", "plugins", "capabilities")
_ADAPTER = ClaudeCodeAdapter()


@dataclass(frozen=True)
class Studio:
    """A workspace, a home and a model server for one recording."""

    folder: Path
    program: Sequence[str]
    model_url: str

    def start(self, *, resume: bool = False, session: str = SESSION) -> ClaudeProgram:
        workspace = self.folder / "workspace"
        workspace.mkdir(exist_ok=True)
        argv = _ADAPTER.build_argv(
            Launch(program=self.program, workspace=workspace, session=session, resume=resume, command=Command.IMPLEMENT)
        )
        return ClaudeProgram(argv, workspace, offline_environment(self.model_url, self.folder / "home"))

    def anonymous(self, line: bytes) -> str:
        """Return a line of the journal without this machine's names."""
        text = line.decode()
        slug = str(self.folder).replace("/", "-").replace("_", "-")
        for ours, theirs in (
            (str(self.folder / "workspace"), "/workspace"),
            (str(self.folder / "home"), "/home/agent"),
        ):
            text = text.replace(ours, theirs)
        text = text.replace(slug, "").replace(self.model_url.removeprefix("http://"), "127.0.0.1:1")
        if not text.startswith("{"):
            return text
        event = json.loads(text)
        return json.dumps(
            {key: value[:3] if key in _LISTS else value for key, value in event.items()}, ensure_ascii=False
        )


def key(number: int) -> str:
    """Return the key of the nth prompt of a recording."""
    return str(uuid.UUID(int=number, version=4))


def prompt(program: ClaudeProgram, text: str, number: int = 1) -> None:
    program.send(_ADAPTER.encode(Prompt(key=key(number), text=text, command=Command.IMPLEMENT)))


def is_result(event: JsonObject) -> bool:
    return event.get("type") == "result"


def is_question(event: JsonObject) -> bool:
    return event.get("type") == "control_request"


def is_tool_use(event: JsonObject) -> bool:
    return event.get("type") == "assistant" and '"tool_use"' in json.dumps(event)


def _until_result(text: str, results: int = 1) -> Callable[[Studio], ClaudeProgram]:
    def play(studio: Studio) -> ClaudeProgram:
        program = studio.start()
        prompt(program, text)
        for _ in range(results):
            program.wait_for(is_result)
        return program

    return play


def _answered(text: str, decision: Decision, message: str | None = None) -> Callable[[Studio], ClaudeProgram]:
    def play(studio: Studio) -> ClaudeProgram:
        program = studio.start()
        prompt(program, text)
        question = program.wait_for(is_question)
        request = question["request"]
        assert isinstance(request, dict)
        asked = str(question["request_id"])
        program.send(_ADAPTER.encode(Answer(key=asked, decision=decision, message=message, input=request["input"])))
        program.wait_for(is_result)
        return program

    return play


def _interrupted(text: str, wanted: Callable[[JsonObject], bool]) -> Callable[[Studio], ClaudeProgram]:
    def play(studio: Studio) -> ClaudeProgram:
        program = studio.start()
        prompt(program, text)
        program.wait_for(wanted)
        program.send(_ADAPTER.encode(Interrupt(key="interrupt-1")))
        program.wait_for(is_result)
        return program

    return play


def _signalled(number: signal.Signals) -> Callable[[Studio], ClaudeProgram]:
    def play(studio: Studio) -> ClaudeProgram:
        program = studio.start()
        prompt(program, "Please [[s:slow3]]")
        program.wait_for(is_tool_use)
        program.process.send_signal(number)
        program.process.wait()
        return program

    return play


def _closed(studio: Studio) -> ClaudeProgram:
    program = _until_result("Please [[s:hi]]")(studio)
    program.process.terminate()
    program.process.wait()
    return program


def _resumed(studio: Studio) -> ClaudeProgram:
    program = studio.start()
    prompt(program, "Please [[s:slow3]]")
    for _ in range(2):  # at its first tool call the program may not have written its transcript yet
        program.wait_for(is_tool_use)
    program.process.kill()
    program.end()
    program = studio.start(resume=True)
    prompt(program, "continue", 2)
    program.wait_for(is_result)
    return program


def _continued(studio: Studio) -> ClaudeProgram:
    _until_result("Please [[s:hi]]")(studio).end()
    program = studio.start(resume=True)
    prompt(program, "Please [[s:hi]]", 2)
    program.wait_for(is_result)
    return program


def _in_use(studio: Studio) -> ClaudeProgram:
    _until_result("Please [[s:hi]]")(studio).end()
    return studio.start()


def _repeated(studio: Studio) -> ClaudeProgram:
    program = _until_result("Please [[s:hi]]")(studio)
    prompt(program, "Please [[s:hi]]")
    program.wait_for(lambda event: event.get("isReplay") is True)
    return program


def _followed_up(studio: Studio) -> ClaudeProgram:
    program = studio.start()
    prompt(program, "Please [[s:steps:2:0.5]]")
    program.wait_for(is_tool_use)
    prompt(program, "And mind the style.", 2)
    program.wait_for(is_result)
    return program


RECORDINGS: Mapping[str, Callable[[Studio], ClaudeProgram]] = {
    "hi": _until_result("Please [[s:hi]]"),
    "default": _until_result("Please [[s:default]]"),
    "think": _until_result("Please [[s:think]]"),
    "plan": _until_result("Please [[s:plan]]"),
    "sub": _until_result("Please [[s:sub]]"),
    "background": _until_result("Please [[s:background:0.5]]", results=2),
    "err": _until_result("Please [[s:err]]"),
    "err401": _until_result("Please [[s:err401]]"),
    "perm_allowed": _answered("Please [[s:perm]]", Decision.ALLOW),
    "perm_denied": _answered("Please [[s:perm]]", Decision.DENY, "Not today."),
    "question_answered": _answered("Please [[s:question]]", Decision.ALLOW, "Blue"),
    "interrupted": _interrupted("Please [[s:slow3:5]]", is_tool_use),
    "interrupted_question": _interrupted("Please [[s:perm]]", is_question),
    "closed": _closed,
    "sigterm": _signalled(signal.SIGTERM),
    "sigint": _signalled(signal.SIGINT),
    "sigkill": _signalled(signal.SIGKILL),
    "resumed": _resumed,
    "continued": _continued,
    "resume_unknown": lambda studio: studio.start(resume=True),
    "session_in_use": _in_use,
    "repeated": _repeated,
    "followed_up": _followed_up,
}


def record(name: str, program: Sequence[str]) -> JsonObject:
    """Write the recording `name` and return what the index says of it."""
    with ModelServer() as server, tempfile.TemporaryDirectory(prefix="recording-") as folder:
        studio = Studio(Path(folder), program, server.url)
        with RECORDINGS[name](studio) as run:
            code = run.end()
        lines = [studio.anonymous(line) for line in run.lines]
        (FOLDER / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return {
            "exitCode": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "stderr": [studio.anonymous(line) for line in run.stderr],
        }


def main() -> None:
    """Make the named recordings, or all."""
    program = find_claude()
    if program is None:
        sys.exit("The claude program is missing: install requirements/dev.txt.")
    index_file = FOLDER / "index.json"
    index = json.loads(index_file.read_text(encoding="utf-8")) if index_file.exists() else {}
    for name in sys.argv[1:] or RECORDINGS:
        index[name] = record(name, program)
        print(name, index[name])
    index_file.write_text(json.dumps(index, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
