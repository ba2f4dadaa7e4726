"""The first, the second, the third … system call on the database's log fails, until a run passes untouched."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

import retoma
from retoma.executions.model import Execution
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from support import factories, strace
from support.following import Following, WrittenRun, assert_whole, stored_entries
from support.trials import IS_LONG, trials

PROGRAM = Path(__file__).with_name("sweeping_program.py")
SOURCES = [str(Path(str(retoma.__file__)).parents[1]), str(Path(__file__).parents[1])]
LINES = 4
NUMBER = trials(20, 150)  # of system calls, each of which fails once

pytestmark = pytest.mark.timeout(600 if IS_LONG else 60)


@dataclass(frozen=True, kw_only=True)
class Trial:
    folder: Path
    execution: Execution
    shown: list[str]
    was_hit: bool
    stopped: bool


def _sweep(tmp_path: Path, call: str, fault: str) -> list[Trial]:
    strace.need("strace", "strace")
    template = tmp_path / "template.db"
    upgrade(f"sqlite:///{template}")
    with closing(Database(f"sqlite:///{template}")) as database:
        execution, _ = factories.run(database, factories.create_card(database).id)
    folders = [tmp_path / str(n) for n in range(1, NUMBER + 1)]
    for folder in folders:
        WrittenRun(folder / "run")
        shutil.copy(template, folder / "retoma.db")
    log = tmp_path / "strace.log"
    program = [sys.executable, str(PROGRAM), str(tmp_path), call, *map(str, (1, NUMBER, NUMBER, LINES))]
    logs = [folder / "retoma.db-wal" for folder in folders]
    done = subprocess.run(
        [*strace.command(call, f"{fault}:when={NUMBER}", logs, log), *program, execution.public_id],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)},
        capture_output=True,
        text=True,
        check=True,
    )
    hit = {line.split()[0] for line in log.read_text().splitlines() if "(INJECTED)" in line}
    reports = {report["n"]: report for report in map(json.loads, done.stdout.splitlines())}
    assert sorted(reports) == list(range(1, NUMBER + 1)), done.stderr
    return [
        Trial(
            folder=folder,
            execution=execution,
            shown=reports[n]["shown"],
            was_hit=str(reports[n]["thread"]) in hit,
            stopped=reports[n]["stopped"],
        )
        for n, folder in enumerate(folders, start=1)
    ]


def _assert_recovers(trial: Trial) -> None:
    """What was shown is stored after the next start, and the log becomes whole, each line once."""
    url = f"sqlite:///{trial.folder / 'retoma.db'}"
    upgrade(url)  # what each start does first; after a failed disk it checks the database
    run = WrittenRun(trial.folder / "run")
    with closing(Database(url)) as database:
        stored = [entry.content for entry in stored_entries(database, trial.execution)]
        assert stored[: len(trial.shown)] == trial.shown
        # The write whose fsync failed may stand: then the run may even be settled.
        if not factories.reload(database, trial.execution).status.over:
            assert trial.stopped
            run.write(run.lines + 1, LINES - run.lines)
            run.end()
            Following(database, trial.execution, run).until_over()
        assert_whole(database, trial.execution, LINES)


def test_when_the_nth_fsync_fails_nothing_is_acknowledged_any_more_and_the_next_start_makes_it_whole(
    tmp_path: Path,
) -> None:
    found = _sweep(tmp_path, "fdatasync", "error=EIO")
    assert [trial.was_hit for trial in found][:5] == [True] * 5
    assert not found[-1].was_hit, "until a run passes untouched"
    assert [trial.stopped for trial in found] == [trial.was_hit for trial in found]
    for trial in found:
        assert (trial.folder / "retoma.db.unsound").exists() == trial.was_hit
        _assert_recovers(trial)
        assert not (trial.folder / "retoma.db.unsound").exists()


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_when_the_nth_write_fails_the_log_becomes_whole_without_a_restart(tmp_path: Path, error: str) -> None:
    found = _sweep(tmp_path, "pwrite64", f"error={error}")
    assert found[0].was_hit
    if IS_LONG:
        assert not found[-1].was_hit, "until a run passes untouched"
    assert not any(trial.stopped for trial in found)
    for trial in found:
        assert len(trial.shown) == LINES + 1
        _assert_recovers(trial)
