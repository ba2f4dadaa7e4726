"""What wakes the worker: a file that grew or came, a process that ended, a call from another thread."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from retoma.worker.watch import Watch

PATIENCE = 20.0


@pytest.fixture
def watch() -> Iterator[Watch]:
    with closing(Watch()) as opened:
        yield opened


def test_a_file_that_comes_grows_or_is_renamed_wakes_with_the_name_of_its_folder(watch: Watch, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        watch.add(name, tmp_path / name, None)
        assert watch.arm(name)
    assert watch.wait(0) == set()
    (tmp_path / "one" / "out.jsonl").touch()
    assert watch.wait(PATIENCE) == {"one"}
    assert watch.arm("one")
    with (tmp_path / "one" / "out.jsonl").open("ab") as stream:
        stream.write(b"x")
    assert watch.wait(PATIENCE) == {"one"}
    (tmp_path / "two" / "exit.new").touch()
    assert watch.wait(PATIENCE) == {"two"}
    assert watch.arm("two")
    (tmp_path / "two" / "exit.new").rename(tmp_path / "two" / "exit.json")
    assert watch.wait(PATIENCE) == {"two"}
    assert watch.arm("one")
    assert watch.arm("two")
    watch.remove("one")
    (tmp_path / "one" / "more").touch()
    (tmp_path / "two" / "more").touch()
    assert watch.wait(PATIENCE) == {"two"}


def test_a_folder_wakes_once_until_it_is_armed_again(watch: Watch, tmp_path: Path) -> None:
    watch.add("run", tmp_path, None)
    (tmp_path / "before").touch()
    assert watch.wait(0) == set()
    assert watch.arm("run")
    assert not watch.arm("run")
    (tmp_path / "first").touch()
    assert watches(watch) == 0
    assert watch.wait(PATIENCE) == {"run"}
    (tmp_path / "second").touch()
    assert watch.wait(0) == set()
    assert watch.arm("run")
    assert watches(watch) == 1


def watches(watch: Watch) -> int:
    """Return how many the kernel keeps: each of them costs whoever writes."""
    return Path(f"/proc/self/fdinfo/{watch._inotify}").read_text("ascii").count("inotify wd:")


def test_the_end_of_a_recorder_wakes_once(watch: Watch, tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    watch.add("run", tmp_path, process.pid)
    assert watch.wait(0) == set()
    process.communicate(b"\n")
    assert watch.wait(PATIENCE) == {"run"}
    assert watch.wait(0) == set()


def test_what_is_gone_already_is_left_to_the_slow_look(watch: Watch, tmp_path: Path) -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    watch.add("run", tmp_path / "nothing", process.pid)
    assert not watch.arm("run")
    assert watch.wait(0) == set()
    watch.remove("run")


def test_a_call_from_another_thread_ends_a_wait(watch: Watch) -> None:
    waiting = threading.Thread(target=watch.wait, args=(PATIENCE,))
    waiting.start()
    watch.wake()
    waiting.join(PATIENCE)
    assert not waiting.is_alive()


def test_calls_before_a_wait_end_the_next_one_only(watch: Watch) -> None:
    for _ in range(1000):
        watch.wake()
    assert watch.wait(PATIENCE) == set()
    started = time.monotonic()
    watch.wait(0.05)
    assert time.monotonic() - started >= 0.04


def test_a_call_after_the_end_touches_no_other_file(tmp_path: Path) -> None:
    watch = Watch()
    watch.close()
    # They get the numbers that the watch had.
    files = [os.open(tmp_path / str(index), os.O_RDWR | os.O_CREAT) for index in range(5)]
    watch.wake()
    assert [os.fstat(file).st_size for file in files] == [0] * 5
    for file in files:
        os.close(file)
