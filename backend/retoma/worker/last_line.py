"""The one line that a card shows of its run: what the agent does now, without the signs of Markdown."""

import re
from collections.abc import Sequence

from retoma.core.entries import EntryKind, LogEntry

_CHARACTERS = 200
_SHOWN = frozenset({EntryKind.MESSAGE, EntryKind.TOOL, EntryKind.REQUEST, EntryKind.RAW, EntryKind.RESULT})
# In this order: what stands at the begin of a line, links, then marks around words. The text is short.
_MARKS = (
    (re.compile(r"^(?:#{1,6}|[-*+>])[ \t]+"), ""),
    (re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)"), r"\1"),
    (re.compile(r"\*\*(?=\S)([^*]+)(?<=\S)\*\*"), r"\1"),
    (re.compile(r"`([^`]+)`"), r"\1"),
)


def last_line(entries: Sequence[LogEntry]) -> str | None:
    """Return the line to show after these entries; None where they have nothing to show."""
    for entry in reversed(entries):
        if entry.kind in _SHOWN:
            line = entry.content.lstrip()[:_CHARACTERS].split("\n", 1)[0].rstrip()
            if line:
                return _plain(line) if _is_markdown(entry) else line
    return None


def _is_markdown(entry: LogEntry) -> bool:
    """Whether an agent speaks. Commands and what they put out mean their signs: a backtick is one of the shell."""
    return entry.kind is EntryKind.MESSAGE or (entry.data or {}).get("final") is True


def _plain(line: str) -> str:
    for mark, instead in _MARKS:
        line = mark.sub(instead, line)
    return line
