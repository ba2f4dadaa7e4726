"""The recorder keeps the contract of `docs/run-directory.md`: real processes, real signals."""

import ast
import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from support.recorder import ENVIRONMENT, PROGRAM, Run, alive, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the recorder needs Linux's sub-reaper and /proc")


def test_a_run_leaves_every_file_of_the_contract_with_mode_0600(run: Run, tmp_path: Path) -> None:
    done = run.start("sh", "-c", "pwd; echo wrong >&2; exit 3", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    ended = run.exit_file()
    assert (ended["exitCode"], ended["signal"], ended["startError"], ended["orphans"]) == (3, None, None, 0)
    assert 0 <= ended["duration"] < 10
    assert run.out() == f"{tmp_path}\n"
    assert (run.folder / "err.log").read_text() == "wrong\n"
    files = {file.name: file.stat() for file in run.folder.iterdir()}
    assert set(files) == {"lock", "run.json", "out.jsonl", "err.log", "in.fifo", "marks", "exit.json"}
    assert {file.st_mode & 0o777 for file in files.values()} == {0o600}
    started = run.run_file()
    assert started["bootId"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert len(started["startedAt"]) == len(ended["completedAt"]) == len("2026-11-22T19:36:00.123Z")
    assert started["startedAt"] < ended["completedAt"]


def test_run_json_knows_both_processes_by_pid_and_start_time_while_they_live(run: Run) -> None:
    run.shell("exec sleep 60")
    started = run.run_file()
    agent = started["agent"]
    assert agent is not None
    for known in (started["recorder"], agent):
        fields = Path(f"/proc/{known['pid']}/stat").read_text().rpartition(")")[2].split()
        assert known["startTime"] == int(fields[19])
    assert os.getsid(agent["pid"]) == agent["pid"]
    assert os.getsid(started["recorder"]["pid"]) not in {os.getsid(0), agent["pid"]}


def test_the_agent_has_the_given_environment_and_nothing_else(run: Run) -> None:
    run.start(sys.executable, "-c", "import os, sys; sys.stdout.write(open('/proc/self/environ').read())")
    run.exit_file()
    pairs = {pair for pair in run.out().split("\0") if pair}
    assert pairs == {f"PATH={ENVIRONMENT['PATH']}", f"RETOMA_EXECUTION={run.mark}"}


def test_the_agent_has_three_open_files_and_no_signal_blocked_or_ignored(run: Run) -> None:
    run.start("sleep", "60")
    assert sorted(file.name for file in Path(f"/proc/{run.agent()}/fd").iterdir()) == ["0", "1", "2"]
    status = dict(line.split(":\t") for line in Path(f"/proc/{run.agent()}/status").read_text().splitlines())
    libc_own = 1 << 31 | 1 << 32  # signals 32 and 33: no program can set them, so they stay as they were inherited
    assert [int(status[name], 16) & ~libc_own for name in ("SigBlk", "SigIgn")] == [0, 0]


def test_the_agent_keeps_the_file_mode_mask_of_whoever_started_it(run: Run, tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        run.shell(f"touch {tmp_path}/made")
    finally:
        os.umask(mask)
    run.exit_file()
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o644
    assert (run.folder / "exit.json").stat().st_mode & 0o777 == 0o600


def test_an_agent_that_dies_by_a_signal_is_recorded_with_it(run: Run) -> None:
    run.shell("kill -SEGV $$")
    ended = run.exit_file()
    assert (ended["exitCode"], ended["signal"]) == (None, signal.SIGSEGV)


def test_an_agent_that_cannot_be_started_is_told_in_the_exit_file(run: Run, tmp_path: Path) -> None:
    program = tmp_path / 'not "executable"\t'
    program.write_text("#!/bin/sh\n")
    assert run.start(str(program)).returncode == 0
    ended = json.loads((run.folder / "exit.json").read_bytes())  # there already when the start returns
    assert ended["startError"] == f"cannot start '{program}': Permission denied"
    assert (ended["exitCode"], ended["signal"]) == (None, None)


@pytest.mark.parametrize(
    ("agent", "cwd", "sentence"),
    [
        ("no-such-agent", "/", "cannot start 'no-such-agent': No such file or directory"),
        ("sh", "/no/such/folder", "cannot enter the folder '/no/such/folder': No such file or directory"),
    ],
)
def test_a_missing_program_or_folder_is_told_in_the_exit_file(run: Run, agent: str, cwd: str, sentence: str) -> None:
    assert run.start(agent, cwd=cwd).returncode == 0
    assert run.exit_file()["startError"] == sentence


@pytest.mark.parametrize("args", [[], ["RUN"], ["RUN", "/", "sh"], ["RUN", "/", "--"], ["/no/such", "/", "--", "sh"]])
def test_wrong_use_exits_2_with_one_line(run: Run, args: list[str]) -> None:
    filled = [str(run.folder) if arg == "RUN" else arg for arg in args]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), *filled], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("recorder: usage:")
    assert done.stderr.count("\n") == 1
    assert list(run.folder.iterdir()) == []


def test_a_second_recorder_on_the_same_directory_exits_3_and_changes_nothing(run: Run) -> None:
    run.shell("echo once; exec sleep 60")
    run.said("once")
    before = {file.name: file.read_bytes() for file in run.folder.iterdir() if file.is_file()}
    done = run.start("sh", "-c", "echo twice")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    for name in before.keys() - {"marks"}:
        assert (run.folder / name).read_bytes() == before[name]
    assert set(run.marked()) == {run.recorder(), run.agent()}


def test_a_directory_that_has_had_its_run_is_not_run_again(run: Run) -> None:
    run.shell("echo once")
    ended = run.exit_file()
    until(lambda: not run.marked(), 5)
    assert run.start("sh", "-c", "echo twice").returncode == 3
    assert run.out() == "once\n"
    assert run.exit_file() == ended


def test_a_directory_whose_recorder_died_before_the_agent_started_may_be_run_again(run: Run) -> None:
    (run.folder / "run.json").write_text('{"recorder": {"pid": 1, "startTime": 1}, "agent": null}\n')
    os.mkfifo(run.folder / "in.fifo", 0o600)
    run.shell("echo once")
    assert run.exit_file()["exitCode"] == 0


def test_a_recorder_whose_directory_was_deleted_ends_with_its_agent(run: Run) -> None:
    run.shell("exec sleep 60")
    agent = run.agent()
    shutil.rmtree(run.folder)
    os.kill(agent, signal.SIGTERM)
    until(lambda: not run.marked(), 5)


def test_the_lock_is_held_while_the_recorder_lives_and_not_by_the_agent(run: Run) -> None:
    run.shell("echo up; exec sleep 60")
    run.said("up")
    with (run.folder / "lock").open("r+b") as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        recorder, agent = run.recorder(), run.agent()
        os.kill(recorder, signal.SIGKILL)
        until(lambda: not alive(recorder), 5)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert alive(agent)


def test_killing_the_starters_whole_process_group_leaves_the_agent_running(run: Run) -> None:
    agent = ["/bin/sh", "-c", "echo up; read line; echo heard $line"]
    # A starter as a worker is one: in a group with others, alive when the run has begun, then killed with all of it.
    keep = "import subprocess, sys, time; subprocess.run(sys.argv[1:]); print(); sys.stdout.flush(); time.sleep(60)"
    group = subprocess.Popen(
        [sys.executable, "-c", keep, *run.argv(agent)],
        env={**ENVIRONMENT, "RETOMA_EXECUTION": run.mark},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert group.stdout is not None
    with group, group.stdout:
        group.stdout.readline()
        os.killpg(group.pid, signal.SIGKILL)
    run.said("up")
    with (run.folder / "in.fifo").open("w") as fifo:
        fifo.write("me\n")
    run.said("heard me")
    assert run.exit_file()["exitCode"] == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGQUIT, signal.SIGUSR1])
def test_other_signals_do_not_end_the_recorder(run: Run, number: signal.Signals) -> None:
    run.shell("read line; echo heard")
    os.kill(run.recorder(), number)
    assert alive(run.recorder())
    with (run.folder / "in.fifo").open("w") as fifo:
        fifo.write("on\n")
    assert run.exit_file()["exitCode"] == 0
    assert run.out() == "heard\n"


HIDDEN = "(setsid sh -c 'sleep 61 & echo hidden; exec sleep 60' &) ; "


def test_what_the_agent_leaves_behind_in_a_session_of_its_own_is_ended_and_counted(run: Run) -> None:
    run.shell(HIDDEN + "while ! grep -q hidden /proc/$$/fd/1; do sleep 0.01; done")
    assert run.exit_file()["orphans"] == 2
    assert set(run.marked()) <= {run.recorder()}


def test_sigterm_ends_the_agent_and_its_hidden_grandchildren(run: Run) -> None:
    run.shell(HIDDEN + "echo up; exec sleep 60")
    run.said("up")
    run.said("hidden")
    run.stop()
    ended = run.exit_file()
    assert (ended["signal"], ended["orphans"]) == (signal.SIGINT, 2)
    assert set(run.marked()) <= {run.recorder()}


def test_an_agent_that_ignores_everything_is_killed_within_eight_seconds(run: Run) -> None:
    run.shell("trap '' INT TERM; echo up; (trap '' TERM; setsid sleep 60; sleep 60) & sleep 60; sleep 60; sleep 60")
    run.said("up")
    began = time.monotonic()
    run.stop()
    ended = run.exit_file()
    assert 4 < time.monotonic() - began < 8
    assert ended["signal"] == signal.SIGKILL
    assert set(run.marked()) <= {run.recorder()}


def test_an_agent_may_end_in_its_own_way_when_it_is_asked_to(run: Run) -> None:
    run.shell("trap 'echo bye; exit 7' INT; echo up; while :; do sleep 0.05; done")
    run.said("up")
    run.stop()
    run.stop()
    assert run.exit_file()["exitCode"] == 7
    assert run.out() == "up\nbye\n"


def test_a_process_whose_first_thread_has_ended_is_ended_too(run: Run) -> None:
    threads = (
        "import ctypes, signal, threading, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "print('up', flush=True)\n"
        "ctypes.CDLL(None).pthread_exit(None)\n"
    )
    run.shell(f"setsid {sys.executable} -c '''{threads.replace(chr(39), chr(34))}''' & " + "read line")
    run.said("up")
    until(lambda: any("(zombie)" in _state(pid) for pid in psutil.pids()), 5)
    run.stop()
    run.exit_file(10)
    assert not [pid for pid in psutil.pids() if "(zombie)" in _state(pid) and _parent(pid) == run.recorder()]


def _state(pid: int) -> str:
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        if "Threads:\t2" in status:
            return next(line for line in status.splitlines() if line.startswith("State:"))
    return ""


def _parent(pid: int) -> int:
    try:
        return psutil.Process(pid).ppid()
    except psutil.NoSuchProcess:
        return 0


def test_marks_tell_when_the_outputs_grew(run: Run) -> None:
    began = time.time()
    run.shell("printf 12345; read line; printf 678 >&2; read line")
    marks = run.folder / "marks"
    until(lambda: " 5 0\n" in marks.read_text(), 5)
    time.sleep(1.2)  # silence, while the recorder looks twice
    silent = time.time()
    with (run.folder / "in.fifo").open("w") as fifo:
        fifo.write("on\n")
    until(lambda: " 5 3\n" in marks.read_text(), 5)
    with (run.folder / "in.fifo").open("w") as fifo:
        fifo.write("on\n")
    run.exit_file()
    lines = [line.split() for line in marks.read_text().splitlines()]
    *_, first, before, last = lines
    assert [line[1:] for line in (first, before, last)] == [["5", "0"], ["5", "0"], ["5", "3"]]
    times = [float(line[0]) for line in lines]
    assert times == sorted(times)
    assert began - 0.001 <= times[0]
    # What was said after the silence was not said at its begin: the look before is marked, too.
    assert float(first[0]) + 0.5 < float(before[0]) <= float(last[0]) <= time.time()
    assert float(last[0]) > silent
    assert all(len(line[0].partition(".")[2]) == 3 for line in lines)


def test_the_agents_input_never_ends_when_its_writers_leave(run: Run) -> None:
    run.shell('while read line; do echo "heard $line"; done; echo "end of file"')
    for word in ("one", "two"):
        with (run.folder / "in.fifo").open("w") as fifo:
            fifo.write(f"{word}\n")
        run.said(f"heard {word}")
    assert run.out() == "heard one\nheard two\n"
    assert alive(run.agent())


def test_a_message_of_900_kilobytes_fits_into_the_fifo_at_once(run: Run) -> None:
    if int(Path("/proc/sys/fs/pipe-max-size").read_text()) < 1 << 20:
        pytest.skip("this system allows no pipe of 1 MiB")
    run.shell("exec sleep 60")
    fifo = os.open(run.folder / "in.fifo", os.O_WRONLY | os.O_NONBLOCK)
    try:
        assert os.write(fifo, b"x" * 900_000) == 900_000
    finally:
        os.close(fifo)


def test_the_starter_returns_although_its_output_is_a_pipe_and_the_run_goes_on(run: Run) -> None:
    began = time.monotonic()
    run.shell("exec sleep 60")
    assert time.monotonic() - began < 5
    assert alive(run.agent())
    targets = {Path(f"/proc/{run.recorder()}/fd/{fd}").readlink() for fd in (0, 1, 2)}
    assert targets == {Path(os.devnull)}


def test_a_living_recorder_needs_at_most_12_megabytes(run: Run) -> None:
    run.shell("exec sleep 60")
    assert psutil.Process(run.recorder()).memory_info().rss <= 12_000_000


def test_the_recorder_imports_the_standard_library_only_and_nothing_after_its_start() -> None:
    tree = ast.parse(PROGRAM.read_text())
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imported if isinstance(node, ast.Import) for alias in node.names}
    assert names
    assert names <= sys.stdlib_module_names
    assert not [node for node in imported if isinstance(node, ast.ImportFrom)]
    assert all(node in tree.body for node in imported)
