"""Searching as a person without an index would do it: through everything, sign by sign. And a past to search in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, update

from retoma.cards import store as card_store
from retoma.core.clock import utc_now
from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.executions.model import Execution
from retoma.executions.tables import ExecutionRow
from retoma.logs import store as log_store
from retoma.search import service
from retoma.search.matching import parse
from retoma.search.model import Part, Place, Wanted
from retoma.storage.base import table_of
from retoma.storage.database import Database
from support import factories

# What was found, as the tests compare it: a card's id, an execution's, or an execution's and a sequence.
Name = tuple[str, ...] | tuple[str, int]


@dataclass(kw_only=True)
class Past:
    """Cards with executions and logs, and the text of each: by name, in the order in which a search tells them."""

    cards: list[tuple[Name, Sequence[str]]]
    runs: list[tuple[Name, Sequence[str]]]
    entries: list[tuple[Name, Sequence[str]]]
    executions: list[Execution]

    def find(self, query: str) -> Sequence[Name]:
        """Return the names of all that has every term of `query`."""
        terms = _terms(query)
        return [
            name
            for name, texts in [*self.cards, *self.runs, *self.entries]
            if all(any(_has(text, term) for text in texts) for term in terms)
        ]


def _terms(query: str) -> Sequence[str]:
    """Split at white space; what stands between two quotation marks, of which the first begins a word, is one term."""
    terms, rest = [], query.lstrip()
    while rest:
        closing = rest.find('"', 1)
        if rest[0] == '"' and closing > 1:
            terms.append(rest[1:closing])
            rest = rest[closing + 1 :].lstrip()
        else:
            word = rest.split(maxsplit=1)[0]
            terms.append(word)
            rest = rest[len(word) :].lstrip()
    return terms


def _has(text: str, term: str) -> bool:
    signs, wanted = [_small(sign) for sign in text], [_small(sign) for sign in term]
    return any(signs[place : place + len(wanted)] == wanted for place in range(len(signs) - len(wanted) + 1))


def _small(sign: str) -> str:
    small = sign.lower()
    if sign == "\N{GREEK SMALL LETTER FINAL SIGMA}":
        return "\N{GREEK SMALL LETTER SIGMA}"
    return small if len(small) == 1 and sign.isascii() == small.isascii() else sign


def find_all(
    database: Database, query: str = "", *, limit: int = 3, seconds: float = 5.0, wanted: Wanted | None = None
) -> Sequence[Name]:
    """Return the names of all that is found, page by page to the end."""
    return [name for page in pages(database, query, limit=limit, seconds=seconds, wanted=wanted) for name in page]


def pages(
    database: Database, query: str = "", *, limit: int = 3, seconds: float = 5.0, wanted: Wanted | None = None
) -> Iterator[Sequence[Name]]:
    """Yield the pages of a search, as names."""
    asked, place = wanted or Wanted(terms=tuple(parse(query))), None
    while True:
        with database.read() as connection:
            found = service.search(connection, asked, frozenset(Part), place, limit=limit, seconds=seconds)
        assert len(found.hits) <= limit
        yield [
            (hit.run.public_id, hit.entry.sequence)
            if hit.run is not None and hit.entry is not None
            else ((hit.run.public_id,) if hit.run is not None else (hit.card.id,))
            for hit in found.hits
        ]
        if found.place is None:
            return
        assert place is None or _order(found.place) > _order(place), "each page gets on"
        place = found.place


def _order(place: Place) -> tuple[int, int, int, str]:
    return list(Part).index(place.part), -place.key, -place.sequence, place.card_id


def make_log(
    database: Database,
    texts: Sequence[str],
    *,
    over: bool = True,
    data: Mapping[int, Mapping[str, object]] | None = None,
    card_id: str | None = None,
) -> Execution:
    """Store an execution with one entry for each text; `data` by sequence."""
    execution, fence = factories.run(database, card_id or factories.create_card(database).id)
    add_entries(database, execution, fence, texts, data=data)
    if over:
        factories.finish(database, execution)
    return factories.reload(database, execution)


def add_entries(
    database: Database,
    execution: Execution,
    fence: int,
    texts: Sequence[str],
    *,
    data: Mapping[int, Mapping[str, object]] | None = None,
) -> None:
    """Store one more entry for each text. Types and kinds take turns."""
    first = factories.reload(database, execution).head_sequence + 1
    types, kinds = list(EntryType), list(EntryKind)
    entries = [
        LogEntry(
            n,
            factories.START.replace(microsecond=n % 1_000_000),
            types[n % len(types)],
            kinds[n % len(kinds)],
            text,
            (data or {}).get(n),  # type: ignore[arg-type] # a test's own JSON
        )
        for n, text in enumerate(texts, first)
    ]
    if entries:
        factories.append(database, execution, fence, entries)


def make_past(database: Database, logs: Sequence[Sequence[str]], words: Sequence[str]) -> Past:
    """Store a card with an execution for each log; `words` are what the first card and its execution say."""
    past = Past(cards=[], runs=[], entries=[], executions=[])
    for number, texts in enumerate(logs):
        title, description, plan, prompt, result = words if number == 0 else [""] * 5
        card = factories.create_card(database, title=title)
        changes = {"description": description, "plan": plan or None}
        database.write(partial(card_store.update_card, card_id=card.id, changes=changes, now=utc_now()))
        # What goes into a tool is searched too, its quotation marks and line ends included.
        tool = {2: {"tool": "Bash", "input": {"command": texts[0], "more": [texts[-1]]}}} if len(texts) > 1 else {}
        log = make_log(database, texts, card_id=card.id, data=tool, over=number % 2 == 0)
        database.write(partial(_say, execution_id=log.id, prompt=prompt, result=result))
        past.executions.append(log)
        past.cards.insert(0, ((card.id,), [title, description, plan]))
        past.runs.insert(0, ((log.public_id,), [prompt, result]))
        with database.read() as connection:
            entries = log_store.read_after(connection, log.id, 0)
        told = [[e.content, *([texts[0], texts[-1]] if e.sequence in tool else [])] for e in entries]
        names = [(log.public_id, entry.sequence) for entry in entries]
        past.entries[:0] = list(zip(names, told, strict=True))[::-1]
    return past


def _say(connection: Connection, execution_id: int, prompt: str, result: str) -> None:
    table = table_of(ExecutionRow)
    connection.execute(update(table).where(table.c.id == execution_id).values(prompt=prompt, result=result or None))
