"""A board on which something of everything has happened, as its user sees it after a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from support.board import Board

# By a short name: the title, the command and the steps of its script. Each leaves its card in another state.
_RUNS: Mapping[str, tuple[str, str, str]] = {
    "failed": (
        "Round prices before the tax is added",
        "/test",
        """\
say I run the tests first.
run git status --short
think Decimal and float are mixed.
run cat missing.txt
write src/prices.py <<END
def rounded(price):
    return round(price, 2)
END
lines 60
say Two tests fail: test_tax and test_rounding.
exit 1""",
    ),
    "interrupted": ("Stream the export instead of building it in memory", "/implement", "lines 20\ncrash"),
    "planned": (
        "Cache the product pages",
        "/plan",
        """\
say The pages of a product are read forty times as often as they change, so a minute of cache takes nearly all load.
plan <<END
# Plan

1. Measure first: `ab -n 1000`
2. Cache by path

## Risks

- Stale prices, for at most a minute

| page | ms |
|---|---|
| product | 412 |
END""",
    ),
    "asking": (
        "Move sessions out of the cookie",
        "/implement",
        """\
say The branch is ready.
write session.py <<END
kept = {}
END
ask May I push retoma/6 to origin?""",
    ),
    "running": (
        "Import orders from the old shop",
        "/implement",
        "think The old dump has no time zones.\nrun git status --short\nlines 400 rate 40\nhang",
    ),
}
_LABELS = {"failed": ["bug"], "running": ["import", "backend"], "asking": ["security", "checkout", "customer"]}
_NEVER = "Find out why the search is slow on long product names with umlauts and other special characters"


@dataclass(frozen=True)
class Scene:
    """What is on the board: the ids of its cards, and of the failed card's two runs."""

    board: Board
    project: str
    cards: Mapping[str, str]
    compared: tuple[str, str]

    @classmethod
    def play(cls, board: Board) -> Self:
        """Make the sample project and let everything happen; one run goes on, another waits for an answer."""
        board.post("/api/projects/sample", status=201)
        cards = {name: board.script(title, *script.split("\n")) for name, (title, _, script) in _RUNS.items()}
        runs = {name: board.run(cards[name], command) for name, (_, command, _) in _RUNS.items()}
        for name in ("failed", "interrupted", "planned"):
            board.finish(runs[name])
        again = board.run(cards["failed"], "/test")
        board.finish(again)
        with board.client() as client:
            for name, labels in _LABELS.items():
                client.patch(f"/api/cards/{cards[name]}", json={"labels": labels}).raise_for_status()
        board.follow(runs["asking"], until="May I")
        board.follow(runs["running"], until="line 000040")
        never = board.card(_NEVER)
        return cls(board, str(board.cards()[0]["projectId"]), cards | {"never": never}, (runs["failed"], again))

    def screens(self) -> Mapping[str, tuple[str, str]]:
        """Return the address of every screen, and a selector of what is there once it is whole."""
        url = self.board.url
        card = {name: f"{url}/cards/{key}" for name, key in self.cards.items()}
        return {
            "board": (f"{url}/projects/{self.project}", '[data-column] a[href^="/cards/"]'),
            "board, nothing found": (f"{url}/projects/{self.project}?text=zzz", "main h2"),
            "card that runs": (card["running"], "[role=log] [data-sequence]"),
            "card that asks": (f"{card['asking']}#question", "#question button"),
            "card that failed": (card["failed"], "[role=log] [data-sequence]"),
            "card that was interrupted": (card["interrupted"], "[role=log] [data-sequence]"),
            "card that never ran": (card["never"], "main h2"),
            "plan": (f"{card['planned']}?tab=plan", "main table"),
            "changes": (f"{card['failed']}?tab=changes", "main table"),
            "history of a card": (f"{card['failed']}?tab=history", "main table"),
            "comparison": (f"{card['failed']}?tab=history&compare={','.join(self.compared)}", "main table"),
            "needs you": (f"{url}/needs-you", "main li button"),
            "history": (f"{url}/history", "main table, main li [data-status]"),
            "history, searched": (f"{url}/history?q=lines", "main mark"),
            "history, nothing found": (f"{url}/history?q=zzz", "main h2"),
            "charts": (f"{url}/history?view=charts", "main figure, main svg[role=img], main h2"),
            "settings": (f"{url}/settings", "main dl"),
            "new project": (f"{url}/?add=true", "main form"),
            "nowhere": (f"{url}/nowhere", "main h1"),
        }
