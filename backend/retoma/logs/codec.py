"""How a chunk holds entries: column by column as JSON, compressed with zstd.

By columns, because like stands beside like: smaller than a JSON line each, and sooner read
(docs/decisions/0015-chunks.md has the figures).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, pairwise
from typing import NamedTuple

import orjson

from retoma.core.compression import zstd
from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.storage.base import encode_json

# The only one so far. A chunk names its own, so that a better one may follow without rewriting any.
CODEC = 1
# Level 9 is 3 % smaller, and takes twice as long. The checksum tells a damaged body from a good one.
_OPTIONS: dict[int, int] = {zstd.CompressionParameter.compression_level: 6, zstd.CompressionParameter.checksum_flag: 1}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TYPES = {member.value: member for member in EntryType}
_KINDS = {member.value: member for member in EntryKind}


class Packed(NamedTuple):
    """The body of a chunk, and how many bytes it has when it is not compressed."""

    body: bytes
    raw_bytes: int


class CodecError(ValueError):
    """A body that can't be read: it is damaged, or of a codec that this version does not know."""


def pack(entries: Sequence[LogEntry]) -> Packed:
    """Return entries, whose sequences follow one another, as the body of a chunk."""
    moments = [(entry.timestamp - _EPOCH) // _MICROSECOND for entry in entries]
    raw = orjson.dumps(
        [
            [moments[0], *(later - one for one, later in pairwise(moments))],
            [entry.type for entry in entries],
            [entry.kind for entry in entries],
            [entry.content for entry in entries],
            # As a piece of text: data may be nested as deep as JSON goes, and must not be put one level deeper.
            [None if entry.data is None else orjson.Fragment(encode_json(entry.data)) for entry in entries],
        ]
    )
    return Packed(zstd.compress(raw, options=_OPTIONS), len(raw))


def unpack(
    codec: int, body: bytes, first_sequence: int, entries: int, wanted: slice = slice(None)
) -> Sequence[LogEntry]:
    """Return those entries of a chunk that are `wanted`. CodecError where the body is not one of `entries` entries."""
    if codec != CODEC:
        raise CodecError(f"codec {codec} is not known here")
    try:
        gaps, types, kinds, contents, datas = orjson.loads(zstd.decompress(body))
        if {len(column) for column in (gaps, types, kinds, contents, datas)} != {entries}:
            raise CodecError(f"it does not hold {entries} entries")
        begin, end, _ = wanted.indices(entries)
        return [
            LogEntry(sequence, _EPOCH + timedelta(microseconds=moment), _TYPES[type_], _KINDS[kind], content, data)
            for sequence, moment, type_, kind, content, data in zip(
                range(first_sequence + begin, first_sequence + end),
                islice(accumulate(gaps), begin, end),
                types[begin:end],
                kinds[begin:end],
                contents[begin:end],
                datas[begin:end],
                strict=True,
            )
        ]
    except (zstd.ZstdError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise CodecError(str(error)) from error
