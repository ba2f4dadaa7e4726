"""`retoma verify` while a server works, after it was killed, and on PostgreSQL."""

import contextlib
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
from sqlalchemy import text

from retoma.storage.database import migration_engine
from support.board import Board
from support.command import retoma
from support.repositories import make_repository


def _verify(board: Board, *arguments: str, url: str = "") -> tuple[int, dict[str, object]]:
    done = retoma("verify", "--json", "--data", board.data, *arguments, environment={"RETOMA_DATABASE_URL": url})
    told: dict[str, object] = json.loads(done.stdout)
    return done.returncode, told


def _remarks(told: dict[str, object]) -> list[str]:
    remarks = told["remarks"]
    assert isinstance(remarks, list)
    return [remark["sentence"] for remark in remarks]


def test_a_run_under_way_is_verified_beside_the_server_without_it_and_after_its_recorder_died(tmp_path: Path) -> None:
    with Board(tmp_path / "data") as board:
        board.project(make_repository(tmp_path / "repository"))
        done = board.execution(board.run(board.script("Done", "lines 200", "exit 0")))
        busy = board.run(board.script("Busy", "lines 200", "say begin", "lines 1000000 rate 500"))
        board.follow(busy, until="begin")
        board.finish(str(done["id"]))
        assert _verify(board)[0] == 0
        board.kill()
        code, told = _verify(board, busy)
        assert (code, told["differences"], told["remarks"]) == (0, [], [])
        recorder = json.loads((board.data / "runs" / busy / "run.json").read_text())["recorder"]["pid"]
        psutil.Process(recorder).kill()
        code, told = _verify(board)
        assert (code, len(_remarks(told))) == (0, 1)
        assert "next start settles it" in _remarks(told)[0]
        board.start()
        assert board.finish(busy)["status"] == "interrupted"
        assert _verify(board)[0] == 0


def test_a_run_that_nobody_settles_although_a_server_has_it_is_a_difference(tmp_path: Path) -> None:
    with Board(tmp_path / "data") as board:
        board.project(make_repository(tmp_path / "repository"))
        run = board.run(board.script("Stuck", "say begin", "hang"))
        board.follow(run, until="begin")
        server = psutil.Process(board.pid)
        with _stopped(server):
            psutil.Process(json.loads((board.data / "runs" / run / "run.json").read_text())["recorder"]["pid"]).kill()
            code, told = _verify(board)
        assert code == 1
        assert "recorder is dead, for more than 5 s" in str(told["differences"])
        assert board.finish(run)["status"] == "interrupted"
        assert _verify(board)[0] == 0


@contextlib.contextmanager
def _stopped(process: psutil.Process) -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_a_board_on_postgresql_verifies_clean_and_what_is_planted_is_found(tmp_path: Path, postgres_url: str) -> None:
    program = tmp_path / "agent"
    program.write_text("#!/bin/sh\nprintf 'nul \\0 in it\\n\\377\\n'; echo complaint >&2; exit 2\n")
    program.chmod(0o755)
    environment = {"RETOMA_DATABASE_URL": postgres_url, "RETOMA_CLAUDE_COMMAND": str(program)}
    with Board(tmp_path / "data", environment=environment) as board:
        board.project(make_repository(tmp_path / "repository"))
        board.finish(board.run(board.script("Done", "lines 200", "exit 0")))
        odd = board.run(board.card("Odd"), agent="claude-code")
        assert board.finish(odd)["status"] == "error"
        code, told = _verify(board, url=postgres_url)
        assert (code, told["differences"], told["remarks"]) == (0, [], [])
        board.stop()
        assert _verify(board, url=postgres_url)[0] == 0
        _spoil(postgres_url, "DELETE FROM execution_logs WHERE sequence = 100")
        code, told = _verify(board, url=postgres_url)
        assert (code, told["found"]) == (1, 2), "a hole, and an entry of the journal that is not there"


def _spoil(url: str, statement: str) -> None:
    engine = migration_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
