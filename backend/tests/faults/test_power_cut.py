"""The power fails at every write: what was acknowledged is there afterwards, and what is there is whole."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

import retoma
from retoma.core.ids import new_id
from retoma.executions.model import Execution
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from support import factories, strace
from support.board import Board
from support.following import WrittenRun
from support.power import Act, Disk, read_recording, recording
from support.recorder import ENVIRONMENT, Run, until
from support.repositories import make_repository
from support.trials import IS_LONG, trials
from support.waiting_run import WaitingRun

PROGRAM = Path(__file__).with_name("storing_program.py")
SOURCES = [str(Path(str(retoma.__file__)).parents[1]), str(Path(__file__).parents[1])]
LINES = 30
SEED = 3
# At each write: once with nothing but what is safe, and so often with some of the rest.
CHANCES = trials(2, 30)

pytestmark = pytest.mark.timeout(1800 if IS_LONG else 60)


def _record_storing(tmp_path: Path) -> tuple[Disk, Sequence[Act], Execution]:
    folder = tmp_path / "db"
    folder.mkdir()
    url = f"sqlite:///{folder / 'retoma.db'}"
    upgrade(url)
    with closing(Database(url)) as database:
        execution, _ = factories.run(database, factories.create_card(database).id)
    WrittenRun(tmp_path / "run")
    disk, log = Disk(folder), tmp_path / "strace.log"
    subprocess.run(
        [*recording(log), sys.executable, str(PROGRAM), str(tmp_path), str(LINES), execution.public_id],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return disk, read_recording(log, folder), execution


def _assert_stands(file: Path, execution: Execution, told: Sequence[bytes]) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        contents = [
            content for (content,) in connection.execute("SELECT content FROM execution_logs ORDER BY sequence")
        ]
        head, status = connection.execute("SELECT head_sequence, status FROM executions").fetchone()
    whole = [f"line {line:06d}" for line in range(1, LINES + 1)] + ["Done."]
    assert contents == whole[:head]
    acknowledged = [int(line) for line in told if line != b"over"]
    assert head >= max(acknowledged, default=0)
    assert status == ("success" if b"over" in told else status)
    assert status in {"running", "success"}
    assert (head == len(whole)) or status == "running"


def test_after_a_power_cut_at_any_write_every_acknowledged_entry_and_status_stands(tmp_path: Path) -> None:
    strace.need("strace", "strace")
    disk, acts, execution = _record_storing(tmp_path)
    told: list[bytes] = []
    cuts = 0
    for number, act in enumerate(acts):
        told += act.data.split() if act.call == "told" else []
        disk.take(act)
        for chance in [None, *(random.Random(f"{SEED} {number} {n}") for n in range(CHANCES))]:
            folder = tmp_path / "after"
            disk.cut(chance, folder)
            _assert_stands(folder / "retoma.db", execution, told)
            shutil.rmtree(folder)
            cuts += 1
    assert told[-1] == b"over"
    assert {"pwrite64", "fdatasync"} <= {act.call for act in acts}
    assert any(act.file.endswith("retoma.db") and act.call == "pwrite64" for act in acts), "a checkpoint is among them"
    assert cuts > 500


def test_after_a_power_cut_at_any_write_run_json_and_exit_json_are_there_whole_or_not_at_all(tmp_path: Path) -> None:
    strace.need("strace", "strace")
    folder = tmp_path / "run"
    folder.mkdir()
    run = Run(folder, new_id())
    disk, log = Disk(folder), tmp_path / "strace.log"
    subprocess.run(
        [*recording(log), *run.argv(["/bin/sh", "-c", "echo hello; exit 3"])],
        env={**ENVIRONMENT, "RETOMA_EXECUTION": run.mark},
        check=True,
    )
    run.exit_file()
    until(lambda: not run.marked(), 5)
    named, ended = [], []
    for number, act in enumerate(read_recording(log, folder)):
        disk.take(act)
        for chance in [None, *(random.Random(f"{SEED} {number} {n}") for n in range(10 * CHANCES))]:
            after = tmp_path / "after"
            disk.cut(chance, after)
            found = {
                name: json.loads((after / name).read_text())
                for name in ("run.json", "exit.json")
                if (after / name).exists()
            }
            if chance is None:
                named.append("run.json" in found and found["run.json"]["agent"] is not None)
                ended.append("exit.json" in found)
            assert "exit.json" not in found or found["exit.json"]["exitCode"] == 3
            # No word of the agent is on a disk that does not know who the agent is.
            wrote = (after / "out.jsonl").exists() and (after / "out.jsonl").read_text()
            assert not wrote or found["run.json"]["agent"] is not None
            shutil.rmtree(after)
    assert named == sorted(named)
    assert ended == sorted(ended)
    assert (named[-1], ended[-1]) == (True, True)


def test_a_journal_that_came_back_shorter_than_what_was_taken_in_ends_the_run_as_interrupted_and_the_rows_stand(
    tmp_path: Path,
) -> None:
    with Board(tmp_path / "data") as board:
        board.project(make_repository(tmp_path / "repository"))
        run = WaitingRun(board, tmp_path / "gate")
        board.kill()
        folder = board.data / "runs" / run.id
        board.kill_processes_of(run.id)
        about = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps({**about, "bootId": "the boot before"}))
        journal = (folder / "out.jsonl").read_bytes()
        (folder / "out.jsonl").write_bytes(journal[: len(journal) // 2])
        board.start()
        ended = board.finish(run.id)
        assert (ended["status"], ended["exitCode"]) == ("interrupted", None)
        entries = board.log(run.id)
    assert entries[: len(run.seen)] == run.seen
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    ours = [entry for entry in entries[len(run.seen) :] if "'by': 'retoma'" in str(entry["data"])]
    assert entries[len(run.seen) :] == ours, "nothing is read twice"
    assert 0 <= float(str(ended["duration"])) < 60
