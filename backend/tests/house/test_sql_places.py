"""Each SQL statement lives in a `store.py` (or in `storage`, migrations included).

Statements spread over services are how one table ends up with five spellings of "the active execution", and how a
write gets past the one writer of SQLite. A room above a store may hold an open transaction; it cannot say SQL in it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from house.sources import ROOT, place, python_files, tree

STATEMENTS = {"text", "select", "insert", "update", "delete", "union", "union_all", "exists", "func"}
RAW = {"exec_driver_sql", "executescript", "executemany"}
SQL = re.compile(r"\s*(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s+\w)", re.DOTALL)


def _may_say_sql(path: Path) -> bool:
    inside = path.relative_to(ROOT / "backend/retoma")
    return inside.parts[0] in {"storage", "retention"} or path.stem == "tables" or path.stem.endswith("store")


def _statements(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        match node:
            case ast.ImportFrom(module=str(source), names=names) if source.split(".")[0] == "sqlalchemy":
                said = bool(STATEMENTS & {name.name for name in names})
            case ast.Attribute(attr=name):
                said = name in RAW
            case ast.Constant(value=str(words)):
                said = SQL.match(words) is not None
            case _:
                continue
        if said:
            yield node.lineno


def test_sql_is_said_in_stores_only() -> None:
    places = [path for path in python_files("backend/retoma") if not _may_say_sql(path)]
    assert [place(path, line) for path in places for line in _statements(tree(path))] == []


def test_statements_are_recognised() -> None:
    said = [
        "from sqlalchemy import text",
        "c.exec_driver_sql(x)",
        "q = 'SELECT a FROM b'",
        "q = 'delete'",
        "x.delete()",
    ]
    assert [bool(list(_statements(ast.parse(line)))) for line in said] == [True, True, True, False, False]
