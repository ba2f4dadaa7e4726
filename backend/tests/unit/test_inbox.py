"""Writing to an agent: all of the lines or nothing of them, in one call; and a word when nobody can read."""

import fcntl
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from retoma.agents.inputs import INPUT_BYTES
from retoma.worker.inbox import AgentGoneError, TooLongError, write_lines


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "in.fifo")
    return tmp_path / "in.fifo"


@pytest.fixture
def reader(fifo: Path) -> Iterator[int]:
    """The reading end, held open as the recorder holds it."""
    descriptor = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    yield descriptor
    os.close(descriptor)


def read_all(descriptor: int) -> bytes:
    parts = []
    while True:
        try:
            parts.append(os.read(descriptor, 1 << 20))
        except BlockingIOError:
            return b"".join(parts)


def test_lines_reach_the_reader(fifo: Path, reader: int) -> None:
    assert write_lines(fifo, b'{"one":1}\n')
    assert write_lines(fifo, b'{"two":2}\n{"three":3}\n')
    assert read_all(reader) == b'{"one":1}\n{"two":2}\n{"three":3}\n'


def test_nobody_reading_is_told(fifo: Path, tmp_path: Path) -> None:
    with pytest.raises(AgentGoneError):
        write_lines(fifo, b"x\n")
    with pytest.raises(AgentGoneError):
        write_lines(tmp_path / "nothing.fifo", b"x\n")


def test_a_long_prompt_fits_whole(fifo: Path, reader: int) -> None:
    prompt = b"p" * (INPUT_BYTES - 1) + b"\n"
    assert write_lines(fifo, prompt)
    assert read_all(reader) == prompt


def test_what_will_never_fit_is_refused_and_nothing_is_written(fifo: Path, reader: int) -> None:
    with pytest.raises(TooLongError, match=str(INPUT_BYTES)):
        write_lines(fifo, b"p" * (INPUT_BYTES + 1))
    assert read_all(reader) == b""


@pytest.mark.parametrize("size", [10, 2500, 4000, 4096, 5000, 60_000])
def test_a_full_fifo_takes_nothing_and_loses_nothing(fifo: Path, reader: int, size: int) -> None:
    """An agent that does not read: sizes that leave a part of each page of the pipe unused are among these."""
    written = []
    line = b"x" * (size - 1) + b"\n"
    while write_lines(fifo, line):
        written.append(line)
        assert len(written) * size <= INPUT_BYTES
    assert not write_lines(fifo, line)
    assert not write_lines(fifo, b"y" * 100_000 + b"\n")
    assert read_all(reader) == b"".join(written)
    assert write_lines(fifo, line)
    assert read_all(reader) == line


def test_two_writers_do_not_tear_each_other_s_lines(fifo: Path, reader: int) -> None:
    lines = [b"%03d" % index + b"z" * (3000 + index * 37) + b"\n" for index in range(40)]
    received: list[bytes] = []
    ended = threading.Event()

    def drain() -> None:
        while not ended.is_set():
            received.append(read_all(reader))

    def write(line: bytes) -> None:
        while not write_lines(fifo, line):
            os.sched_yield()

    drainer = threading.Thread(target=drain)
    drainer.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, lines))
    finally:
        ended.set()
        drainer.join()
    received.append(read_all(reader))
    assert sorted(b"".join(received).splitlines(keepends=True)) == lines


def test_a_writer_waits_for_another_that_is_writing(fifo: Path, reader: int) -> None:
    other = os.open(fifo, os.O_WRONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(write_lines, fifo, b"second\n")
        os.write(other, b"first\n")
        os.close(other)
        assert waiting.result(20)
    assert read_all(reader) == b"first\nsecond\n"
