"""The disk under the database fails, is slow or is held by somebody else: the agent never waits, nothing is lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support import strace
from support.board import Board
from support.recorder import until
from support.waiting_run import WaitingRun


def _files(board: Board) -> list[Path]:
    return [board.data / name for name in ("retoma.db", "retoma.db-wal")]


def _problems(board: Board) -> str:
    health = board.get("/api/health")
    assert (health["status"] == "degraded") == bool(health["problems"])
    return str(health["problems"])


def test_after_a_failed_fsync_nothing_is_acknowledged_until_a_restart_which_checks_and_catches_up(
    board: Board, tmp_path: Path
) -> None:
    strace.need("strace", "strace")
    run = WaitingRun(board, tmp_path / "gate")
    before = run.head()
    with strace.faults_in(board.pid, "fsync,fdatasync", "error=EIO:when=1", _files(board), tmp_path / "strace.log"):
        run.go_on()
        until(lambda: "until Retoma is started again" in _problems(board), 5)
    run.wait_for_the_agents_end()
    # The disk is well again, but what can be read back proves nothing: only a restart makes it good.
    assert "until Retoma is started again" in _problems(board)
    assert run.head() == before
    assert board.log(run.id) == run.seen
    refused = board.post("/api/cards", {"title": "A card"}, status=503)
    assert "until Retoma is started again" in str(refused["detail"])
    assert (board.data / "retoma.db.unsound").exists()
    board.stop()
    board.start()
    assert "the whole database is checked" in "".join(board.output)
    assert _problems(board) == "[]"
    assert not (board.data / "retoma.db.unsound").exists()
    run.assert_whole()


def test_a_damaged_database_is_not_opened_after_a_failed_disk(board: Board) -> None:
    board.stop()
    (board.data / "retoma.db.unsound").write_text("disk I/O error\n")
    file = board.data / "retoma.db"
    content = bytearray(file.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    file.write_bytes(content)
    with pytest.raises(RuntimeError, match="damaged") as refused:
        board.start()
    assert "backup" in str(refused.value)
    assert file.read_bytes() == content
    assert (board.data / "retoma.db.unsound").exists()


def test_while_another_program_holds_the_database_for_ten_seconds_the_agent_goes_on_and_all_is_caught_up(
    board: Board, tmp_path: Path
) -> None:
    run = WaitingRun(board, tmp_path / "gate")
    before = run.head()
    with closing(sqlite3.connect(board.data / "retoma.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        run.go_on()
        run.wait_for_the_agents_end()
        until(lambda: "not taken a write" in _problems(board), 5)
        # The writer waits for ten seconds, then gives this write up.
        until(lambda: "database is locked" in "".join(board.output), 15)
        assert run.head() == before
        other.execute("ROLLBACK")
    run.assert_whole()
    until(lambda: _problems(board) == "[]", 5)


def test_while_each_fsync_takes_seconds_the_agent_goes_on_and_all_is_caught_up(board: Board, tmp_path: Path) -> None:
    strace.need("strace", "strace")
    run = WaitingRun(board, tmp_path / "gate")
    before = run.head()
    with strace.faults_in(
        board.pid, "fsync,fdatasync", "delay_enter=3s:when=1", _files(board), tmp_path / "strace.log"
    ):
        run.go_on()
        run.wait_for_the_agents_end()
        assert run.head() == before, "the agent has ended before the first fsync has"
        run.assert_whole()
