"""The one line that a card shows of its run."""

from datetime import UTC, datetime

import pytest

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.json import JsonObject
from retoma.worker.last_line import last_line

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def shown(content: str, kind: EntryKind = EntryKind.MESSAGE, data: JsonObject | None = None) -> str | None:
    return last_line([LogEntry(1, NOW, EntryType.INFO, kind, content, data)])


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("## What I **did**\n\nmore", "What I did"),
        ("- look at `a.py` and [the docs](docs/a.md)", "look at a.py and the docs"),
        ("2 ** 3 and a*b*c, [x] (y), #3", "2 ** 3 and a*b*c, [x] (y), #3"),
        ("`unfinished", "`unfinished"),
    ],
)
def test_a_message_is_shown_without_the_signs_of_markdown(content: str, line: str) -> None:
    assert shown(content) == line


@pytest.mark.parametrize("kind", [EntryKind.TOOL, EntryKind.RAW, EntryKind.REQUEST, EntryKind.RESULT])
def test_a_command_and_its_output_are_shown_as_they_are(kind: EntryKind) -> None:
    assert shown("# echo `date` **", kind, {"toolUseId": "t1"}) == "# echo `date` **"


def test_the_result_of_a_run_is_shown_without_the_signs_of_markdown() -> None:
    assert shown("`slugify` is **mended**", EntryKind.RESULT, {"final": True}) == "slugify is mended"


def test_what_is_not_for_the_card_is_passed_over() -> None:
    entries = [
        LogEntry(1, NOW, EntryType.INFO, EntryKind.MESSAGE, "first"),
        LogEntry(2, NOW, EntryType.INFO, EntryKind.THINKING, "a thought"),
        LogEntry(3, NOW, EntryType.INFO, EntryKind.MESSAGE, "  \n"),
    ]
    assert last_line(entries) == "first"
    assert last_line(entries[1:]) is None
