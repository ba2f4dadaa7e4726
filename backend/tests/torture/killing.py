"""The kill loop: several runs at once on a real board, and what lives is killed at moments that the seed chooses."""

import contextlib
import json
import random
import shlex
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx
import psutil

from retoma.core.entries import LogEntry
from retoma.core.status import Status
from retoma.executions import service
from retoma.logs import store as logs
from retoma.settings import Settings, load_settings
from retoma.storage.database import is_sqlite, snapshot
from retoma.verification.verify import Verification
from support.board import Board
from support.repositories import make_repository
from torture.plan import End, Plan, make_plan
from torture.truth import Evidence, Outage, Run

_TESTS = Path(__file__).parents[1]
# How long a run may stay unsettled when its end is there and a server lives (guarantee G4).
SETTLE_SECONDS = 5.0
_PATIENCE = 90.0


class Torture:
    """A board whose Claude Code is the suite's agent, the user who answers it, and the killer."""

    def __init__(
        self, folder: Path, *, seed: int, database_url: str = "", environment: Mapping[str, str] | None = None
    ) -> None:
        self.seed, self.chance = seed, random.Random(seed)
        self.ledgers = folder / "ledgers"
        self.ledgers.mkdir(parents=True)
        agent = [sys.executable, "-I", "-c", _LOAD.format(str(_TESTS)), str(self.ledgers)]
        # An interrupt before the agent's own first line would be answered by Python, with words that nobody planned.
        command = shlex.join(["sh", "-c", 'trap "" INT; exec "$@"', "sh", *agent])
        self.board = Board(
            folder / "data",
            environment={
                "RETOMA_CLAUDE_COMMAND": command,
                "RETOMA_CONCURRENCY": "32",
                "RETOMA_DATABASE_URL": database_url,
                **(environment or {}),
            },
            own_group=True,
        )
        self.settings: Settings = load_settings({"data": str(folder / "data")}, {"RETOMA_DATABASE_URL": database_url})
        self.outages: list[Outage] = []
        self._repository = make_repository(folder / "repository")
        self._done = threading.Event()
        self.answers = True  # whether the user answers what is asked
        self._user = threading.Thread(target=self._answer, daemon=True)

    def __enter__(self) -> Self:
        self.board.start()
        self.board.project(self._repository, agent="claude-code")
        self._user.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._user.join()
        self.board.kill()
        self.board.end_runs()
        for marked in self.ledgers.iterdir():  # what a killed recorder left
            self.board.kill_processes_of(marked.name)

    # ---- what is done -----------------------------------------------------------------------------------------

    def prepare(self, *, seconds: float, end: End | None = None, asks: bool | None = None) -> Run:
        """Make a card with an agent's order, which is not started yet."""
        plan, order = self._plan(seconds, end, asks=asks)
        return Run(execution="", card=self.board.card(f"Seed {plan.seed}", order), plan=plan)

    def resume(self, run: Run, *, seconds: float) -> Run | None:
        """Go on with a run that is over, by another plan; None where that is refused (409)."""
        plan, order = self._plan(seconds, End.RESULT, asks=False)
        with self.board.client() as client:
            answer = client.post(f"/api/executions/{run.execution}/resume", json={"prompt": order})
        assert answer.status_code in {202, 409}, answer.text
        return None if answer.status_code == 409 else Run(execution=answer.json()["id"], card=run.card, plan=plan)

    def _plan(self, seconds: float, end: End | None, *, asks: bool | None) -> tuple[Plan, str]:
        seed = self.chance.randrange(10**9)
        order = json.dumps({"seed": seed, "seconds": seconds, "end": end, "asks": asks})
        return make_plan(seed, seconds=seconds, end=end, asks=asks), f"torture {order}"

    def order(self, *, seconds: float, end: End | None = None, asks: bool | None = None) -> Run:
        """Make a card with an agent's order, and start it."""
        run = self.prepare(seconds=seconds, end=end, asks=asks)
        run.execution = self.board.run(run.card)
        return run

    def kill_server(self, runs: Sequence[Run], *, down: float) -> None:
        """Kill -9 the server, and start it again after `down` seconds."""
        for run in runs:
            run.kills += self.is_live(run)
        self.board.kill()
        began = time.time()
        time.sleep(down)
        self.outages.append(Outage(began=began, ended=time.time()))
        self.board.start()

    def kill_recorder(self, run: Run) -> None:
        """Kill -9 a run's recorder, if it lives."""
        run.recorder_killed |= self._kill(run, "recorder")

    def kill_agent(self, run: Run) -> None:
        """Kill -9 a run's agent, if it lives."""
        run.agent_killed |= self._kill(run, "agent")

    def cancel(self, run: Run) -> None:
        """Wish for a run's end."""
        with self.board.client() as client:
            answer = client.post(f"/api/executions/{run.execution}/cancel", json={})
        assert answer.status_code in {202, 409}, answer.text
        run.cancelled |= answer.status_code == 202

    def is_live(self, run: Run) -> bool:
        """Whether a run has not told its end (it may not have begun)."""
        return not (self._folder(run) / "exit.json").exists() and not run.recorder_killed

    # ---- what is asked ----------------------------------------------------------------------------------------

    def await_ends(self, runs: Sequence[Run]) -> None:
        """Wait until all runs are over; what has ended must not be unsettled for longer than G4 allows."""
        ended: dict[str, float] = {}
        deadline = time.monotonic() + _PATIENCE
        waiting = list(runs)
        while waiting:
            late = time.monotonic() > deadline
            for run, status in [(run, self.status(run)) for run in waiting]:
                if Status(status).over:
                    waiting.remove(run)
                    continue
                if not self._lives(run):
                    ended.setdefault(run.execution, time.monotonic())
                since = time.monotonic() - ended.get(run.execution, time.monotonic())
                if since > SETTLE_SECONDS or late:
                    run.problems.append(f"it is {status}, {since:.1f} s after its end was there")
                    waiting.remove(run)
            time.sleep(0.05)

    def status(self, run: Run) -> str:
        """Return a run's status as the API has it."""
        return str(self.board.execution(run.execution)["status"])

    def check(self, run: Run, *, expected: Status | None = None) -> None:
        """Collect all that is wrong with a run that is over. `expected`: its status, where that is known otherwise."""
        if run.problems:
            return
        evidence = Evidence(run, self.ledgers, self._folder(run), keeps_nul=is_sqlite(self.settings.url))
        evidence.check_starts()
        evidence.check_journal()
        with snapshot(self.settings.url) as connection:
            execution = service.get_execution(connection, run.execution)
            entries: list[LogEntry] = list(logs.scan(connection, execution.id))
        right = expected or evidence.expected_status()
        if execution.status != right:
            run.problems.append(f"it is {execution.status} ({execution.error}), where {right} is right")
        if expected is not None and evidence.starts:
            run.problems.append(f"{evidence.starts} agents were started, where none was let go")
        evidence.check_log(entries, self.outages)
        touched = run.recorder_killed or run.agent_killed or run.cancelled
        if not touched and not evidence.wrote_all:
            run.problems.append("nobody touched it, and it did not come to its end")
        report = Verification(self.settings, served=True).run(run.execution)
        run.problems += [f"verify: {finding.sentence}" for finding in (*report.differences, *report.remarks)]

    # ---- small things -----------------------------------------------------------------------------------------

    def _folder(self, run: Run) -> Path:
        return self.settings.runs / run.execution

    def _kill(self, run: Run, who: str) -> bool:
        with contextlib.suppress(FileNotFoundError, psutil.NoSuchProcess):
            told = json.loads((self._folder(run) / "run.json").read_text())
            if told[who] is None or (self._folder(run) / "exit.json").exists():
                return False
            process = psutil.Process(told[who]["pid"])
            if process.status() == psutil.STATUS_ZOMBIE or f"{run.execution}".encode() not in _environment(process):
                return False
            process.kill()
            run.kills += 1
            return True
        return False

    def _lives(self, run: Run) -> bool:
        """Whether somebody works for the run, or will: it has no recorder yet, or a living one without an end."""
        try:
            told = json.loads((self._folder(run) / "run.json").read_text())
        except FileNotFoundError:
            return True
        if (self._folder(run) / "exit.json").exists():
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(told["recorder"]["pid"]).status() != psutil.STATUS_ZOMBIE
        return False

    def _answer(self) -> None:
        """Be the user: allow what is asked, whenever the board is there to be answered on."""
        while not self._done.wait(0.2):
            if not self.answers:
                continue
            with contextlib.suppress(httpx.HTTPError, OSError, KeyError), self.board.client() as client:
                for asked in client.get("/api/requests?open=true").json()["items"]:
                    path = f"/api/executions/{asked['executionId']}/requests/{asked['n']}"
                    client.post(path, json={"decision": "allow"})


_LOAD = "import sys; sys.path.insert(0, {!r}); from torture.agent import main; main()"


def _environment(process: psutil.Process) -> bytes:
    return Path(f"/proc/{process.pid}/environ").read_bytes()


def kill_loop(torture: Torture, *, runs: int, seconds: float) -> Iterator[Run]:
    """Run `runs` agents at once under 1–5 kills of the server and some of others; yield each run, checked."""
    chance = torture.chance
    ends: list[End | None] = [End.NEVER if chance.random() < 0.1 else None for _ in range(runs)]
    ordered = [torture.order(seconds=seconds * chance.uniform(0.5, 1.5), end=end) for end in ends]
    for _ in range(chance.randint(1, 5)):
        time.sleep(chance.uniform(0.0, seconds / 2))
        victim = chance.choice(ordered)
        match chance.choices(["server", "recorder", "agent", "recorder+server", "agent+server"], [60, 8, 8, 12, 12])[0]:
            case "recorder":
                torture.kill_recorder(victim)
                continue
            case "agent":
                torture.kill_agent(victim)
                continue
            case "recorder+server":
                torture.kill_recorder(victim)
            case "agent+server":
                torture.kill_agent(victim)
        torture.kill_server(ordered, down=chance.choice([0.0, 0.0, chance.uniform(0.1, 1.5)]))
    for run in ordered:
        if run.plan.end is End.NEVER:
            torture.cancel(run)
    torture.await_ends(ordered)
    for run in ordered:
        torture.check(run)
        yield run
