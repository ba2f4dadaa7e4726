"""A card with all its runs as Markdown. What agents and users wrote stands in fences that it can't end."""

import re
from collections.abc import Iterator

from retoma.backup.document import Log, Run, Whole
from retoma.backup.export_text import facts, log_title, pretty, texts, visible
from retoma.core.clock import utc_now, wire_time
from retoma.core.entries import LogEntry

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|&~])")


def write_markdown(whole: Whole, log: Log) -> Iterator[bytes]:
    """Yield the file piece by piece."""
    card = whole.card
    yield _text(f"# #{card.number} {_inline(card.title)}\n\n")
    labels = ", ".join(_inline(label) for label in card.labels)
    yield _text(f"- Project: {_inline(whole.project.name)}\n- Column: {card.column}\n")
    yield _text(f"- Labels: {labels}\n" if labels else "")
    yield _text(f"- Exported: {wire_time(utc_now())}\n\n")
    for name, text in (("Description", card.description), ("Plan", card.plan)):
        if text:
            yield _text(f"## {name}\n\n{_fenced(visible(text))}\n")
    for run in whole.runs:
        yield from _run(run, log)


def _run(run: Run, log: Log) -> Iterator[bytes]:
    execution = run.execution
    yield _text(f"## {execution.command}: {execution.status}\n\n")
    yield _text("".join(f"- {name}: {_inline(text)}\n" for name, text in facts(run)) + "\n")
    for name, text in texts(run):
        yield _text(f"### {_inline(name)}\n\n{_fenced(text)}\n")
    yield _text(f"### {log_title(run)}\n\n")
    for entry in log(execution):
        yield _text(_entry(entry))


def _entry(entry: LogEntry) -> str:
    head = f"**{entry.sequence}** {wire_time(entry.timestamp)} {entry.type} {entry.kind}\n\n"
    data = "" if entry.data is None else _fenced(visible(pretty(entry.data)), "json")
    return f"{head}{_fenced(visible(entry.content))}{data}\n"


def _fenced(text: str, language: str = "") -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _inline(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(visible(text).split()))


def _text(text: str) -> bytes:
    return text.encode("utf-8", "replace")
