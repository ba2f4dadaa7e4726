"""Routes of the search: over everything, and in one log."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, AwareDatetime, StringConstraints

from retoma.core.entries import EntryKind, EntryType
from retoma.core.errors import InvalidError
from retoma.core.status import Command
from retoma.executions import service as executions
from retoma.search import in_log, service
from retoma.search.matching import fold, parse
from retoma.search.model import Part, Wanted
from retoma.web import present_search as present
from retoma.web import wire_past
from retoma.web.bodies import storable
from retoma.web.cursors import decode_search_place
from retoma.web.dependencies import LARGEST, FromApp, JsonAnswer, ListCursor, QueryText

router = APIRouter(tags=["search"])

_LONGEST = 500
_MOST_BUCKETS = 2000

Words = Annotated[
    str,
    StringConstraints(max_length=_LONGEST),
    AfterValidator(storable),
    Query(
        description='All of these words, in any order; "quoted text" is one phrase. Upper and lower case are the same.'
    ),
]
Types = Annotated[list[EntryType], Query(alias="type", description="Only entries of this type; may be repeated.")]
Kinds = Annotated[list[EntryKind], Query(alias="kind", description="Only entries of this kind; may be repeated.")]
FilePath = Annotated[QueryText | None, Query(description="Only entries about a file whose path has this in it.")]


@router.get("/api/search", response_model=wire_past.SearchPage)
def search_everything(  # noqa: PLR0913, PLR0917 - each is one filter of the same search
    services: FromApp,
    q: Words = "",
    what: Annotated[list[Part], Query(description="Only these; may be repeated.")] = [],  # noqa: B006 - FastAPI copies
    project_id: Annotated[QueryText | None, Query(alias="projectId")] = None,
    card_id: Annotated[QueryText | None, Query(alias="cardId")] = None,
    command: Command | None = None,
    agent: QueryText | None = None,
    types: Types = [],  # noqa: B006 - FastAPI copies
    kinds: Kinds = [],  # noqa: B006 - FastAPI copies
    path: FilePath = None,
    start: Annotated[AwareDatetime | None, Query(alias="from", description="Of then or later.")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Of before then.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many items a page has at most.")] = 20,
    cursor: ListCursor = None,
) -> Response:
    """Cards, then executions, then entries that have all of the words, each from the newest to the oldest.

    A page may have fewer items than `limit`, or none: `searchedTo` then tells how far back was searched in its time,
    and `nextCursor` goes on there. Everything was searched when `nextCursor` is null.
    """
    wanted = Wanted(
        terms=tuple(parse(q)),
        path=None if path is None else fold(path),
        types=frozenset(types),
        kinds=frozenset(kinds),
        project_id=project_id,
        card_id=card_id,
        command=command,
        agent=agent,
        start=start,
        end=end,
    )
    _refuse_anything(wanted)
    place = decode_search_place(cursor)
    with services.database.read() as connection:
        found = service.search(connection, wanted, frozenset(what) or frozenset(Part), place, limit=limit)
    return JsonAnswer(present.found(found))


@router.get("/api/executions/{execution_id}/logs/search", response_model=wire_past.LogMatches)
def search_log(  # noqa: PLR0913, PLR0917 - each is one filter of the same search
    execution_id: str,
    services: FromApp,
    q: Words = "",
    types: Types = [],  # noqa: B006 - FastAPI copies
    kinds: Kinds = [],  # noqa: B006 - FastAPI copies
    path: FilePath = None,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="Only matches behind this sequence.")] = 0,
    limit: Annotated[int, Query(ge=0, le=500, description="How many matches are shown at most.")] = 100,
    n: Annotated[int | None, Query(ge=1, le=LARGEST, description="Tell the sequence of the n-th match.")] = None,
    buckets: Annotated[
        int, Query(ge=0, le=_MOST_BUCKETS, description="Tell how many matches each of so many equal parts has.")
    ] = 0,
    among_types: Annotated[
        list[EntryType], Query(alias="amongType", description="The parts are of the entries of this type alone.")
    ] = [],  # noqa: B006 - FastAPI copies
    among_kinds: Annotated[
        list[EntryKind], Query(alias="amongKind", description="The parts are of the entries of this kind alone.")
    ] = [],  # noqa: B006 - FastAPI copies
) -> Response:
    """All matches in one log, counted exactly, in order.

    `total`, `nth` and `buckets` are about the entries 1 to `searchedTo`. Where that is not `headSequence` the time was
    used up: ask again, and the search goes on.
    """
    wanted = Wanted(
        terms=tuple(parse(q)),
        path=None if path is None else fold(path),
        types=frozenset(types),
        kinds=frozenset(kinds),
    )
    _refuse_anything(wanted)
    parted = Wanted(terms=(), path=None, types=frozenset(among_types), kinds=frozenset(among_kinds))
    with services.database.read() as connection:
        execution = executions.get_execution(connection, execution_id)
        matches = services.log_searches.find(connection, execution, wanted)
        among = None if parted.is_anything else services.log_searches.find(connection, execution, parted)
        shown = matches.after(after, limit)
        entries = in_log.read_matches(connection, execution.id, shown)
    return JsonAnswer(
        present.log_matches(execution, matches, entries, wanted, after=after, n=n, buckets=buckets, among=among)
    )


@router.get("/api/executions/{execution_id}/logs/matching", response_model=wire_past.MatchingEntries)
def read_matching(
    execution_id: str,
    services: FromApp,
    types: Types = [],  # noqa: B006 - FastAPI copies
    kinds: Kinds = [],  # noqa: B006 - FastAPI copies
    skip: Annotated[int, Query(ge=0, le=LARGEST, description="How many matching entries come before the first.")] = 0,
    limit: Annotated[int, Query(ge=0, le=500)] = 500,
) -> Response:
    """The entries of these types and kinds, by their place among themselves, as pages of the log have them.

    As in a search of the log, `total` is about the entries 1 to `searchedTo`.
    """
    wanted = Wanted(terms=(), path=None, types=frozenset(types), kinds=frozenset(kinds))
    _refuse_anything(wanted)
    with services.database.read() as connection:
        execution = executions.get_execution(connection, execution_id)
        matches = services.log_searches.find(connection, execution, wanted)
        entries = in_log.read_matches(connection, execution.id, matches.sequences[skip : skip + limit])
    return JsonAnswer(present.matching_entries(execution, matches, entries))


def _refuse_anything(wanted: Wanted) -> None:
    if wanted.is_anything:
        sentence = "Say what to look for: words in q, or a filter."
        raise InvalidError(sentence, errors=[{"field": "q", "message": sentence}])
