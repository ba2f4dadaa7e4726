"""The search at the edge: what it tells of what it found, exact counts in one log, and what it refuses."""

from collections.abc import Mapping
from itertools import pairwise

import httpx
import pytest

from retoma.core.entries import EntryKind
from retoma.search.indexer import catch_up
from support.edge import Edge

Item = Mapping[str, object]


def run_with(edge: Edge, *contents: str, title: str = "A card") -> tuple[str, str]:
    """Store a card and a run of it with these entries; return their ids."""
    card_id = edge.add_card(edge.add_project(), title)
    public_id = edge.start(card_id)
    edge.run(public_id)
    for content in contents:
        edge.write(public_id, 1, content=content.replace("{", "{{").replace("}", "}}"))
    return card_id, public_id


def search(client: httpx.Client, **query: object) -> Mapping[str, list[Item]]:
    answer = client.get("/api/search", params=query)  # type: ignore[arg-type] # texts and numbers
    assert answer.status_code == 200, answer.text
    found: Mapping[str, list[Item]] = answer.json()
    return found


def test_an_item_says_what_it_is_where_it_is_and_what_matches(edge: Edge, client: httpx.Client) -> None:
    card_id, public_id = run_with(edge, "before", "Say \N{ROCKET} Hello, HELLO there", title="Hello world")
    edge.finish(public_id, result="it said hello")
    page = search(client, q="hello")
    assert page["nextCursor"] is None
    assert page["searchedTo"] is None
    card, run, entry = page["items"]
    for item in (card, run, entry):
        assert (item["cardId"], item["cardTitle"], item["cardNumber"]) == (card_id, "Hello world", 1)
    assert [item["what"] for item in (card, run, entry)] == ["card", "execution", "entry"]
    assert (card["executionId"], card["sequence"], run["sequence"], run["status"]) == (None, None, None, "success")
    assert (run["executionId"], entry["executionId"]) == (public_id, public_id)
    assert (entry["sequence"], entry["type"], entry["kind"]) == (2, "info", "message")
    assert entry["timestamp"] == "2026-11-22T19:36:00.123Z"
    # JavaScript counts two for the rocket.
    assert entry["snippet"] == {
        "field": "content",
        "text": "Say \N{ROCKET} Hello, HELLO there",
        "ranges": [[7, 12], [14, 19]],
        "moreBefore": False,
        "moreAfter": False,
    }
    assert (card["snippet"], run["snippet"]) != (entry["snippet"], entry["snippet"])
    assert search(client, q="hello", what="execution")["items"] == [run]


def test_all_words_must_be_there_in_any_order_and_quoted_text_is_one_phrase(edge: Edge, client: httpx.Client) -> None:
    run_with(edge, "alpha beta gamma", "beta alpha", "alpha", "ALPHAbeta")
    sequences = {query: [i["sequence"] for i in search(client, q=query, what="entry")["items"]] for query in QUERIES}
    assert sequences == QUERIES


QUERIES: Mapping[str, list[object]] = {
    "alpha beta": [4, 2, 1],
    "beta alpha": [4, 2, 1],
    '"alpha beta"': [1],
    '"beta alpha"': [2],
    "phab": [4],
    "a": [4, 3, 2, 1],
    "mm": [1],
    "delta": [],
    "x" * 500: [],
}


def test_markup_and_control_signs_are_text(edge: Edge, client: httpx.Client) -> None:
    run_with(edge, "<script>alert('needle')</script>\x1b[31m \r\n & %s", "100% _needle_ \\ 'q'")
    texts = [dict(item["snippet"]).get("text") for item in search(client, q="needle")["items"]]  # type: ignore[call-overload] # JSON
    assert texts == ["100% _needle_ \\ 'q'", "<script>alert('needle')</script>\x1b[31m \r\n & %s"]
    assert [item["sequence"] for item in search(client, q="100%")["items"]] == [2]
    assert [item["sequence"] for item in search(client, q="%")["items"]] == [2, 1]
    assert search(client, q="_needle%")["items"] == []


def test_a_long_text_is_shown_around_what_was_found(edge: Edge, client: httpx.Client) -> None:
    run_with(edge, "x" * 5000 + " needle " + "y" * 5000)
    (item,) = search(client, q="NEEDLE")["items"]
    snippet = item["snippet"]
    assert isinstance(snippet, dict)
    ((begin, end),) = snippet["ranges"]
    assert snippet["text"][begin:end] == "needle"
    assert (len(snippet["text"]), snippet["moreBefore"], snippet["moreAfter"]) == (240, True, True)


def test_pages_follow_one_another(edge: Edge, client: httpx.Client) -> None:
    _, public_id = run_with(edge, title="needle")
    edge.write(public_id, 50, content="needle {n}")
    found, cursor = [], None
    while True:
        page = search(client, q="needle", limit=7, **({"cursor": cursor} if cursor else {}))
        found += [(item["what"], item["sequence"]) for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
        assert page["searchedTo"] is not None
    assert found == [("card", None), *(("entry", n) for n in range(50, 0, -1))]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": "  "}, "q"),
        ({"q": "x" * 501}, "q"),
        ({"q": "x", "type": "loud"}, "type"),
        ({"q": "x", "kind": "loud"}, "kind"),
        ({"q": "x", "what": "loud"}, "what"),
        ({"q": "x", "limit": 101}, "limit"),
        ({"q": "x", "from": "yesterday"}, "from"),
        ({"q": "x", "cursor": "bm9uZQ"}, "cursor"),
        ({"q": "x", "words": "y"}, "words"),
    ],
    ids=lambda value: "-".join(value)[:20] if isinstance(value, dict) else None,
)
def test_what_cannot_be_searched_for_is_refused(client: httpx.Client, query: dict[str, str], field: str) -> None:
    answer = client.get("/api/search", params=query)
    assert answer.status_code == 422
    assert field in str(answer.json()["errors"])


@pytest.mark.parametrize("indexed", [False, True])
def test_a_search_in_a_log_counts_exactly_and_tells_the_nth_match_and_where_they_are(
    edge: Edge, client: httpx.Client, *, indexed: bool
) -> None:
    _, public_id = run_with(edge)
    edge.write(public_id, 1200, content="line {n:04d}, by seven {n}")
    if indexed:
        edge.finish(public_id)
        catch_up(edge.services.database)
    matching = [n for n in range(1, 1201) if "11" in f"line {n:04d}, by seven {n}"]
    url = f"/api/executions/{public_id}/logs/search"
    first = client.get(url, params={"q": "11", "limit": 10, "n": 20, "buckets": 7}).json()
    assert [item["sequence"] for item in first["items"]] == matching[:10]
    assert (first["total"], first["before"], first["searchedTo"], first["headSequence"]) == (
        len(matching),
        0,
        1200,
        1200,
    )
    assert first["nth"] == {"n": 20, "sequence": matching[19]}
    edges = [1200 * part // 7 for part in range(8)]
    assert first["buckets"] == [sum(a < n <= b for n in matching) for a, b in pairwise(edges)]
    rest = client.get(url, params={"q": "11", "after": first["nextAfter"], "limit": 500}).json()
    assert [item["sequence"] for item in rest["items"]] == matching[10:]
    assert (rest["before"], rest["nextAfter"]) == (10, None)
    assert client.get(url, params={"q": "11", "n": 5000, "limit": 0}).json()["nth"] == {"n": 5000, "sequence": None}
    nothing = client.get(url, params={"q": "nowhere", "buckets": 2}).json()
    assert (nothing["total"], nothing["items"], nothing["buckets"]) == (0, [], [0, 0])


def test_a_search_in_a_log_that_grows_goes_on_where_it_was(edge: Edge, client: httpx.Client) -> None:
    _, public_id = run_with(edge)
    url = f"/api/executions/{public_id}/logs/search"
    for round_ in range(1, 4):
        edge.write(public_id, 300, content="line {n}")
        found = client.get(url, params={"q": "line", "limit": 1, "n": 300 * round_}).json()
        assert (found["total"], found["searchedTo"], found["nth"]["sequence"]) == (300 * round_,) * 3
        catch_up(edge.services.database)


@pytest.mark.parametrize("indexed", [False, True])
def test_types_and_kinds_are_counted_without_words(edge: Edge, client: httpx.Client, *, indexed: bool) -> None:
    _, public_id = run_with(edge)
    edge.write(public_id, 600)
    if indexed:
        edge.finish(public_id)
        catch_up(edge.services.database)
    url = f"/api/executions/{public_id}/logs/search"
    assert client.get(url, params={"type": ["info", "error"], "buckets": 2}).json()["buckets"] == [300, 300]
    assert client.get(url, params={"type": "error"}).json()["total"] == 0
    assert client.get(url, params={"kind": "message", "n": 600}).json()["nth"]["sequence"] == 600
    assert client.get(url).status_code == 422
    assert client.get("/api/executions/none/logs/search?q=x").status_code == 404


def test_the_parts_can_be_of_some_kinds_of_entries_alone(edge: Edge, client: httpx.Client) -> None:
    _, public_id = run_with(edge)
    for kind in (EntryKind.RAW, EntryKind.MESSAGE, EntryKind.RAW, EntryKind.MESSAGE):
        edge.write(public_id, 100, content="line {n}", kind=kind)
    url = f"/api/executions/{public_id}/logs/search"
    wanted: dict[str, str | int] = {"q": "line", "kind": "message", "buckets": 4, "limit": 0}
    assert client.get(url, params=wanted).json()["buckets"] == [0, 100, 0, 100]
    assert client.get(url, params=wanted | {"amongKind": "message"}).json()["buckets"] == [50, 50, 50, 50]
    assert client.get(url, params=wanted | {"amongType": "info"}).json()["buckets"] == [0, 100, 0, 100]
    assert client.get(url, params=wanted | {"amongType": "error"}).json()["buckets"] == [0, 0, 0, 0]


@pytest.mark.parametrize("indexed", [False, True])
def test_entries_of_a_kind_are_read_by_their_place_among_themselves(
    edge: Edge, client: httpx.Client, *, indexed: bool
) -> None:
    _, public_id = run_with(edge)
    edge.write(public_id, 700)
    if indexed:
        edge.finish(public_id)
        catch_up(edge.services.database)
    url = f"/api/executions/{public_id}/logs/matching"
    page = client.get(url, params={"kind": "message", "skip": 650, "limit": 500}).json()
    assert (page["total"], page["searchedTo"], page["headSequence"]) == (700, 700, 700)
    assert page["logs"] == client.get(f"/api/executions/{public_id}/logs?after=650").json()["logs"]
    assert client.get(url, params={"type": "error"}).json()["logs"] == []
    assert client.get(url).status_code == 422


def test_a_log_is_downloaded_as_text_whole(edge: Edge, client: httpx.Client) -> None:
    _, public_id = run_with(edge)
    edge.write(public_id, 1200, content="line {n:04d}")
    answer = client.get(f"/api/executions/{public_id}/text")
    lines = answer.text.splitlines()
    assert [line.split("\t")[0] for line in lines] == [str(n) for n in range(1, 1201)]
    assert lines[-1].endswith("\tinfo\tmessage\tline 1200")
    assert "attachment" in answer.headers["content-disposition"]
    piece = client.get(f"/api/executions/{public_id}/text", params={"after": 599, "limit": 502}).text.splitlines()
    assert piece == lines[599:1101]
    said = client.get(f"/api/executions/{public_id}/text", params={"after": 1198, "limit": 9, "contentOnly": True}).text
    assert said == "line 1199\nline 1200\n"
    assert client.get(f"/api/executions/{public_id}/text?after=1200").text == ""
    assert client.get("/api/executions/none/text").status_code == 404
