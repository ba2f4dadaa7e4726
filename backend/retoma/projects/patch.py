"""What `git diff` prints, as values. Pure."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

FILE = 512 * 1024  # how much of one file's hunks is told
LINE = 4_000  # characters of a line

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")


class FileStatus(StrEnum):
    """What became of a file."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"


_STATUS = {"A": FileStatus.ADDED, "D": FileStatus.DELETED, "R": FileStatus.RENAMED, "C": FileStatus.ADDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """A piece of a file that changed. Its lines begin with a space, + or -; one with a backslash is about the last."""

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    section: str  # the function or heading it lies in, as git found it
    lines: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """One file that changed. Counts are None where its lines were not read: binary, or too large.

    `truncated`: hunks, or parts of lines, are left out.
    """

    path: str
    status: FileStatus
    additions: int | None
    deletions: int | None
    binary: bool
    old_path: str | None = None
    hunks: Sequence[Hunk] = ()
    truncated: bool = False


def parse_names(listed: bytes) -> Sequence[ChangedFile]:
    """Read `git diff --raw --numstat -z`: each file's status, then each file's counts in the same order."""
    parts = iter(listed.split(b"\0"))
    statuses: list[tuple[str, str, str | None]] = []
    counts: list[tuple[bytes, bytes]] = []
    for part in parts:
        if part.startswith(b":"):
            letter = part.rpartition(b" ")[2][:1].decode()
            name = _text(next(parts))
            old, path = (name, _text(next(parts))) if letter in "RC" else (None, name)
            if letter != "U":  # told a second time, as what it is in the worktree
                statuses.append((letter, path, old))
        elif part:
            added, removed, name_of = part.split(b"\t", 2)
            counts.append((added, removed))
            if not name_of:  # renamed: both names follow
                next(parts)
                next(parts)
    return [
        ChangedFile(
            path=path,
            old_path=old,
            status=_STATUS.get(letter, FileStatus.MODIFIED),
            additions=None if added == b"-" else int(added),
            deletions=None if removed == b"-" else int(removed),
            binary=added == b"-",
        )
        for (letter, path, old), (added, removed) in zip(statuses, counts, strict=True)
    ]


def with_hunks(files: Sequence[ChangedFile], text: bytes, *, complete: bool) -> Sequence[ChangedFile]:
    """Give each file its part of `git diff -p`, which has them in the same order. Not `complete`: it was cut off."""
    # Lines of a file's content begin with a space, + or -: only a heading can begin so.
    parts = deque(re.split(rb"^diff --git ", text, flags=re.MULTILINE)[1:])
    given = []
    for file in files:
        if not parts:
            given.append(replace(file, truncated=not complete and not file.binary))
            continue
        part = parts.popleft()
        hunks, whole = _hunks(part)
        # A file that became a link, or the other way round: removed, then added.
        if file.status is FileStatus.MODIFIED and parts and b"\ndeleted file mode " in part.partition(b"\n@@")[0]:
            added, rest_whole = _hunks(parts.popleft())
            hunks, whole = [*hunks, *added], whole and rest_whole
        cut = not complete and not parts
        given.append(replace(file, hunks=hunks, truncated=not whole or cut))
    return given


def _hunks(part: bytes) -> tuple[Sequence[Hunk], bool]:
    """Return a file's hunks, and whether they are whole."""
    whole = len(part) <= FILE
    found: list[Hunk] = []
    lines: list[str] = []
    for line in _lines(part[:FILE]):
        heading = _HUNK.match(line) if line.startswith(b"@@") else None
        if heading is not None:
            lines = []
            numbers = [1 if number is None else int(number) for number in heading.groups()[:4]]
            found.append(Hunk(**dict(zip(_NUMBERS, numbers, strict=True)), section=_text(heading[5]), lines=lines))
        elif found and line[:1] in (b" ", b"+", b"-", b"\\"):
            shown = _text(line)
            whole = whole and len(shown) <= LINE
            lines.append(shown[:LINE])
    return found, whole


_NUMBERS = ("old_start", "old_lines", "new_start", "new_lines")


def _lines(part: bytes) -> Iterator[bytes]:
    rows = part.split(b"\n")
    return iter(rows[:-1] if not rows[-1] or len(part) >= FILE else rows)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
