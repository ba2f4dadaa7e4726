"""Random operations of users and of fate on one board; `retoma verify` judges after each, the truth at the end."""

import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from retoma.core.status import Status
from retoma.verification.verify import Verification
from torture.killing import Torture
from torture.plan import End
from torture.truth import Outage, Run

_CARDS = 5
# Each example starts a board: few and long ones.
_EXAMPLES = int(os.environ.get("RETOMA_TORTURE_EXAMPLES", "4"))
_STEPS = 20


class Board(RuleBasedStateMachine):
    """A board and its runs. What a rule can't do now (no such run) it leaves."""

    judged = 0  # how often the judge was asked, over all examples

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.torture = Torture(Path(self._folder.name), seed=1)
        self.torture.answers = False
        self.torture.__enter__()
        self.runs: list[Run] = []
        self.down_since: float | None = None

    # ---- users ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.down_since is None and len(self.runs) < _CARDS)
    @rule(end=st.sampled_from([End.RESULT, End.STAYS, End.CODE, End.SIGNAL, End.NEVER]), asks=st.booleans())
    def start(self, end: End, asks: bool) -> None:  # noqa: FBT001 - hypothesis hands it in by name
        self.runs.append(self.torture.order(seconds=1.5, end=end, asks=asks))

    @precondition(lambda self: self.down_since is None)
    @rule(pick=st.randoms(use_true_random=False))
    def start_again(self, pick: random.Random) -> None:
        for run in self._some(pick, self._unfinished()):
            self.torture.board.post(f"/api/cards/{run.card}/executions", {"command": "/test"}, status=409)

    @precondition(lambda self: self.down_since is None)
    @rule(pick=st.randoms(use_true_random=False))
    def cancel(self, pick: random.Random) -> None:
        for run in self._some(pick, self.runs):
            self.torture.cancel(run)

    @precondition(lambda self: self.down_since is None)
    @rule()
    def answer(self) -> None:
        items = self.torture.board.get("/api/requests?open=true")["items"]
        assert isinstance(items, list)
        for asked in items:
            path = f"/api/executions/{asked['executionId']}/requests/{asked['n']}"
            with self.torture.board.client() as client:
                assert client.post(path, json={"decision": "allow"}).status_code in {200, 409}

    @precondition(lambda self: self.down_since is None)
    @rule(pick=st.randoms(use_true_random=False))
    def send_message(self, pick: random.Random) -> None:
        # One that stays is closed only when it has heard everything; the suite's agent acknowledges its prompt only.
        for run in self._some(pick, [run for run in self.runs if run.plan.end is not End.STAYS]):
            with self.torture.board.client() as client:
                answer = client.post(f"/api/executions/{run.execution}/messages", json={"text": "Mind the tests."})
            assert answer.status_code in {202, 409}, answer.text

    @precondition(lambda self: self.down_since is None)
    @rule(pick=st.randoms(use_true_random=False))
    def resume(self, pick: random.Random) -> None:
        for run in self._some(pick, self.runs):
            again = self.torture.resume(run, seconds=0.5)
            if again is not None:
                self.runs.append(again)

    # ---- fate -----------------------------------------------------------------------------------------------------

    @rule()
    def let_agents_write(self) -> None:
        time.sleep(0.3)

    @precondition(lambda self: self.down_since is None)
    @rule()
    def kill_server(self) -> None:
        self.torture.board.kill()
        self.down_since = time.time()

    @precondition(lambda self: self.down_since is not None)
    @rule()
    def start_server(self) -> None:
        assert self.down_since is not None
        self.torture.outages.append(Outage(began=self.down_since, ended=time.time()))
        self.torture.board.start()
        self.down_since = None

    @rule(pick=st.randoms(use_true_random=False))
    def kill_recorder(self, pick: random.Random) -> None:
        for run in self._some(pick, self.runs):
            self.torture.kill_recorder(run)

    @rule(pick=st.randoms(use_true_random=False))
    def kill_agent(self, pick: random.Random) -> None:
        for run in self._some(pick, self.runs):
            self.torture.kill_agent(run)

    # ---- the judge ------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_differs(self) -> None:
        Board.judged += 1
        report = Verification(self.torture.settings, served=self.down_since is None).run()
        assert [finding.sentence for finding in report.differences] == []

    def teardown(self) -> None:
        try:
            if self.down_since is not None:
                self.start_server()
            self.torture.answers = True
            for run in self.runs:
                if run.plan.end is End.NEVER and not run.cancelled:
                    self.torture.cancel(run)
            self.torture.await_ends(self.runs)
            for run in self.runs:
                self.torture.check(run)
            assert [problem for run in self.runs for problem in run.problems] == []
        finally:
            self.torture.__exit__()
            self._folder.cleanup()

    def _unfinished(self) -> Sequence[Run]:
        return [run for run in self.runs if not Status(self.torture.status(run)).over and run.plan.end is End.NEVER]

    @staticmethod
    def _some(pick: random.Random, runs: Sequence[Run]) -> Sequence[Run]:
        return [pick.choice(runs)] if runs else []


@pytest.mark.timeout(180 * _EXAMPLES)
def test_no_sequence_of_operations_breaks_an_invariant() -> None:
    given = settings(
        max_examples=_EXAMPLES,
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # what happened in real time can't be shrunk
        suppress_health_check=list(HealthCheck),
    )
    machine = seed(int(os.environ.get("RETOMA_TORTURE_SEED", "1")))(Board)
    run_state_machine_as_test(machine, settings=given)
    assert Board.judged > _EXAMPLES * _STEPS / 2
