"""Lines that no adapter understands: kept as they came, never dropped."""

from retoma.agents.adapter import Stream
from retoma.core.entries import EntryDraft, EntryKind, EntryType
from retoma.core.json import JsonValue


def decode(line: bytes) -> tuple[str, bool]:
    """Return `line` as text and whether it was valid UTF-8; each invalid byte sequence becomes U+FFFD."""
    try:
        return line.decode("utf-8"), True
    except UnicodeDecodeError:
        return line.decode("utf-8", errors="replace"), False


def raw_entry(stream: Stream, line: bytes) -> EntryDraft:
    """Return the entry that keeps `line` whole: a warning from stderr, else info.

    Its data has `stream`, and `invalidUtf8` (true) where bytes had to be replaced.
    """
    text, valid = decode(line)
    data: dict[str, JsonValue] = {"stream": stream.value}
    if not valid:
        data["invalidUtf8"] = True
    entry_type = EntryType.WARNING if stream is Stream.STDERR else EntryType.INFO
    return EntryDraft(entry_type, EntryKind.RAW, text, data)
