"""A log of any length and of mixed heights, as agents write them: one round of entries from a seed, over and over."""

import random
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from urllib.parse import parse_qs, urlsplit

import orjson
from playwright.sync_api import Page, Route
from sqlalchemy import Connection

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.json import JsonObject
from retoma.live.frames import encode_entry
from retoma.storage.database import Database

START = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
_SEED = 5
# A prime: what comes in pages of 500 and windows of 3,000 is never the same twice.
_ROUND = 1_009
_TURN = "§"  # stands for the number of the round

_WORDS = (
    *("the", "writer", "keeps", "every", "line", "in", "order"),
    *("and", "tells", "readers", "once", "it", "is", "stored"),
)
_SOURCE = ("    for entry in entries:", "        if entry.sequence > head:", "            yield entry")

# The first round is as good as any other: a column for each value of an entry.
_ROWS = """
    INSERT INTO execution_logs (execution_id, sequence, timestamp, type, kind, content, data)
    WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    SELECT ?, i, strftime('%Y-%m-%d %H:%M:%f', ?, (i / 1000.0) || ' seconds') || '000', type, kind,
           replace(content, '§', (i - 1) / ?), replace(data, '§', (i - 1) / ?)
      FROM n JOIN round ON place = (i - 1) % ?
"""


class _Writer:
    """Writes one round."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self._chance = random.Random(_SEED)

    def round(self) -> Sequence[LogEntry]:
        scenes: dict[Callable[[], None], int] = {
            self._say: 5,
            self._explain: 3,
            self._think: 2,
            self._run: 6,
            self._edit: 3,
            self._read: 3,
            self._print: 4,
            self._tell: 1,
        }
        while len(self.entries) < _ROUND:
            self._chance.choices(list(scenes), list(scenes.values()))[0]()
        return self.entries[:_ROUND]

    def _add(self, kind: EntryKind, content: str, data: JsonObject | None = None, type_: str = "info") -> None:
        number = len(self.entries) + 1
        self.entries.append(LogEntry(number, START, EntryType(type_), kind, content, data))

    def _words(self, least: int, most: int) -> str:
        return " ".join(self._chance.choices(_WORDS, k=self._chance.randint(least, most)))

    def _lines(self, least: int, most: int) -> str:
        return "\n".join(self._chance.choices([*_SOURCE, *_WORDS], k=self._chance.randint(least, most)))

    def _say(self) -> None:
        self._add(EntryKind.MESSAGE, f"Now {self._words(4, 60)} ({_TURN}).")

    def _explain(self) -> None:
        parts = [
            f"## What {self._words(2, 5)} ({_TURN})",
            f"The **{self._words(1, 2)}** calls `{self._words(1, 1)}()`: {self._words(8, 40)}.",
            "\n".join(f"- {self._words(3, 12)}" for _ in range(self._chance.randint(1, 5))),
            f"```python\n{self._lines(2, 12)}\n```",
            f"| file | lines |\n|---|---|\n| `{self._words(1, 1)}.py` | {self._chance.randint(1, 900)} |",
        ]
        self._add(EntryKind.MESSAGE, "\n\n".join(self._chance.sample(parts, self._chance.randint(1, 5))))

    def _think(self) -> None:
        self._add(EntryKind.THINKING, "\n".join(self._words(5, 30) for _ in range(self._chance.randint(1, 9))))

    def _call(self, tool: str, given: JsonObject, output: str, more: JsonObject) -> None:
        use = f"use-{len(self.entries)}-{_TURN}"
        about = next(iter(given.values()))
        self._add(EntryKind.TOOL, f"{tool} {about}", {"tool": tool, "input": given, "toolUseId": use})
        failed = more.get("isError") is True
        data: JsonObject = {"toolUseId": use, "isError": False, **more}
        self._add(EntryKind.RESULT, output, data, "error" if failed else "info")

    def _run(self) -> None:
        failed = self._chance.random() < 0.1
        command = f"pytest -q tests/{self._words(1, 1)}.py -k {_TURN}"
        more: JsonObject = {"isError": failed, "exitCode": int(failed)}
        self._call("Bash", {"command": command}, self._lines(0, 40), more)

    def _edit(self) -> None:
        old, new = self._lines(1, 12), self._lines(1, 12)
        lines: list[str] = [*(f"-{line}" for line in old.splitlines()), *(f"+{line}" for line in new.splitlines())]
        patch: JsonObject = {"structuredPatch": [{"newStart": self._chance.randint(1, 900), "lines": [*lines]}]}
        given: JsonObject = {"file_path": f"src/{self._words(1, 1)}.py", "old_string": old, "new_string": new}
        self._call("Edit", given, "The file has been updated.", patch)

    def _read(self) -> None:
        self._call("Read", {"file_path": f"src/{self._words(1, 1)}.py"}, self._lines(1, 120), {})

    def _print(self) -> None:
        shapes = [
            lambda: f"\x1b[32mok\x1b[0m {self._words(3, 9)} \x1b[1m{_TURN}\x1b[0m",
            lambda: f"see https://example.org/{self._words(1, 1)}/{_TURN} {self._words(3, 9)}",
            lambda: f"{_TURN} " + "".join(self._chance.choices(_WORDS, k=self._chance.randint(30, 600))),
            lambda: self._lines(1, 30),
        ]
        self._add(EntryKind.RAW, self._chance.choice(shapes)(), {"stream": "stdout"})

    def _tell(self) -> None:
        type_ = self._chance.choice(["info", "success", "warning", "error"])
        self._add(EntryKind.SYSTEM, f"The server says: {self._words(3, 20)}", None, type_)


@cache
def _round() -> Sequence[LogEntry]:
    return _Writer().round()


def _turned(data: JsonObject | None, turn: int) -> JsonObject | None:
    return None if data is None else orjson.loads(orjson.dumps(data).replace(_TURN.encode(), str(turn).encode()))


def entry(sequence: int) -> LogEntry:
    """Return the entry with this sequence, of a log of any length."""
    turn, place = divmod(sequence - 1, _ROUND)
    one = _round()[place]
    return one._replace(
        sequence=sequence,
        timestamp=START + timedelta(milliseconds=sequence),
        content=one.content.replace(_TURN, str(turn)),
        data=_turned(one.data, turn),
    )


def entries(first: int, last: int) -> Sequence[LogEntry]:
    """Return the entries from `first` to `last`."""
    return [entry(sequence) for sequence in range(first, last + 1)]


def write_log(database: Database, execution_id: int, first: int, last: int) -> None:
    """Store the entries from `first` to `last`, all by the database itself; the execution's head moves to the last."""

    def write(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TEMP TABLE round (place INTEGER PRIMARY KEY, type, kind, content, data)")
        rows = [
            (place, one.type.value, one.kind.value, one.content, one.data and orjson.dumps(one.data).decode())
            for place, one in enumerate(_round())
        ]
        connection.exec_driver_sql("INSERT INTO round VALUES (?, ?, ?, ?, ?)", rows)
        start = START.strftime("%Y-%m-%d %H:%M:%S")
        connection.exec_driver_sql(_ROWS, (first, last, execution_id, start, _ROUND, _ROUND, _ROUND))
        connection.exec_driver_sql("DROP TABLE round")
        connection.exec_driver_sql("UPDATE executions SET head_sequence = ? WHERE id = ?", (last, execution_id))

    database.write(write)


def answer_pages(page: Page, execution_id: str, head: int) -> None:
    """Answer the page's calls for this log in the place of the server, as a log that goes to `head`."""
    page.route(re.compile(rf"/api/executions/{execution_id}/logs\?"), partial(_answer, execution_id, head))


def _answer(execution_id: str, head: int, route: Route) -> None:
    asked = {name: int(values[0]) for name, values in parse_qs(urlsplit(route.request.url).query).items()}
    after = asked["after"] if "after" in asked else max(0, head - asked["tail"])
    last = min(head, after + asked.get("limit", head))
    answer = {
        "executionId": execution_id,
        "status": "success",
        "firstSequence": 1,
        "headSequence": head,
        "logs": [orjson.Fragment(encode_entry(one)) for one in entries(after + 1, last)],
        "nextAfter": last if last < head else None,
        "logRemovedAt": None,
    }
    route.fulfill(body=orjson.dumps(answer), content_type="application/json")
