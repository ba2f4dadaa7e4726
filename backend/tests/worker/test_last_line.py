"""The one line that a card shows of its run."""

from datetime import UTC, datetime

import pytest

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.worker.last_line import last_line

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def shown(content: str, kind: EntryKind = EntryKind.MESSAGE) -> str | None:
    return last_line([LogEntry(1, NOW, EntryType.INFO, kind, content)])


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


@pytest.mark.parametrize("kind", [EntryKind.TOOL, EntryKind.RAW, EntryKind.REQUEST])
def test_a_command_is_shown_as_it_is(kind: EntryKind) -> None:
    assert shown("echo `date` **", kind) == "echo `date` **"


def test_what_is_not_for_the_card_is_passed_over() -> None:
    entries = [
        LogEntry(1, NOW, EntryType.INFO, EntryKind.MESSAGE, "first"),
        LogEntry(2, NOW, EntryType.INFO, EntryKind.THINKING, "a thought"),
        LogEntry(3, NOW, EntryType.INFO, EntryKind.MESSAGE, "  \n"),
    ]
    assert last_line(entries) == "first"
    assert last_line(entries[1:]) is None
