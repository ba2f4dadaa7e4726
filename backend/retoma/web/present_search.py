"""What was found, on the wire."""

from collections.abc import Sequence
from typing import cast

import orjson

from retoma.core.clock import wire_time
from retoma.core.entries import LogEntry
from retoma.executions.model import Execution
from retoma.live.frames import encode_entry, join_entries
from retoma.search.in_log import Matches
from retoma.search.matching import snippet, texts_of
from retoma.search.model import Found, Hit, Part, Snippet, Wanted
from retoma.web import wire_past
from retoma.web.cursors import encode_search_place


def found(page: Found) -> wire_past.SearchPage:
    """Present a page of a search over everything."""
    place = page.place
    if place is None:
        return {"items": [_item(hit) for hit in page.hits], "nextCursor": None, "searchedTo": None}
    return {
        "items": [_item(hit) for hit in page.hits],
        "nextCursor": encode_search_place(place),
        "searchedTo": {
            "what": place.part.value,
            "executionId": page.place_run,
            "sequence": place.sequence if page.place_run is not None else None,
            "timestamp": None if place.moment is None else wire_time(place.moment),
        },
    }


def _item(hit: Hit) -> wire_past.SearchItem:
    run, entry = hit.run, hit.entry
    part = Part.CARD if run is None else Part.EXECUTION if entry is None else Part.ENTRY
    return {
        "what": part.value,
        "projectId": hit.card.project_id,
        "cardId": hit.card.id,
        "cardNumber": hit.card.number,
        "cardTitle": hit.card.title,
        "executionId": None if run is None else run.public_id,
        "command": None if run is None else run.command,
        "agent": None if run is None else run.agent,
        "status": None if run is None else run.status,
        "sequence": None if entry is None else entry.sequence,
        "type": None if entry is None else entry.type.value,
        "kind": None if entry is None else entry.kind.value,
        "timestamp": wire_time(hit.moment),
        "snippet": _snippet(hit.snippet),
    }


def log_matches(
    execution: Execution,
    matches: Matches,
    entries: Sequence[LogEntry],
    wanted: Wanted,
    *,
    after: int,
    n: int | None,
    buckets: int,
    among: Matches | None,
) -> wire_past.LogMatches:
    """Present the matches in a log: `entries` are those behind `after` that are shown.

    The buckets are parts of the whole log, or of what is `among`.
    """
    head = execution.head_sequence
    parted = range(1, head + 1) if among is None else among.sequences
    total, before = len(matches.sequences), matches.upto(after)
    more = bool(entries) and before + len(entries) < total
    return {
        "executionId": execution.public_id,
        "headSequence": head,
        "logRemovedAt": None if execution.log_removed_at is None else wire_time(execution.log_removed_at),
        "searchedTo": matches.searched_to if among is None else min(matches.searched_to, among.searched_to),
        "total": total,
        "before": before,
        "items": [
            {
                "sequence": entry.sequence,
                "timestamp": wire_time(entry.timestamp),
                "type": entry.type.value,
                "kind": entry.kind.value,
                "snippet": _snippet(snippet(texts_of(entry), wanted.terms)),
            }
            for entry in entries
        ],
        "nextAfter": entries[-1].sequence if more else None,
        "nth": None if n is None else {"n": n, "sequence": matches.sequences[n - 1] if n <= total else None},
        "buckets": list(matches.counts(buckets, parted)) if buckets else [],
    }


def matching_entries(execution: Execution, matches: Matches, entries: Sequence[LogEntry]) -> bytes:
    """Present a piece of the matching entries; they are encoded as everywhere."""
    head = orjson.dumps(
        {
            "executionId": execution.public_id,
            "headSequence": execution.head_sequence,
            "searchedTo": matches.searched_to,
            "total": len(matches.sequences),
        }
    )
    return head[:-1] + b',"logs":' + join_entries([encode_entry(entry) for entry in entries]) + b"}"


def _snippet(shown: Snippet) -> wire_past.Snippet:
    text = shown.text
    return {
        "field": cast("wire_past.SnippetField", shown.field),
        "text": text,
        "ranges": [(_units(text[:begin]), _units(text[:end])) for begin, end in shown.ranges],
        "moreBefore": shown.more_before,
        "moreAfter": shown.more_after,
    }


def _units(text: str) -> int:
    """Return the length of `text` as JavaScript counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
