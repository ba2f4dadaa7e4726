"""A journal on disk: what an agent wrote, as it wrote it, or compressed once nobody writes or follows it any more.

`NAME` or `NAME.zst`. At each moment at least one of the two is there and whole; where both are, they hold the same.
"""

import contextlib
import fcntl
import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, Protocol

from retoma.core.compression import zstd
from retoma.core.crash import CrashPoint, crash_point
from retoma.core.errors import UnavailableError
from retoma.storage.disk import sync_folder

NAMES = ("out.jsonl", "err.log")

_PIECE_BYTES = 256 * 1024
_HEADER_BYTES = 18  # a frame's header has at most so many
_OPTIONS: dict[int, int] = {zstd.CompressionParameter.compression_level: 6, zstd.CompressionParameter.checksum_flag: 1}


class SupportsRead(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


class Journal:
    """One journal of a run directory; `file` is its path when it is not compressed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._compressed = file.with_name(file.name + ".zst")

    @property
    def length(self) -> int | None:
        """How many bytes the agent wrote; None where the journal is not there. UnavailableError: it is damaged."""
        opened = self._open()
        if opened is None:
            return None
        stream, is_compressed = opened
        with stream:
            if not is_compressed:
                return os.fstat(stream.fileno()).st_size
            try:
                return zstd.get_frame_info(stream.read(_HEADER_BYTES)).decompressed_size
            except zstd.ZstdError as error:
                raise UnavailableError(f"The journal {self._compressed} is damaged: {error}.") from error

    @property
    def is_compressed(self) -> bool:
        """Whether only the compressed form is there."""
        return not self._file.exists() and self._compressed.exists()

    def read(self, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes piece by piece, up to `length` of them; nothing where the journal is not there.

        UnavailableError where the compressed form is damaged.
        """
        opened = self._open()
        if opened is None:
            return
        stream, is_compressed = opened
        with stream:
            if not is_compressed:
                yield from _pieces(stream, length)
                return
            try:
                with zstd.open(stream) as plain:
                    yield from _pieces(plain, length)
            except (zstd.ZstdError, EOFError) as error:
                raise UnavailableError(f"The journal {self._compressed} is damaged: {error}.") from error

    @contextlib.contextmanager
    def plain(self) -> Iterator[Path]:
        """Yield the path of a file that holds what the agent wrote: the journal, or a passing copy of it."""
        if not self.is_compressed:
            yield self._file
            return
        with tempfile.TemporaryFile() as copy:
            for piece in self.read():
                copy.write(piece)
            copy.flush()
            yield Path(f"/proc/self/fd/{copy.fileno()}")

    def compress(self) -> int:
        """Replace the journal, which nobody writes any more, by its compressed form; return the bytes that saves.

        Killed anywhere, one form or the other is whole, and a second call completes it. An empty one stays as it is,
        and so does one that another process compresses. UnavailableError where it can't be had back exactly, OSError
        where the disk fails or is full; then it stays, too.
        """
        with contextlib.suppress(FileNotFoundError, BlockingIOError), self._file.open("rb") as plain:
            fcntl.flock(plain, fcntl.LOCK_EX | fcntl.LOCK_NB)
            told = os.fstat(plain.fileno())
            if told.st_size and told.st_nlink:  # else another process was first
                return self._replace(plain, told.st_size)
        return 0

    def _replace(self, plain: BinaryIO, size: int) -> int:
        unfinished = self._compressed.with_name(self._compressed.name + ".tmp")
        try:
            _pack_into(unfinished, plain, size)
            crash_point(CrashPoint.JOURNAL_PACKED)
            _compare(unfinished, plain)
            unfinished.rename(self._compressed)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        sync_folder(self._compressed.parent)
        crash_point(CrashPoint.JOURNAL_COMPRESSED)
        saved = size - self._compressed.stat().st_size
        self._file.unlink()
        return saved

    def _open(self) -> tuple[BinaryIO, bool] | None:
        # In this order: the plain form goes only when the compressed one is there.
        for file, is_compressed in ((self._file, False), (self._compressed, True)):
            with contextlib.suppress(FileNotFoundError):
                return file.open("rb"), is_compressed
        return None


def _pieces(stream: SupportsRead, length: int | None = None) -> Iterator[bytes]:
    left = sys.maxsize if length is None else length
    while left > 0 and (piece := stream.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
        yield piece


def _pack_into(file: Path, plain: BinaryIO, size: int) -> None:
    compressor = zstd.ZstdCompressor(options=_OPTIONS)
    compressor.set_pledged_input_size(size)
    with file.open("wb") as stream:
        os.fchmod(stream.fileno(), 0o600)
        for piece in _pieces(plain):
            stream.write(compressor.compress(piece))
        stream.write(compressor.flush())
        stream.flush()
        os.fsync(stream.fileno())


def _compare(file: Path, plain: BinaryIO) -> None:
    """UnavailableError where the compressed `file` does not give back `plain`: then that must not be taken away."""
    plain.seek(0)
    with file.open("rb") as packed, zstd.open(packed) as unpacked:
        if any(one != other for one, other in zip_longest(_pieces(unpacked), _pieces(plain))):
            raise UnavailableError("what was compressed did not come back as it was")
