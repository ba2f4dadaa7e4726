"""Reading a run directory (docs/run-directory.md): who runs, since when, and how it ended."""

import bisect
import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import orjson

from retoma.core.clock import boot_seconds
from retoma.core.ids import RESTORED_BOOT
from retoma.core.status import AgentExit
from retoma.logs import journal

# The recorder looks at the journal twice a second, and may itself be held up for a moment.
_BETWEEN_MARKS = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessIdentity:
    """A process for ever: its number, and when it started (field 22 of its stat, clock ticks since boot)."""

    pid: int
    start_time: int
    boot_id: str

    def is_alive(self) -> bool:
        """Whether just this process is there. A zombie, a reused number or another boot count as gone."""
        if self.boot_id != boot_id():
            return False
        stat = _stat(self.pid)
        return stat is not None and stat[0] not in "ZX" and stat[1] == self.start_time

    def send(self, number: signal.Signals) -> None:
        """Send a signal if it is alive."""
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """What `exit.json` tells. `duration` is in seconds, by the recorder's boot-time clock."""

    exit: AgentExit
    completed_at: datetime
    duration: float


class RunDirectory:
    """The folder of one execution."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stdout, self.stderr = (path / name for name in journal.NAMES)
        self.fifo = path / "in.fifo"

    def recorder(self) -> ProcessIdentity | None:
        """Return who records this run, or None where no recorder has got that far."""
        run = _read_json(self.path / "run.json")
        if run is None:
            return None
        who = run["recorder"]
        assert isinstance(who, dict)  # noqa: S101 - the recorder's contract
        return ProcessIdentity(pid=int(who["pid"]), start_time=int(who["startTime"]), boot_id=str(run["bootId"]))

    @property
    def may_have_processes(self) -> bool:
        """Whether a process that carries the run's mark can be one of this run.

        Of a run that was restored from a backup no process was ever this board's, though those of the original, which
        may be at work on this machine, carry the same mark.
        """
        recorder = self.recorder()
        return recorder is None or recorder.boot_id != RESTORED_BOOT

    def end(self) -> RunEnd | None:
        """Return how the run ended, or None where it has not (or its recorder died first)."""
        told = _read_json(self.path / "exit.json")
        if told is None:
            return None
        exit_code, number, start_error = told["exitCode"], told["signal"], told["startError"]
        return RunEnd(
            exit=AgentExit(
                exit_code=exit_code if isinstance(exit_code, int) else None,
                signal=number if isinstance(number, int) else None,
                orphans=int(str(told["orphans"])),
                start_error=start_error if isinstance(start_error, str) else None,
            ),
            completed_at=datetime.fromisoformat(str(told["completedAt"])),
            duration=float(str(told["duration"])),
        )

    def cut_off(self, now: datetime) -> tuple[datetime, float]:
        """Return when a run ended whose recorder could not tell, and its duration in seconds.

        On the same boot: now, by the clock that counts since boot. Before the machine was started again: at the last
        sign of life in its files. A run that no recorder ever had took no time.
        """
        recorder = self.recorder()
        if recorder is None:
            return now, 0.0
        if recorder.boot_id == boot_id():
            return now, max(0.0, boot_seconds() - recorder.start_time / os.sysconf("SC_CLK_TCK"))
        files = [file for file in (self.stdout, self.stderr, self.path / "run.json") if file.exists()]
        last = max(file.stat().st_mtime for file in files)
        began = (self.path / "run.json").stat().st_mtime
        return datetime.fromtimestamp(last, UTC), last - began

    def marks(self) -> "Marks":
        """Return the recorder's marks so far."""
        times: list[float] = []
        lengths: tuple[list[int], list[int]] = ([], [])
        with contextlib.suppress(FileNotFoundError):
            for line in (self.path / "marks").read_bytes().split(b"\n")[:-1]:  # the last may be in the writing
                with contextlib.suppress(ValueError):  # what a power cut or a full disk left of a line
                    moment, out, err = line.split()
                    mark = float(moment), int(out), int(err)
                    times.append(mark[0])
                    lengths[0].append(mark[1])
                    lengths[1].append(mark[2])
        return Marks(times, lengths[0], lengths[1])


class Marks:
    """When the journal had which length: the time of output that nobody read as it came."""

    def __init__(self, times: Sequence[float], stdout: Sequence[int], stderr: Sequence[int]) -> None:
        self._times = times
        self._lengths = {"stdout": stdout, "stderr": stderr}

    def time_of(
        self,
        stream: str,
        offset: int,
        otherwise: datetime,
        *,
        unseen: datetime | None = None,
        stored: datetime | None = None,
    ) -> datetime:
        """Return the time of the last mark at or before byte `offset` of a stream; `otherwise` where there is none.

        The byte was written after that, within about half a second. `unseen` is for a byte that the recorder has not
        marked yet: it may have been silent before that for an hour. None where there will be no further mark. `stored`
        is the time of the last entry that was stored while somebody read: what follows it was not written before it,
        though the mark was made.
        """
        following = bisect.bisect_right(self._lengths[stream], offset)
        if following == len(self._times) and unseen is not None:
            return unseen
        marked = datetime.fromtimestamp(self._times[following - 1], UTC) if following else otherwise
        # A greater difference is a clock that was set back: then the mark is as true as the entry was.
        return stored if stored is not None and marked < stored < marked + _BETWEEN_MARKS else marked

    @property
    def clock_was_set(self) -> bool:
        """Whether the machine's clock was set back in the course of the run, or since: its times can't be compared."""
        return any(later < one for one, later in pairwise([*self._times, time.time()]))


def boot_id() -> str:
    """Return the id of the present boot of this machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()


def find_processes(marker: str) -> Sequence[int]:
    """Return the processes whose environment has the entry `marker` (NAME=value): what is left of a run."""
    return [pid for pid, environment in _environments() if marker.encode() in environment]


def find_marked(name: str) -> Sequence[tuple[int, str]]:
    """Return the processes whose environment has a variable `name`, each with its value."""
    start = f"{name}=".encode()
    return [
        (pid, entry.removeprefix(start).decode("ascii", "replace"))
        for pid, environment in _environments()
        for entry in environment
        if entry.startswith(start)
    ]


def _environments() -> Iterator[tuple[int, list[bytes]]]:
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                yield int(process.name), (process / "environ").read_bytes().split(b"\0")


def _stat(pid: int) -> tuple[str, int] | None:
    """Return a process's state letter and start time, or None where there is no such process."""
    try:
        # The second field, the name, may hold anything: the rest begins after its last bracket.
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])


def _read_json(file: Path) -> dict[str, object] | None:
    try:
        decoded = orjson.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    assert isinstance(decoded, dict)  # noqa: S101 - the recorder's contract
    return decoded
