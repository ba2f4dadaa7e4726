"""A slice of the kill loop; `make torture N=200` runs it long. A failure names its seed, which replays it."""

from pathlib import Path

import pytest

from torture.killing import Torture, kill_loop

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("seed", [1, 2])
def test_no_line_is_lost_and_no_status_lies_whatever_is_killed(tmp_path: Path, seed: int) -> None:
    with Torture(tmp_path, seed=seed) as torture:
        runs = list(kill_loop(torture, runs=8, seconds=4))
    assert any(run.kills for run in runs)
    assert [f"seed {seed}, {run.execution}: {problem}" for run in runs for problem in run.problems] == []


def test_the_same_holds_with_the_data_in_postgresql(tmp_path: Path, postgres_url: str) -> None:
    with Torture(tmp_path, seed=3, database_url=postgres_url) as torture:
        runs = list(kill_loop(torture, runs=8, seconds=4))
    assert [f"{run.execution}: {problem}" for run in runs for problem in run.problems] == []
