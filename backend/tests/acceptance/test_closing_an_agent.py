"""An agent that stays alive after its last turn is closed by us, whoever died in between."""

import json
import sqlite3
import sys
import time
from pathlib import Path

from support.board import Board
from support.repositories import make_repository

# Speaks as much of Claude Code's protocol as one turn needs: it echoes the prompt, gives a result once the gate is
# there, and then lives on, as the real one does.
_AGENT = """
import json, pathlib, sys, time
prompt = json.loads(sys.stdin.readline())
def say(**event): print(json.dumps(event), flush=True)
say(type="system", subtype="init", session_id="s", model="m", claude_code_version="0")
say(type="user", isReplay=True, uuid=prompt["uuid"], message=prompt["message"])
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.02)
say(type="result", subtype="success", is_error=False, result="Done.", terminal_reason="completed", num_turns=1)
time.sleep(1000)
"""


def test_an_agent_is_closed_when_the_server_died_between_the_decision_and_the_signal(tmp_path: Path) -> None:
    program, gate = tmp_path / "agent.py", tmp_path / "gate"
    program.write_text(_AGENT)
    command = f"{sys.executable} {program} {gate}"
    with Board(tmp_path / "data", environment={"RETOMA_CLAUDE_COMMAND": command}) as board:
        board.project(make_repository(tmp_path / "repository"), agent="claude-code")
        run = board.run(board.card("Stays alive"))
        board.follow(run, until="Claude Code")
        board.kill()
        gate.touch()
        _wait_for_result(board.data / "runs" / run / "out.jsonl")
        _decide_to_close(board.data / "retoma.db", run)
        board.start()
        execution = board.finish(run)
        assert board.processes_of(run) == []
    assert (execution["status"], execution["result"]) == ("success", "Done.")


def _wait_for_result(journal: Path) -> None:
    deadline = time.monotonic() + 20
    while b'"result"' not in journal.read_bytes():
        assert time.monotonic() < deadline, "the agent gave no result"
        time.sleep(0.02)


def _decide_to_close(database: Path, run: str) -> None:
    """Leave what a server leaves that dies after it has stored the decision and before it sends the signal."""
    with sqlite3.connect(database) as connection:
        (stored,) = connection.execute("SELECT adapter_state FROM executions WHERE public_id = ?", (run,)).fetchone()
        state = json.dumps(json.loads(stored) | {"closedByUs": True})
        connection.execute("UPDATE executions SET adapter_state = ? WHERE public_id = ?", (state, run))
    connection.close()
