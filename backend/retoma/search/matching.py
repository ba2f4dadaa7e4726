"""What it means that a text has the words that are looked for: as grep does it, without regard to case.

All terms must occur in the same thing (an entry, a card, an execution), anywhere, in any order; a term is a word, or
what stands between quotation marks. It may be a part of a longer word. Upper and lower case are the same, letters with
and without accents are not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from retoma.core.entries import LogEntry
from retoma.core.json import JsonValue
from retoma.search.model import Snippet, Wanted

_TERM = re.compile(r'"([^"]+)"|(\S+)')
# Where agents say which file a tool is about.
_PATH_KEYS = ("file_path", "notebook_path", "filePath", "path")
_BEFORE, _SHOWN = 60, 240  # characters of a snippet before what was found, and at most (more for a longer term)
# The one letter whose small form is two characters, and the Kelvin sign, whose small form is ASCII's k. Both stay as
# they are, so that folding keeps each length, and ASCII and the rest apart.
_AS_THEY_ARE = ("\u0130", "\u212a")
_AS_THEY_ARE_OR_NOT = re.compile("([\u0130\u212a])")

Texts = Sequence[tuple[str, str]]  # a field's name and its text


def parse(words: str) -> Sequence[str]:
    """Return the terms in what a user typed, folded, each once."""
    return list(dict.fromkeys(fold(phrase or word) for phrase, word in _TERM.findall(words)))


def fold(text: str) -> str:
    """Return `text` in lower case, character by character: the length stays, and a part of it folds to the same."""
    if text.isascii():
        return text.lower()
    # Piece by piece: an entry may have a million characters, and a value for each would take a hundred megabytes.
    lowered = "".join(piece if piece in _AS_THEY_ARE else piece.lower() for piece in _AS_THEY_ARE_OR_NOT.split(text))
    return lowered.replace("\N{GREEK SMALL LETTER FINAL SIGMA}", "\N{GREEK SMALL LETTER SIGMA}")


def texts_of(entry: LogEntry) -> Texts:
    """Return what is searched of an entry: its content, what went into a tool, the file it is about."""
    if entry.data is None:
        return [("content", entry.content)]
    texts = [("content", entry.content)]
    texts += [("input", text) for text in _strings(entry.data.get("input"))]
    path = entry.data.get("filePath")
    if isinstance(path, str):
        texts.append(("path", path))
    return texts


def paths_of(entry: LogEntry) -> Sequence[str]:
    """Return the paths of the files that an entry is about."""
    if entry.data is None:
        return []
    given = entry.data.get("input")
    inside = [given.get(key) for key in _PATH_KEYS] if isinstance(given, Mapping) else []
    return [path for path in (entry.data.get("filePath"), *inside) if isinstance(path, str)]


def _strings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _strings(inner)


def has_all(texts: Texts, terms: Sequence[str]) -> bool:
    """Whether each term occurs in one of the texts."""
    folded = [fold(text) for _, text in texts]
    return all(any(term in text for text in folded) for term in terms)


def is_wanted(entry: LogEntry, wanted: Wanted) -> bool:
    """Whether an entry is what is looked for, as far as the entry itself can tell."""
    return (
        (not wanted.types or entry.type in wanted.types)
        and (not wanted.kinds or entry.kind in wanted.kinds)
        and (wanted.start is None or entry.timestamp >= wanted.start)
        and (wanted.end is None or entry.timestamp < wanted.end)
        and (wanted.path is None or any(wanted.path in fold(path) for path in paths_of(entry)))
        and has_all(texts_of(entry), wanted.terms)
    )


def snippet(texts: Texts, terms: Sequence[str]) -> Snippet:
    """Return the piece of the text that has the most of the terms, around the first of them."""
    name, text = max(texts, key=lambda named: sum(term in fold(named[1]) for term in terms))
    ranges = _ranges(fold(text), terms)
    if not ranges:
        return Snippet(name, text[:_SHOWN], (), more_before=False, more_after=len(text) > _SHOWN)
    start = max(0, ranges[0][0] - _BEFORE)
    end = max(start + _SHOWN, ranges[0][1])
    inside = [(begin - start, stop - start) for begin, stop in ranges if stop <= end]
    return Snippet(name, text[start:end], inside, more_before=start > 0, more_after=end < len(text))


def _ranges(folded: str, terms: Sequence[str]) -> Sequence[tuple[int, int]]:
    """Return where the terms occur, in order; those that touch are one. Only around the first: a text may be huge."""
    firsts = [place for term in terms if (place := folded.find(term)) >= 0]
    if not firsts:
        return ()
    upto = min(firsts) + _SHOWN + max(map(len, terms))
    found = sorted(span for term in terms for span in _spans(folded[:upto], term))
    merged: list[tuple[int, int]] = []
    for begin, stop in found:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((begin, stop))
    return merged


def _spans(folded: str, term: str) -> Iterator[tuple[int, int]]:
    place = folded.find(term)
    while place >= 0:
        yield place, place + len(term)
        place = folded.find(term, place + 1)
