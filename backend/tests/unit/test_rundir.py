"""Reading a run directory: who runs, since when, and how it ended; whatever is missing or half written."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retoma.core.status import AgentExit
from retoma.worker.rundir import ProcessIdentity, RunDirectory, RunEnd, boot_id, find_processes

NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def start_time(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    """A process with brackets in its name, which waits to be ended."""
    argv = ["x) Z 1 (", "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(argv, executable=sys.executable, stdin=subprocess.PIPE) as started:
        yield started
        started.kill()


def identity(pid: int) -> ProcessIdentity:
    return ProcessIdentity(pid=pid, start_time=start_time(pid), boot_id=boot_id())


def test_a_process_is_known_by_its_number_start_and_boot(process: "subprocess.Popen[bytes]") -> None:
    known = identity(process.pid)
    assert known.is_alive()
    reused = ProcessIdentity(pid=known.pid, start_time=known.start_time + 1, boot_id=known.boot_id)
    other_boot = ProcessIdentity(pid=known.pid, start_time=known.start_time, boot_id="another")
    assert not reused.is_alive()
    assert not other_boot.is_alive()
    reused.send(signal.SIGKILL)
    other_boot.send(signal.SIGKILL)
    assert known.is_alive()
    known.send(signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not known.is_alive()  # a zombie counts as gone
    process.wait()
    assert not known.is_alive()
    known.send(signal.SIGTERM)


def test_an_empty_directory_tells_nothing(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    assert run.recorder() is None
    assert run.end() is None
    assert run.marks().time_of("stdout", 0, NEVER) == NEVER
    assert RunDirectory(tmp_path / "nothing").end() is None


def test_the_recorder_is_read_from_run_json(tmp_path: Path) -> None:
    told = {"recorder": {"pid": 7, "startTime": 9}, "agent": None, "bootId": "b", "startedAt": "x"}
    (tmp_path / "run.json").write_text(json.dumps(told))
    assert RunDirectory(tmp_path).recorder() == ProcessIdentity(pid=7, start_time=9, boot_id="b")


@pytest.mark.parametrize(
    ("told", "ended"),
    [
        ({"exitCode": 3}, AgentExit(exit_code=3, signal=None)),
        ({"signal": 9, "orphans": 2}, AgentExit(exit_code=None, signal=9, orphans=2)),
        ({"startError": "no such file"}, AgentExit(exit_code=None, signal=None, start_error="no such file")),
    ],
)
def test_the_end_is_read_from_exit_json(tmp_path: Path, told: dict[str, object], ended: AgentExit) -> None:
    whole = {"exitCode": None, "signal": None, "startError": None, "orphans": 0, "duration": 1.25, **told}
    (tmp_path / "exit.json").write_text(json.dumps({**whole, "completedAt": "2026-01-02T03:04:05.678Z"}))
    moment = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert RunDirectory(tmp_path).end() == RunEnd(exit=ended, completed_at=moment, duration=1.25)


def test_bytes_have_the_time_of_the_last_mark_at_or_before_them(tmp_path: Path) -> None:
    (tmp_path / "marks").write_bytes(b"100.000 0 0\n101.000 50 0\n103.000 50 20\n104.000 90 20\n")
    marks = RunDirectory(tmp_path).marks()
    for offset, seconds in ((0, 100), (49, 100), (50, 103), (89, 103), (90, 104), (1000, 104)):
        assert marks.time_of("stdout", offset, NEVER) == datetime.fromtimestamp(seconds, UTC)
    for offset, seconds in ((0, 101), (19, 101), (20, 104)):
        assert marks.time_of("stderr", offset, NEVER) == datetime.fromtimestamp(seconds, UTC)


def test_what_a_full_disk_or_a_power_cut_left_among_the_marks_is_passed_over(tmp_path: Path) -> None:
    for rubbish in (b"101.5 50102.000 60 0", b"101", b"\0\0\0\0", b"", b"a b c", b"101.0 x 0"):
        (tmp_path / "marks").write_bytes(b"100.000 0 0\n" + rubbish + b"\n103.000 90 0\n")
        marks = RunDirectory(tmp_path).marks()
        assert marks.time_of("stdout", 60, NEVER) == datetime.fromtimestamp(100, UTC)
        assert marks.time_of("stdout", 90, NEVER) == datetime.fromtimestamp(103, UTC)


def test_bytes_that_no_mark_has_seen_yet_are_not_dated_back_to_the_last_one(tmp_path: Path) -> None:
    (tmp_path / "marks").write_bytes(b"100.000 0 0\n101.000 50 0\n")
    marks, now = RunDirectory(tmp_path).marks(), datetime(2026, 1, 1, tzinfo=UTC)
    assert marks.time_of("stdout", 49, NEVER, unseen=now) == datetime.fromtimestamp(100, UTC)
    assert marks.time_of("stdout", 50, NEVER, unseen=now) == now
    assert marks.time_of("stderr", 0, NEVER, unseen=now) == now


def test_what_follows_a_stored_entry_is_not_dated_before_it_but_a_clock_that_was_set_back_is_believed(
    tmp_path: Path,
) -> None:
    (tmp_path / "marks").write_bytes(b"100.000 0 0\n100.500 50 0\n")
    marks, stored = RunDirectory(tmp_path).marks(), datetime.fromtimestamp(100.7, UTC)
    assert marks.time_of("stdout", 60, NEVER, stored=stored) == stored
    later = datetime.fromtimestamp(3700, UTC)
    assert marks.time_of("stdout", 60, NEVER, stored=later) == datetime.fromtimestamp(100.5, UTC)


def test_a_mark_that_is_half_written_is_not_read(tmp_path: Path) -> None:
    for torn in (b"101.5", b"101.500 5", b"101.500 50 1", b""):
        (tmp_path / "marks").write_bytes(b"100.000 0 0\n" + torn)
        assert RunDirectory(tmp_path).marks().time_of("stdout", 60, NEVER) == datetime.fromtimestamp(100, UTC)


def test_what_is_left_of_a_run_is_found_by_its_mark() -> None:
    mark = "RETOMA_EXECUTION=a-test-of-rundir"
    argv = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    name, value = mark.split("=")
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env={name: value}) as process:
        assert find_processes(mark) == [process.pid]
        assert find_processes(mark[:-1]) == []
        process.kill()
    assert find_processes(mark) == []
