"""What a disk holds after a power cut: a program's writes and syncs, recorded by strace, and replayed up to the cut.

What was synced is there. Of what was not, each 512 bytes are there or not, as chance has it; so is each change of a
name (a file made, renamed or deleted) whose folder was not synced since, but for a new file that was synced itself.
"""

import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SECTOR = 512
_CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,unlink"
_HEX = re.compile(r"\\x([0-9a-f]{2})")
_LINE = re.compile(r"(\d+) +(.*)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One system call. `offset` None: behind what was written before; `told`: a line on the standard output."""

    call: str
    file: str
    other: str = ""
    data: bytes = b""
    offset: int | None = None
    creates: bool = False
    truncates: bool = False


def recording(log: Path) -> list[str]:
    """Return strace's argv that records a program's writes and syncs."""
    return ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={_CALLS}", "-e", "signal=none", "-o", str(log)]


def read_recording(log: Path, folder: Path) -> Sequence[Act]:
    """Return what was done in `folder`, and what was told on the standard output, in order."""
    acts = (_act(call, folder) for call in _whole_calls(log))
    return [act for act in acts if act is not None]


def _whole_calls(log: Path) -> Iterator[str]:
    begun: dict[str, str] = {}
    for line in log.read_text("ascii").splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        thread, call = found.groups()
        if call.endswith("<unfinished ...>"):
            begun[thread] = call.removesuffix("<unfinished ...>")
            continue
        yield begun.pop(thread, "") + _RESUMED.sub("", call)


def _act(line: str, folder: Path) -> Act | None:
    head = re.match(r"(\w+)\((.*)\) += (-?\d+)", line)
    if head is None or int(head[3]) < 0:
        return None
    call, arguments = head[1], head[2]
    texts = [_text(quoted) for quoted in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
    handle = re.match(r"(\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)", arguments)
    place = _text(handle[2]).decode() if handle else ""
    if call in {"write", "pwrite64"} and handle is not None and handle[1] == "1":
        return Act(call="told", file="", data=texts[0])
    if call == "openat":
        place = str(Path(place) / texts[0].decode())
    elif call in {"rename", "unlink"}:
        place = str(folder / texts[0].decode())
    place = os.path.normpath(place)
    if not (place == str(folder) or place.startswith(f"{folder}/")) or place.endswith("-shm"):
        return None
    numbers = [int(number) for number in re.findall(r", (\d+)", arguments)]
    return Act(
        call=call,
        file=place,
        other=os.path.normpath(folder / texts[1].decode()) if call == "rename" else "",
        data=texts[0] if call in {"write", "pwrite64"} else b"",
        offset=numbers[-1] if call in {"pwrite64", "ftruncate"} else None,
        creates="O_CREAT" in arguments,
        truncates="O_TRUNC" in arguments,
    )


def _text(quoted: str) -> bytes:
    return bytes.fromhex("".join(_HEX.findall(quoted)))


@dataclass(slots=True)
class _File:
    safe: bytes = b""
    now: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(
        default_factory=list
    )  # (offset, bytes), or (length, None): cut to it


class Disk:
    """Files in one folder, each with what is surely on the disk and what may be."""

    def __init__(self, folder: Path) -> None:
        """Begin with what is there now: all of it safe."""
        self._files = {
            str(file): _File(file.read_bytes(), file.read_bytes()) for file in folder.iterdir() if file.is_file()
        }
        self._safe_names: dict[str, _File] = dict(self._files)
        self._folder = folder

    def take(self, act: Act) -> None:
        """Let the program do one thing more."""
        file = self._files.get(act.file)
        if act.call == "openat":
            if file is None and act.creates:
                file = self._files[act.file] = _File()
            if file is not None and act.truncates and file.now:
                self._write(file, 0, None)
        elif act.call in {"write", "pwrite64"} and file is not None:
            self._write(file, len(file.now) if act.offset is None else act.offset, act.data)
        elif act.call == "ftruncate" and file is not None:
            self._write(file, act.offset or 0, None)
        elif act.call in {"fsync", "fdatasync"}:
            if act.file == str(self._folder):
                self._safe_names = dict(self._files)
            elif file is not None:
                file.safe, file.pending = file.now, []
                if all(known is not file for known in self._safe_names.values()):
                    self._safe_names[act.file] = file
        elif act.call == "rename":
            self._files[act.other] = self._files.pop(act.file)
        elif act.call == "unlink":
            self._files.pop(act.file, None)

    def cut(self, chance: random.Random | None, into: Path) -> None:
        """Write what is there after a power cut; `chance` None: nothing but what is safe."""
        into.mkdir()
        names = dict(self._safe_names)
        for name in {*self._files, *self._safe_names}:
            if self._files.get(name) is not self._safe_names.get(name) and chance is not None and chance.random() < 0.5:
                if name in self._files:
                    names[name] = self._files[name]
                else:
                    del names[name]
        for name, file in names.items():
            (into / Path(name).name).write_bytes(_torn(file, chance))

    @staticmethod
    def _write(file: _File, offset: int, data: bytes | None) -> None:
        file.now = _applied(file.now, offset, data)
        file.pending.append((offset, data))


def _applied(content: bytes, offset: int, data: bytes | None) -> bytes:
    if data is None:
        return content[:offset].ljust(offset, b"\0")
    return content[:offset].ljust(offset, b"\0") + data + content[offset + len(data) :]


def _torn(file: _File, chance: random.Random | None) -> bytes:
    content = file.safe
    if chance is None:
        return content
    for offset, data in file.pending:
        if data is None:
            content = _applied(content, offset, None) if chance.random() < 0.5 else content
            continue
        for start in range(0, len(data), _SECTOR):
            if chance.random() < 0.5:
                content = _applied(content, offset + start, data[start : start + _SECTOR])
    return content
