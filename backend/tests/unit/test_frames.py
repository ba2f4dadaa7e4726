"""Entries on the wire: whole where they are short, cut at a character with their true length where they are long."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from retoma.core.clock import wire_time
from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.json import JsonObject
from retoma.live.frames import CONTENT_LIMIT, encode_entry, join_entries

MOMENT = datetime(2026, 11, 22, 19, 36, 0, 123999, tzinfo=UTC)


def entry(content: str, data: JsonObject | None = None) -> LogEntry:
    return LogEntry(3, MOMENT, EntryType.COMMAND, EntryKind.TOOL, content, data)


def decoded(encoded: bytes) -> dict[str, object]:
    value: dict[str, object] = json.loads(encoded)
    return value


def test_an_entry_is_one_line_of_json_with_the_words_of_the_api() -> None:
    encoded = encode_entry(entry("line\nbreak", {"tool": "Bash"}))
    assert b"\n" not in encoded
    assert decoded(encoded) == {
        "sequence": 3,
        "timestamp": "2026-11-22T19:36:00.123Z",
        "type": "command",
        "kind": "tool",
        "content": "line\nbreak",
        "data": {"tool": "Bash"},
    }


@given(content=st.text(max_size=50), repeat=st.sampled_from([1, CONTENT_LIMIT // 40, CONTENT_LIMIT]))
def test_a_cut_content_is_a_beginning_of_it_and_fits(content: str, repeat: int) -> None:
    content *= repeat if len(content) * repeat <= 4 * CONTENT_LIMIT else 1
    raw = content.encode()
    shown = decoded(encode_entry(entry(content)))
    text = str(shown["content"])
    assert content.startswith(text)
    if len(raw) <= CONTENT_LIMIT:
        assert (text, shown["data"]) == (content, None)
    else:
        assert CONTENT_LIMIT - 4 < len(text.encode()) <= CONTENT_LIMIT
        assert shown["data"] == {"truncatedBytes": len(raw)}
    assert decoded(encode_entry(entry(content), whole=True))["content"] == content


def test_long_texts_inside_the_data_are_cut_wherever_they_stand() -> None:
    data: JsonObject = {"input": {"old": "a" * 100_000, "list": ["b" * 100_000, 7]}, "tool": "Edit"}
    encoded = encode_entry(entry("Edit", data))
    assert len(encoded) < CONTENT_LIMIT
    shown = decoded(encoded)["data"]
    assert isinstance(shown, dict)
    assert (shown["tool"], shown["truncatedBytes"], shown["input"]["list"][1]) == ("Edit", 4, 7)
    assert shown["input"]["old"].startswith("aaa")
    assert decoded(encode_entry(entry("Edit", data), whole=True))["data"] == data


def test_encoded_entries_are_joined_into_one_array() -> None:
    assert join_entries([]) == b"[]"
    assert json.loads(join_entries([encode_entry(entry("a")), encode_entry(entry("b"))]))[1]["content"] == "b"


def test_times_on_the_wire_are_utc_with_milliseconds() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert wire_time(datetime(2026, 1, 1, 0, 0, tzinfo=tokyo)) == "2025-12-31T15:00:00.000Z"
