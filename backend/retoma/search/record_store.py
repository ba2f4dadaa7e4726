"""Every SQL statement with which cards and executions are searched.

The database only narrows down: it knows upper and lower case of ASCII alone. What it returns is compared exactly.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from retoma.cards.tables import CardRow
from retoma.core.status import Command, Status
from retoma.executions.tables import ExecutionRow
from retoma.search.matching import Texts
from retoma.search.model import CardSeen, RunSeen, Wanted
from retoma.storage.base import table_of

_cards = table_of(CardRow)
_executions = table_of(ExecutionRow)

CARD_FIELDS = ("title", "description", "plan")
RUN_FIELDS = ("prompt", "result", "error")
_ASCII = re.compile(r"[\x01-\x7f]+")
_CARD = (_cards.c.project_id, _cards.c.number, _cards.c.title)
_RUN = (
    _executions.c.id.label("key"),
    _executions.c.public_id,
    _executions.c.card_id,
    _executions.c.command,
    _executions.c.agent,
    _executions.c.status,
    _executions.c.created_at,
)


def list_cards(connection: Connection, wanted: Wanted) -> Iterator[tuple[CardSeen, datetime, Texts]]:
    """Yield the cards in which what is wanted may be, the newest first, with when they were created."""
    statement: Select[tuple[object, ...]] = select(
        _cards.c.id.label("card_id"), *_CARD, _cards.c.description, _cards.c.plan, _cards.c.created_at
    ).order_by(_cards.c.created_at.desc(), _cards.c.id.desc())
    statement = _narrow(connection, statement, [_cards.c[name] for name in CARD_FIELDS], wanted.terms)
    statement = _within(statement, _cards.c.created_at, wanted)
    if wanted.card_id is not None:
        statement = statement.where(_cards.c.id == wanted.card_id)
    for row in connection.execute(statement):
        yield _card(row), row.created_at, _texts(row, CARD_FIELDS)


def last_key(connection: Connection, below: int) -> int:
    """Return the key of the newest execution below `below`, 0 where there is none."""
    statement = select(func.max(_executions.c.id)).where(_executions.c.id < below)
    return connection.execute(statement).scalar_one() or 0


def list_runs_in(
    connection: Connection, wanted: Wanted, keys: range, limit: int
) -> Sequence[tuple[RunSeen, datetime, Texts]]:
    """Return executions with one of `keys` in which what is wanted may be, the newest first, and their creation."""
    statement = (
        _runs(*(_executions.c[name] for name in RUN_FIELDS))
        .where(_executions.c.id >= keys.start, _executions.c.id < keys.stop)
        .order_by(_executions.c.id.desc())
        .limit(limit)
    )
    statement = _narrow(connection, statement, [_executions.c[name] for name in RUN_FIELDS], wanted.terms)
    statement = _within(statement, _executions.c.created_at, wanted)
    for column, value in (
        (_executions.c.card_id, wanted.card_id),
        (_executions.c.command, wanted.command),
        (_executions.c.agent, wanted.agent),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return [(_run(row), row.created_at, _texts(row, RUN_FIELDS)) for row in connection.execute(statement)]


def list_runs(connection: Connection, keys: Sequence[int]) -> Mapping[int, RunSeen]:
    """Return the executions with these keys."""
    return {row.key: _run(row) for row in connection.execute(_runs().where(_executions.c.id.in_(keys)))}


def _runs(*more: ColumnElement[object]) -> Select[tuple[object, ...]]:
    return select(*_RUN, *_CARD, *more).join(_cards, _cards.c.id == _executions.c.card_id)


def _narrow(
    connection: Connection,
    statement: Select[tuple[object, ...]],
    columns: Sequence[ColumnElement[str]],
    terms: Sequence[str],
) -> Select[tuple[object, ...]]:
    """Leave out rows in which a term can't be."""
    has = _has_sqlite if connection.dialect.name == "sqlite" else _has_postgresql
    for term in terms:
        if piece := max(_ASCII.findall(term), key=len, default=""):
            pattern = "%" + re.sub(r"([%_\\])", r"\\\1", piece) + "%"
            statement = statement.where(or_(*(has(column, pattern) for column in columns)))
    return statement


def _has_sqlite(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    # Its LIKE knows upper and lower case of ASCII alone, and ends at a NUL: a text with one is always compared.
    return or_(column.like(pattern, escape="\\"), func.instr(column, func.char(0)) > 0)


def _has_postgresql(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    return func.lower(column.collate("C")).like(pattern, escape="\\")


def _within(
    statement: Select[tuple[object, ...]], moment: ColumnElement[datetime], wanted: Wanted
) -> Select[tuple[object, ...]]:
    if wanted.start is not None:
        statement = statement.where(moment >= wanted.start)
    if wanted.end is not None:
        statement = statement.where(moment < wanted.end)
    if wanted.project_id is not None:
        statement = statement.where(_cards.c.project_id == wanted.project_id)
    return statement


def _texts(row: Row[tuple[object, ...]], fields: Sequence[str]) -> Texts:
    return [(name, getattr(row, name) or "") for name in fields]


def _card(row: Row[tuple[object, ...]]) -> CardSeen:
    return CardSeen(id=row.card_id, project_id=row.project_id, number=row.number, title=row.title)


def _run(row: Row[tuple[object, ...]]) -> RunSeen:
    return RunSeen(
        key=row.key,
        public_id=row.public_id,
        command=Command(row.command),
        agent=row.agent,
        status=Status(row.status),
        card=_card(row),
    )
