"""A card with all its runs as one file that needs nothing else: JSON, Markdown or HTML."""

from collections.abc import Callable, Iterator, Mapping

import orjson

from retoma import __version__
from retoma.backup.document import (
    FORMAT,
    VERSION,
    Log,
    Whole,
    card_document,
    entry_document,
    exact_time,
    read_entries,
    run_document,
)
from retoma.backup.export_html import write_html
from retoma.backup.export_markdown import write_markdown
from retoma.core.clock import utc_now
from retoma.storage.database import Database


def export_card(database: Database, whole: Whole, form: str) -> Iterator[bytes]:
    """Yield a card as one file, in a form that `FORMS` names, piece by piece; little of it is in memory at a time."""
    return FORMS[form](whole, lambda execution: read_entries(database, execution))


def _write_json(whole: Whole, log: Log) -> Iterator[bytes]:
    head = {
        "format": FORMAT,
        "version": VERSION,
        "retoma": __version__,
        "exportedAt": exact_time(utc_now()),
        "project": {"id": whole.project.id, "name": whole.project.name},
        "card": card_document(whole.card),
    }
    yield orjson.dumps(head)[:-1] + b',\n"executions":['
    for number, run in enumerate(whole.runs):
        yield (b",\n" if number else b"\n") + orjson.dumps(run_document(run))[:-1] + b',"entries":['
        separator = b"\n"
        for entry in log(run.execution):
            yield separator + orjson.dumps(entry_document(entry))
            separator = b",\n"
        yield b"\n]}"
    yield b"\n]}\n"


FORMS: Mapping[str, Callable[[Whole, Log], Iterator[bytes]]] = {
    "json": _write_json,
    "md": write_markdown,
    "html": write_html,
}
