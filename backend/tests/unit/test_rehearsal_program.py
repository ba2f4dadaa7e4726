"""The rehearsal agent as a program: started as the product starts it, spoken to through its adapter."""

import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import retoma.rehearsal
from retoma.agents.adapter import (
    Acknowledged,
    AdapterState,
    AgentInput,
    Answer,
    Decision,
    Interrupt,
    Launch,
    PlanProposed,
    Prompt,
    QuestionOpened,
    Signal,
    Stream,
)
from retoma.agents.rehearsal import RehearsalAdapter
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.core.status import AgentExit, Command, Ending, Status
from retoma.rehearsal.sample import CARDS, FILES

ADAPTER = RehearsalAdapter()
PROGRAM = [sys.executable, "-I", "-S", str(Path(str(retoma.rehearsal.__file__)).with_name("__main__.py"))]


class Agent:
    """One process of the program, read through the adapter."""

    def __init__(self, workspace: Path, *, resume: bool = False) -> None:
        launch = Launch(program=PROGRAM, workspace=workspace, session="s-1", resume=resume, command=Command.PLAN)
        self.process = subprocess.Popen(
            ADAPTER.build_argv(launch), cwd=workspace, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._in: io.BufferedIOBase = self.process.stdin  # type: ignore[assignment]
        self._out = self.process.stdout
        self.state: AdapterState = ADAPTER.start_state()
        self.entries: list[EntryDraft] = []
        self.signals: list[Signal] = []

    def tell(self, message: AgentInput) -> None:
        self._in.write(ADAPTER.encode(message))
        self._in.flush()

    def play(self, script: str, command: Command = Command.IMPLEMENT, key: str = "k-1") -> None:
        self.tell(Prompt(key=key, text="", command=command, description=f"```rehearsal\n{script}\n```"))

    def step(self) -> bool:
        line = self._out.readline()
        if line:
            read = ADAPTER.parse(Stream.STDOUT, line.removesuffix(b"\n"), self.state)
            self.state = read.state
            self.entries += read.entries
            self.signals += read.signals
        return bool(line)

    def until(self, content: str) -> None:
        while not any(content in entry.content for entry in self.entries):
            assert self.step(), f"the agent ended without saying {content!r}"

    def end(self) -> Ending:
        while self.step():
            pass
        code = self.process.wait(10)
        seen = AgentExit(exit_code=code if code >= 0 else None, signal=-code if code < 0 else None)
        return ADAPTER.classify_end(self.state, seen, closed_by_us=False)

    def contents(self, kind: EntryKind) -> list[str]:
        return [entry.content for entry in self.entries if entry.kind is kind]


@pytest.fixture(name="agents")
def _agents() -> Iterator[list[Agent]]:
    started: list[Agent] = []
    yield started
    for agent in started:
        if agent.process.poll() is None:
            agent.process.kill()
        agent.process.communicate()


@pytest.fixture
def agent(tmp_path: Path, agents: list[Agent]) -> Agent:
    agents.append(Agent(tmp_path))
    return agents[-1]


def test_a_script_is_played_in_order_and_the_program_exits_by_itself(agent: Agent, tmp_path: Path) -> None:
    agent.play("say one\nthink two\nrun echo three; exit 4\nwrite a/b.txt <<END\nfour\nEND\n/test: exit 9\nsay five")
    ending = agent.end()
    assert ending.status is Status.SUCCESS
    assert ending.result == "five\n\n1 step failed."
    assert [entry.kind.value for entry in agent.entries] == (
        ["system", "message", "thinking", "tool", "result", "tool", "result", "message", "result"]
    )
    failed = agent.entries[4]
    assert (failed.type, failed.content) == (EntryType.ERROR, "three\n")
    assert failed.data == {"toolUseId": "tool-1", "isError": True, "exitCode": 4}
    assert (tmp_path / "a" / "b.txt").read_text() == "four\n"
    assert ADAPTER.is_idle(agent.state)


def test_a_prompt_is_acknowledged_once_and_never_played_twice(agent: Agent) -> None:
    agent.play("say once\nask Go on?")
    agent.play("say once\nask Go on?")
    agent.until("Go on?")
    agent.tell(Answer(key="ask-2", decision=Decision.ALLOW, message=None, input={}))
    assert agent.end().status is Status.SUCCESS
    assert [signal for signal in agent.signals if isinstance(signal, Acknowledged)] == [Acknowledged(key="k-1")]
    assert agent.contents(EntryKind.MESSAGE) == ["once"]


def test_a_denied_question_is_told_and_the_script_goes_on(agent: Agent) -> None:
    agent.play("ask May I?\nsay on we go")
    agent.until("May I?")
    question = next(signal for signal in agent.signals if isinstance(signal, QuestionOpened))
    agent.tell(Answer(key=question.key, decision=Decision.DENY, message="not now", input={}))
    ending = agent.end()
    assert "Denied: not now" in agent.contents(EntryKind.SYSTEM)
    assert agent.contents(EntryKind.MESSAGE) == ["on we go"]
    assert (ending.status, ending.evidence["denied"]) == (Status.SUCCESS, 1)


def test_a_follow_up_is_heard_while_the_script_plays(agent: Agent) -> None:
    agent.play("ask Go on?")
    agent.until("Go on?")
    agent.tell(Prompt(key="k-2", text="hurry", command=Command.IMPLEMENT))
    agent.tell(Answer(key="ask-1", decision=Decision.ALLOW, message=None, input={}))
    assert agent.end().status is Status.SUCCESS
    assert Acknowledged(key="k-2") in agent.signals
    assert agent.contents(EntryKind.MESSAGE)[0].startswith("You wrote: hurry")


def test_the_scripts_exit_code_is_the_programs(agent: Agent) -> None:
    agent.play("say bad\nexit 3\nsay never")
    ending = agent.end()
    assert (ending.status, ending.evidence["exitCode"]) == (Status.ERROR, 3)
    assert agent.contents(EntryKind.MESSAGE) == ["bad"]


def test_a_crash_is_a_death_by_sigkill(agent: Agent) -> None:
    agent.play("say last words\ncrash\nsay never")
    ending = agent.end()
    assert (ending.status, ending.evidence["signal"]) == (Status.INTERRUPTED, signal.SIGKILL)
    assert agent.contents(EntryKind.MESSAGE) == ["last words"]


def test_a_resumed_session_goes_on_behind_the_step_at_which_it_died(tmp_path: Path, agents: list[Agent]) -> None:
    (tmp_path / ".git").mkdir()
    script = "say before\ncrash\nsay after"
    endings = []
    for resume in (False, True):
        agents.append(Agent(tmp_path, resume=resume))
        agents[-1].play(script)
        endings.append(agents[-1].end().status)
    assert endings == [Status.INTERRUPTED, Status.SUCCESS]
    assert agents[0].contents(EntryKind.MESSAGE) == ["before"]
    assert agents[1].contents(EntryKind.MESSAGE) == ["after"]


@pytest.mark.parametrize(
    ("script", "seen"),
    [
        ("hang", "here"),
        ("sleep 60", "here"),
        ("run true\nhang", "Bash: true"),
        ("run sleep 60", "Bash: sleep 60"),
        ("lines 1000000 rate 0.1", "line 000001"),
        ("ask Well?", "Well?"),
    ],
)
@pytest.mark.parametrize("by_signal", [False, True])
def test_an_interrupt_ends_whatever_is_played(agent: Agent, script: str, seen: str, *, by_signal: bool) -> None:
    agent.play(f"say here\n{script}\nsay never")
    agent.until(seen)
    began = time.monotonic()
    if by_signal:
        agent.process.send_signal(signal.SIGINT)
    else:
        agent.tell(Interrupt(key="i"))
    ending = agent.end()
    assert ending.status is Status.INTERRUPTED
    assert "never" not in agent.contents(EntryKind.MESSAGE)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("path", ["../outside.txt", "link/outside.txt", "dangling", "/tmp/outside.txt", "."])
def test_a_path_that_leaves_the_worktree_is_refused(tmp_path: Path, agents: list[Agent], path: str) -> None:
    inside = tmp_path / "inside"
    outside = tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "link").symlink_to(outside)
    (inside / "dangling").symlink_to(outside / "new.txt")
    agents.append(Agent(inside))
    agents[-1].play(f"write {path} <<END\nbad\nEND\nsay on")
    assert agents[-1].end().status is Status.SUCCESS
    refused = next(entry for entry in agents[-1].entries if entry.kind is EntryKind.RESULT)
    assert (refused.type, "outside the worktree" in refused.content) == (EntryType.ERROR, True)
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "outside.txt").exists()


def test_a_script_that_cannot_be_played_is_refused_with_its_line(agent: Agent) -> None:
    agent.play("say a\ndance")
    ending = agent.end()
    assert ending.status is Status.ERROR
    assert "line 2: unknown step 'dance'" in str(ending.error)
    assert agent.contents(EntryKind.MESSAGE) == []


def test_a_card_without_a_script_gets_a_plan_that_says_what_it_is(agent: Agent, tmp_path: Path) -> None:
    agent.tell(Prompt(key="k", text="", command=Command.PLAN, description="Only words."))
    assert agent.end().status is Status.SUCCESS
    plan = next(signal for signal in agent.signals if isinstance(signal, PlanProposed))
    assert "written by a script, not by a model" in plan.text
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_leaves_a_process_behind_does_not_hold_the_script_up(agent: Agent) -> None:
    agent.play("run sleep 5 & echo started\nsay next")
    began = time.monotonic()
    assert agent.end().status is Status.SUCCESS
    assert time.monotonic() - began < 4
    assert "started\n" in agent.contents(EntryKind.RESULT)


def test_lines_come_at_their_rate_and_size(agent: Agent) -> None:
    agent.play("lines 30 rate 100 size 50")
    began = time.monotonic()
    assert agent.end().status is Status.SUCCESS
    assert time.monotonic() - began >= 0.28
    lines = agent.contents(EntryKind.MESSAGE)
    assert [line[:11] for line in lines] == [f"line {number:06d}" for number in range(1, 31)]
    assert {len(line.encode()) for line in lines} == {50}


def test_two_hundred_thousand_lines_take_seconds_and_are_complete(tmp_path: Path) -> None:
    prompt = Prompt(key="k", text="", command=Command.TEST, description="```rehearsal\nlines 200000\n```")
    began = time.monotonic()
    done = subprocess.run(
        [*PROGRAM, "--session", "s"], cwd=tmp_path, input=ADAPTER.encode(prompt), capture_output=True, check=True
    )
    assert time.monotonic() - began < 10
    lines = [line for line in done.stdout.splitlines() if line.startswith(b'{"type":"line"')]
    assert len(lines) == 200_000
    last = ADAPTER.parse(Stream.STDOUT, lines[-1], {}).entries[0]
    assert last.content == "line 200000"


def test_the_sample_cards_fix_what_they_say(tmp_path: Path, agents: list[Agent]) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-q", "-m", "t"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    tests = [sys.executable, "-m", "unittest", "test_slugify"]
    assert subprocess.run(tests, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    for card in CARDS:
        agents.append(Agent(tmp_path))
        # Played without its pauses: they are for people.
        hasty = "\n".join(line for line in card.description.split("\n") if ": sleep " not in line)
        agents[-1].tell(Prompt(key="k", text="", command=Command.IMPLEMENT, description=hasty))
        agents[-1].tell(Answer(key=question_key(hasty), decision=Decision.ALLOW, message=None, input={}))
        assert agents[-1].end().status is Status.SUCCESS
    everything = [sys.executable, "-m", "unittest"]
    assert subprocess.run(everything, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def question_key(description: str) -> str:
    """Return the key of the script's question, which is named after its line."""
    lines = description.split("```rehearsal\n")[1].split("\n")
    return f"ask-{next((number for number, line in enumerate(lines, 1) if ': ask ' in line), 0)}"
