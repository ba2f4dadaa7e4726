"""A restored board beside the original, on the same machine: neither touches what is the other's."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.board import Board
from support.command import retoma
from support.repositories import make_repository

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def original(tmp_path: Path) -> Iterator[Board]:
    """Give a running board with a project."""
    with Board(tmp_path / "data") as board:
        board.project(make_repository(tmp_path / "repository"))
        yield board


def _restored(original: Board, folder: Path) -> Board:
    made = retoma("backup", folder / "board.backup", "--data", original.data)
    assert made.returncode == 0, made.stderr
    restored = retoma("restore", folder / "board.backup", "--data", folder / "restored", "--json")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert json.loads(restored.stdout)["differences"] == 0
    return Board(folder / "restored")


def test_a_run_of_the_original_goes_on_while_the_restored_board_shows_it_as_interrupted(
    original: Board, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    card = original.script("Long", "say here", f"run cat {gate}", "say there", "exit 0")
    run = original.run(card)
    original.follow(run, until="here")
    opened = gate.open("w")
    before, shown = original.processes_of(run), original.log(run)
    with _restored(original, tmp_path) as other:
        ended = other.finish(run)
        assert (ended["status"], ended["evidence"]["lost"]) == ("interrupted", "restored")  # type: ignore[index]
        assert "backup" in str(ended["error"])
        assert [e["content"] for e in other.log(run)][: len(shown)] == [e["content"] for e in shown]
        assert original.processes_of(run) == before, "the agent of the original lives on"
        other.stop()
        other.start()  # what is over is looked for at a start
        assert original.processes_of(run) == before
        verified = retoma("verify", "--data", other.data)
        assert verified.returncode == 0, verified.stdout
        opened.close()
        assert original.finish(run)["status"] == "success"
        assert "there" in [entry["content"] for entry in original.log(run)]
        verified = retoma("verify", "--data", original.data)
        assert verified.returncode == 0, verified.stdout
        assert other.execution(run) == ended
        assert other.token != original.token
