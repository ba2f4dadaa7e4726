"""The data folder of a board that has seen every kind of end, made once; each test gets a copy to spoil."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from retoma.settings import Settings, load_settings
from retoma.verification.report import Report
from retoma.verification.verify import Verification
from support.board import Board
from support.repositories import make_repository

# In the place of Claude Code: what an adapter makes entries of without understanding it, on both streams.
_ODD = r"""
import sys
out, err = sys.stdout.buffer, sys.stderr.buffer
for n in range(50):
    out.write(b"plain %d\n" % n)
    err.write(b"complaint %d \xff\xfe\n" % n)
out.write(b"nul \0 in it\n" + b"\xc3\xa9" * 5_000_000 + b"\n" + b"half \xed\xa0\x80 a pair\n")
out.write(b"no newline")
out.flush()
err.flush()
sys.exit(3)
"""
_SCRIPTS = {
    "success": ("say begin", "lines 500", "run echo one; echo two >&2", "exit 0"),
    "error": ("say begin", "exit 3"),
    "interrupted": ("say begin", "lines 10", "crash"),
    "cancelled": ("say begin", "hang"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """A data folder, and the execution of each end in it."""

    settings: Settings
    runs: dict[str, str]

    @property
    def data(self) -> Path:
        return self.settings.data

    def folder(self, end: str) -> Path:
        return self.settings.runs / self.runs[end]

    def sql(self, *statements: str) -> None:
        with sqlite3.connect(self.data / "retoma.db") as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def key(self, end: str) -> int:
        with sqlite3.connect(self.data / "retoma.db") as connection:
            (found,) = connection.execute("SELECT id FROM executions WHERE public_id = ?", (self.runs[end],)).fetchone()
        connection.close()
        return int(found)

    def verify(self, end: str | None = None) -> Report:
        return Verification(self.settings, served=False).run(None if end is None else self.runs[end])


@pytest.fixture(scope="package", name="pristine")
def _pristine(tmp_path_factory: pytest.TempPathFactory) -> Spoilt:
    folder = tmp_path_factory.mktemp("pristine")
    program = folder / "odd.py"
    program.write_text(_ODD)
    with Board(folder / "data", environment={"RETOMA_CLAUDE_COMMAND": f"python3 {program}"}) as board:
        board.project(make_repository(folder / "repository"))
        runs = {end: board.run(board.script(end, *steps)) for end, steps in _SCRIPTS.items()}
        board.follow(runs["cancelled"], until="begin")
        board.post(f"/api/executions/{runs['cancelled']}/cancel", status=202)
        runs["odd"] = board.run(board.card("odd"), agent="claude-code")
        for end, run in runs.items():
            assert board.finish(run)["status"] == ("error" if end == "odd" else end)
        board.stop()
    return Spoilt(settings=load_settings({"data": str(folder / "data")}, {}), runs=runs)


@pytest.fixture
def spoilt(pristine: Spoilt, tmp_path: Path) -> Spoilt:
    """Give a copy of that folder, which may be spoilt."""
    # In the order in which files are made there: a FIFO can't be copied, and is not needed any more.
    shutil.copytree(pristine.data, tmp_path / "data", ignore=shutil.ignore_patterns("in.fifo", "workspaces"))
    return Spoilt(settings=load_settings({"data": str(tmp_path / "data")}, {}), runs=pristine.runs)
