"""How an entry looks on the wire. It is encoded once; all readers share the bytes."""

from collections.abc import Sequence

import orjson

from retoma.core.clock import wire_time
from retoma.core.entries import LogEntry
from retoma.core.json import JsonValue
from retoma.logs.store import as_stored

# An entry's content on the wire, in bytes of UTF-8; the whole one is a call away (GET …/logs/{sequence}).
CONTENT_LIMIT = 64 * 1024
# Its data as JSON: beyond this, each long text in it is cut.
_DATA_LIMIT = 64 * 1024
_DATA_TEXT_LIMIT = 8 * 1024


def encode_entry(entry: LogEntry, *, whole: bool = False) -> bytes:
    """Return the entry as JSON. Unless `whole`, a long content is cut and `data.truncatedBytes` tells its length."""
    content, data = entry.content, entry.data
    if not whole and (len(content) > CONTENT_LIMIT // 4 or data is not None):
        content, data = _cut(entry)
    return orjson.dumps(
        {
            "sequence": entry.sequence,
            "timestamp": wire_time(entry.timestamp),
            "type": entry.type,
            "kind": entry.kind,
            "content": content,
            "data": data,
        }
    )


def encode_stored(entry: LogEntry, *, keeps_nul: bool = True) -> bytes:
    """As `encode_entry`, of an entry that was not read from the database: as if it were (see logs.store.as_stored)."""
    if not entry.content.isascii() or (not keeps_nul and "\0" in entry.content):
        return encode_entry(as_stored(entry, nul=keeps_nul))
    try:
        return encode_entry(entry)
    except TypeError:  # half of a surrogate pair in its data
        return encode_entry(as_stored(entry, nul=keeps_nul))


def join_entries(encoded: Sequence[bytes]) -> bytes:
    """Return a JSON array of entries that are encoded already."""
    return b"[" + b",".join(encoded) + b"]"


def _cut(entry: LogEntry) -> tuple[str, dict[str, JsonValue] | None]:
    data = None if entry.data is None else dict(entry.data)
    content = entry.content
    raw = content.encode("utf-8", "replace")
    cut = len(raw) > CONTENT_LIMIT
    if cut:
        content = raw[:CONTENT_LIMIT].decode("utf-8", "ignore")
    if data is not None and len(orjson.dumps(data)) > _DATA_LIMIT:
        data = {name: _cut_texts(value) for name, value in data.items()}
        cut = True
    if cut:
        data = {**(data or {}), "truncatedBytes": len(raw)}
    return content, data


def _cut_texts(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value if len(value) <= _DATA_TEXT_LIMIT else value[:_DATA_TEXT_LIMIT] + "…"
    if isinstance(value, dict):
        return {name: _cut_texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_cut_texts(inner) for inner in value[:1000]]
    return value
