"""A card with all its runs as one page that needs no script, no network and nothing beside it."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape

from retoma.backup.document import Log, Run, Whole
from retoma.backup.export_text import facts, log_title, pretty, texts, visible
from retoma.core.clock import utc_now, wire_time
from retoma.core.entries import LogEntry

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2125; --soft: #5c6670; --ground: #fbfbfa; --card: #fff; --line: #dcdfe2;
  --error: #b3261e; --warning: #7a5200; --success: #1a6b3c; --command: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ea; --soft: #9aa4ae; --ground: #15181b; --card: #1d2125;
  --line: #363c42; --error: #ff8f85; --warning: #e9b860; --success: #7bd3a0; --command: #8ebcf2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 64rem; color: var(--ink); background: var(--ground);
  font: 15px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
h3 { font-size: .95rem; margin: 1rem 0 .25rem; color: var(--soft); font-weight: 600; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 1rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .75rem; margin: 0; }
dt, time, .kind { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: 0; font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
  unicode-bidi: plaintext; }
summary { cursor: pointer; padding: .25rem 0; }
ol { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid var(--line); padding: .4rem 0; content-visibility: auto; contain-intrinsic-size: auto 3rem; }
time, .kind { font-size: 12px; font-variant-numeric: tabular-nums; }
.error { color: var(--error); } .warning { color: var(--warning); } .success { color: var(--success); }
.command { color: var(--command); }
.interrupted, .cancelled { color: var(--warning); }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def write_html(whole: Whole, log: Log) -> Iterator[bytes]:
    """Yield the file piece by piece."""
    card = whole.card
    title = f"#{card.number} {_safe(card.title)}"
    yield _text(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
    )
    about = [("Project", whole.project.name), ("Column", card.column), ("Exported", wire_time(utc_now()))]
    yield _text(_facts([*about, *([("Labels", ", ".join(card.labels))] if card.labels else [])]) + "</header>\n")
    for name, text in (("Description", card.description), ("Plan", card.plan)):
        if text:
            yield _text(f"<section>\n<h2>{name}</h2>\n<pre>{_safe(text)}</pre>\n</section>\n")
    for run in whole.runs:
        yield from _run(run, log)
    yield b"</body>\n</html>\n"


def _run(run: Run, log: Log) -> Iterator[bytes]:
    execution = run.execution
    status = _safe(execution.status)
    yield _text(
        f'<section>\n<h2>{_safe(execution.command)} <span class="{status}">{status}</span></h2>\n{_facts(facts(run))}'
    )
    for name, text in texts(run):
        yield _text(f"<h3>{_safe(name)}</h3>\n<pre>{_safe(text)}</pre>\n")
    yield _text(f"<details>\n<summary>{_safe(log_title(run))}</summary>\n<ol>\n")
    for entry in log(execution):
        yield _text(_entry(entry))
    yield b"</ol>\n</details>\n</section>\n"


def _entry(entry: LogEntry) -> str:
    kind = f'<span class="kind">{entry.type} {entry.kind}</span>'
    head = f"{entry.sequence} <time>{wire_time(entry.timestamp)}</time> {kind}"
    data = ""
    if entry.data is not None:
        data = f"<details><summary>Data</summary><pre>{_safe(pretty(entry.data))}</pre></details>"
    return f'<li>{head}<pre class="{entry.type}">{_safe(entry.content)}</pre>{data}</li>\n'


def _facts(found: Iterable[tuple[str, str]]) -> str:
    return "<dl>\n" + "".join(f"<dt>{_safe(name)}</dt><dd>{_safe(text)}</dd>\n" for name, text in found) + "</dl>\n"


def _safe(text: str) -> str:
    return escape(visible(text), quote=True)


def _text(text: str) -> bytes:
    return text.encode("utf-8", "replace")
