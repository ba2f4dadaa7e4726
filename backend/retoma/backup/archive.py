"""The file of a backup: a tar, compressed with zstd, in which every member's SHA-256 is written down.

`backup.json` comes first and says what it is; behind each thousand members a `sums/…json` has their lengths and sums;
`manifest.json` comes last, has the sum of those, and what was counted. So nothing about a file is known to be right
before its end was read, and a file that was cut off has no end.
"""

import hashlib
import io
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import orjson

from retoma.core.compression import zstd
from retoma.core.errors import InvalidError

FORMAT = "retoma-backup"
VERSION = 1
HEAD, MANIFEST = "backup.json", "manifest.json"
_SUMS_EACH = 1000
_CHUNK_BYTES = 1024 * 1024
# What is read as a whole is no larger.
_JSON_BYTES = 4 * 1024 * 1024
_MAGIC = b"\x28\xb5\x2f\xfd"
# Every name there may be: no member can lead out of the folder that it belongs in.
_NAMES = re.compile(
    r"backup\.json|manifest\.json|retoma\.toml|engine\.db"
    r"|sums/[0-9]{6}\.json"
    r"|rows/[a-z_]{1,60}/[0-9]{6}\.jsonl"
    r"|runs/[A-Za-z0-9_-]{1,64}/[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
)


def is_name(name: str) -> bool:
    """Whether a member may have this name."""
    return _NAMES.fullmatch(name) is not None


class Stream(Protocol):
    """What bytes can be read from."""

    def read(self, size: int = ..., /) -> bytes:
        """Return the next bytes, b"" at the end."""


class Writer:
    """Writes one backup, member by member."""

    def __init__(self, stream: IO[bytes], head: Mapping[str, object]) -> None:
        self._zstd = zstd.ZstdFile(stream, "wb")
        self._tar = tarfile.open(fileobj=self._zstd, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed below
        self._sums: dict[str, tuple[int, str]] = {}
        self._sums_written = 0
        self._of_sums = hashlib.sha256()
        self._members = 0
        self._add_json(HEAD, {"format": FORMAT, "version": VERSION, **head})

    def add(self, name: str, content: bytes) -> None:
        """Add a member."""
        self.add_file(name, io.BytesIO(content), len(content), modified=0.0)

    def add_file(self, name: str, stream: Stream, size: int, *, modified: float) -> None:
        """Add the first `size` bytes of `stream`; EOFError where there are fewer, which spoils this backup."""
        assert is_name(name), name  # noqa: S101 - else nobody could read it
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, modified, 0o600
        hashing = _Hashing(stream, size)
        self._tar.addfile(member, hashing)
        self._sums[name] = size, hashing.digest
        self._members += 1
        if len(self._sums) >= _SUMS_EACH:
            self._write_sums()

    def finish(self, counts: Mapping[str, object]) -> None:
        """Write the end."""
        self._write_sums()
        manifest = {"members": self._members, "sums": self._of_sums.hexdigest(), "counts": counts}
        self._add_json(MANIFEST, manifest)
        self._tar.close()
        self._zstd.close()

    def close(self) -> None:
        """Let go of a backup that was not finished, or was."""
        with suppress(OSError, ValueError, zstd.ZstdError):
            self._tar.close()
            self._zstd.close()

    def _write_sums(self) -> None:
        self._sums_written += 1
        content = self._add_json(f"sums/{self._sums_written:06}.json", self._sums)
        self._of_sums.update(content)
        self._sums = {}

    def _add_json(self, name: str, value: object) -> bytes:
        content = orjson.dumps(value)
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a backup that is being read. Its content is proven only when the whole backup has been read."""

    name: str
    size: int
    modified: float  # Unix time
    stream: Stream

    def chunks(self) -> Iterator[bytes]:
        """Yield its content."""
        while chunk := self.stream.read(_CHUNK_BYTES):
            yield chunk

    def lines(self) -> Iterator[bytes]:
        """Yield its lines, without their ends."""
        rest: list[bytes] = []
        for chunk in self.chunks():
            first, *others = chunk.split(b"\n")
            rest.append(first)
            for following in others:
                yield b"".join(rest)
                rest = [following]
        if any(rest):
            yield b"".join(rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup tells about itself."""

    head: Mapping[str, object]
    counts: Mapping[str, object]
    unpacked: int  # bytes


def check(file: Path, accept: Callable[[Mapping[str, object]], None]) -> Contents:
    """Read a backup from its beginning to its end; InvalidError, with one sentence, where anything is not right.

    `accept` is given what `backup.json` says before anything else is read, and may refuse.
    """
    head: Mapping[str, object] = {}
    unpacked = 0

    def keep(found: Mapping[str, object]) -> None:
        nonlocal head
        accept(found)
        head = found

    reading = _Reading(file)
    for member in reading.members(keep):
        unpacked += member.size
    return Contents(head=head, counts=reading.counts, unpacked=unpacked)


def read(file: Path) -> Iterator[Member]:
    """Yield the members of a backup, in order; InvalidError where anything is not right, which may be at the end."""
    return _Reading(file).members(lambda _head: None)


class _Reading:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._sums: dict[str, tuple[int, str]] = {}
        self._of_sums = hashlib.sha256()
        self._members = 0
        self._is_whole = False
        self.counts: Mapping[str, object] = {}

    def members(self, accept: Callable[[Mapping[str, object]], None]) -> Iterator[Member]:
        with _told(self._file), self._file.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                raise InvalidError(f"{self._file} is no backup of Retoma.")
            stream.seek(0)
            with zstd.ZstdFile(stream) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
                accept(self._read_head(tar.next(), tar))
                while (found := tar.next()) is not None:
                    yield from self._member(found, tar)
                while piece := plain.read(_JSON_BYTES):
                    if piece.strip(b"\0"):  # it is filled up with zeros, and nothing else
                        raise self._damaged("something follows its end")
            if not self._is_whole:
                raise self._damaged("its end is missing")

    def _member(self, found: tarfile.TarInfo, tar: tarfile.TarFile) -> Iterator[Member]:
        if self._is_whole or not found.isreg() or not is_name(found.name) or found.name == HEAD:
            raise self._damaged(f"{found.name[:80]!r} does not belong into it")
        if found.name == MANIFEST:
            self._read_manifest(self._json(found, tar)[0])
        elif found.name.startswith("sums/"):
            self._compare_sums(*self._json(found, tar))
        else:
            stream = tar.extractfile(found)
            assert stream is not None  # noqa: S101 - it is a regular file
            hashing = _Hashing(stream, found.size)
            yield Member(name=found.name, size=found.size, modified=float(found.mtime), stream=hashing)
            hashing.read_rest()
            self._sums[found.name] = found.size, hashing.digest
            self._members += 1
            if len(self._sums) > _SUMS_EACH:
                raise self._damaged("a part has no checksum")

    def _read_head(self, found: tarfile.TarInfo | None, tar: tarfile.TarFile) -> Mapping[str, object]:
        if found is None or found.name != HEAD:
            raise InvalidError(f"{self._file} is no backup of Retoma.")
        head, _ = self._json(found, tar)
        if head.get("format") != FORMAT:
            raise InvalidError(f"{self._file} is no backup of Retoma.")
        if head.get("version") != VERSION:
            by = str(head.get("retoma", "?"))[:40]
            raise InvalidError(f"{self._file} was made by a newer Retoma ({by}); restore it with that one.")
        return head

    def _compare_sums(self, sums: Mapping[str, object], raw: bytes) -> None:
        for name, (size, digest) in self._sums.items():
            if sums.get(name) != [size, digest]:
                raise self._damaged(f"the checksum of {name} does not fit")
        if len(sums) != len(self._sums):
            raise self._damaged("a part is missing")
        self._of_sums.update(raw)
        self._sums = {}

    def _read_manifest(self, manifest: Mapping[str, object]) -> None:
        if self._sums or manifest.get("members") != self._members or manifest.get("sums") != self._of_sums.hexdigest():
            raise self._damaged("its manifest does not fit")
        counts = manifest["counts"]
        assert isinstance(counts, dict)  # noqa: S101 - as written by Writer, which the sums prove
        self.counts = counts
        self._is_whole = True

    def _json(self, found: tarfile.TarInfo, tar: tarfile.TarFile) -> tuple[dict[str, object], bytes]:
        if found.size > _JSON_BYTES or not found.isreg():
            raise self._damaged(f"{found.name[:80]!r} is too large")
        stream = tar.extractfile(found)
        assert stream is not None  # noqa: S101 - it is a regular file
        raw = stream.read()
        content = orjson.loads(raw)
        if not isinstance(content, dict):
            raise self._damaged(f"{found.name} can't be read")
        return content, raw

    def _damaged(self, what: str) -> InvalidError:
        return InvalidError(f"{self._file} is damaged: {what}.")


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Tell in one sentence what the libraries say of a file that can't be read."""
    try:
        yield
    except FileNotFoundError:
        raise InvalidError(f"There is no file {file}.") from None
    except (tarfile.TarError, zstd.ZstdError, EOFError, orjson.JSONDecodeError, AssertionError, KeyError) as error:
        raise InvalidError(
            f"{file} is damaged or cut off: {' '.join(str(error).split()) or 'it ends too early'}."
        ) from None


class _Hashing:
    """Reads `size` bytes of a stream and adds them up; EOFError where there are fewer."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream, self._left, self._sum = stream, size, hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()

    def read(self, size: int = _CHUNK_BYTES, /) -> bytes:
        wanted = min(size, self._left)
        content = self._stream.read(wanted) if wanted else b""
        if len(content) < wanted:
            raise EOFError("a part ends too early")
        self._left -= len(content)
        self._sum.update(content)
        return content

    def read_rest(self) -> None:
        while self.read():
            pass
