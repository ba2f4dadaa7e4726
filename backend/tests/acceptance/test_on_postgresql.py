"""The same board with its data in PostgreSQL."""

from pathlib import Path

from support.board import Board
from support.repositories import make_repository


def test_a_run_survives_a_kill_with_its_data_in_postgresql(tmp_path: Path, postgres_url: str) -> None:
    gate = tmp_path / "gate"
    with Board(tmp_path / "data", environment={"RETOMA_DATABASE_URL": postgres_url}) as board:
        board.project(make_repository(tmp_path / "repository"))
        card = board.script("Long", "say begin", f"run until [ -e {gate} ]; do sleep 0.05; done", "say after", "exit 0")
        run = board.run(card)
        seen = board.follow(run, until="until [")
        board.kill()
        gate.touch()
        board.start()
        assert board.finish(run)["status"] == "success"
        entries = board.log(run)
    assert entries[: len(seen)] == seen
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert "after" in [entry["content"] for entry in entries]
