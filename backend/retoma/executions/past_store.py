"""Every SQL statement that says which logs are due: to be removed, and to be cleared away behind a removal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select, update

from retoma.cards.tables import CardRow
from retoma.core.status import UNFINISHED
from retoma.executions.tables import ExecutionRow
from retoma.logs.tables import ExecutionLogChunkRow, ExecutionLogRow
from retoma.storage.base import table_of

_table = table_of(ExecutionRow)
_cards = table_of(CardRow)
_rows, _chunks = table_of(ExecutionLogRow), table_of(ExecutionLogChunkRow)
_other = _table.alias("other")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLog:
    """A log that is due."""

    execution_id: int
    public_id: str
    project_id: str
    card_id: str
    entries: int


def list_due(connection: Connection, cutoffs: Mapping[str, datetime], *, limit: int | None) -> Sequence[PastLog]:
    """Return logs whose time is over, those that ended first first.

    `cutoffs`: by project id, the moment before which an execution must have ended; a project that is not named keeps
    its logs. The execution is over, its card is not pinned, and nobody is at work in its agent session.
    """
    statement = (
        select(_table.c.id, _table.c.public_id, _cards.c.project_id, _table.c.card_id, _table.c.head_sequence)
        .join(_cards, _cards.c.id == _table.c.card_id)
        .where(_is_due(cutoffs))
        .order_by(_table.c.completed_at, _table.c.id)
        .limit(limit)
    )
    return [PastLog(**dict(zip(PastLog.__slots__, row, strict=True))) for row in connection.execute(statement)]


def count_due(connection: Connection, cutoffs: Mapping[str, datetime]) -> Mapping[str, tuple[int, int]]:
    """Return, by project id, how many logs list_due would name, and how many entries they have."""
    statement = (
        select(_cards.c.project_id, func.count(), func.sum(_table.c.head_sequence))
        .join(_table, _cards.c.id == _table.c.card_id)
        .where(_is_due(cutoffs))
        .group_by(_cards.c.project_id)
    )
    return {project_id: (logs, int(entries)) for project_id, logs, entries in connection.execute(statement)}


def count_kept(connection: Connection) -> int:
    """Return how many executions have their log."""
    statement = select(func.count()).select_from(_table).where(_table.c.log_removed_at.is_(None))
    return int(connection.execute(statement).scalar_one())


def mark_removed(
    connection: Connection, execution_ids: Collection[int], cutoffs: Mapping[str, datetime], now: datetime
) -> Sequence[int]:
    """Say of those of these executions that are still due that their log is removed; return their keys."""
    due = select(_table.c.id).join(_cards, _cards.c.id == _table.c.card_id).where(_is_due(cutoffs))
    statement = (
        update(_table)
        .where(
            _table.c.id.in_(execution_ids),
            _table.c.id.in_(due),
            # Once more: what had to wait for another sweep looks anew at this row, and only at it.
            _table.c.log_removed_at.is_(None),
        )
        .values(log_removed_at=now)
        .returning(_table.c.id)
    )
    return [int(key) for key in connection.execute(statement).scalars()]


def list_half_removed(connection: Connection, *, limit: int) -> Sequence[int]:
    """Return executions whose log is said to be removed and still has entries: a sweep was cut off there."""
    has_rows = exists().where(_rows.c.execution_id == _table.c.id)
    has_chunks = exists().where(_chunks.c.execution_id == _table.c.id)
    statement = select(_table.c.id).where(_table.c.log_removed_at.is_not(None), or_(has_rows, has_chunks)).limit(limit)
    return [int(key) for key in connection.execute(statement).scalars()]


def list_removed(connection: Connection, public_ids: Collection[str]) -> Sequence[str]:
    """Return those of these executions whose log is removed."""
    statement = select(_table.c.public_id).where(
        _table.c.public_id.in_(public_ids), _table.c.log_removed_at.is_not(None)
    )
    return list(connection.execute(statement).scalars())


def list_idle_cards(
    connection: Connection, card_ids: Collection[str], cutoffs: Mapping[str, datetime]
) -> Sequence[tuple[str, str]]:
    """Return those of these cards on which nothing has happened since their project's cutoff, and their project's id.

    All their executions ended before it, and they are not pinned.
    """
    conditions = [
        and_(
            _cards.c.project_id == project_id,
            ~exists().where(
                _table.c.card_id == _cards.c.id,
                or_(_table.c.status.in_(UNFINISHED), _table.c.completed_at >= cutoff),
            ),
        )
        for project_id, cutoff in cutoffs.items()
    ]
    statement = select(_cards.c.id, _cards.c.project_id).where(
        _cards.c.id.in_(card_ids),
        ~_cards.c.pinned,
        exists().where(_table.c.card_id == _cards.c.id),
        or_(false(), *conditions),
    )
    return [(row.id, row.project_id) for row in connection.execute(statement)]


def _is_due(cutoffs: Mapping[str, datetime]) -> ColumnElement[bool]:
    alike: dict[datetime, list[str]] = {}
    for project_id, cutoff in cutoffs.items():
        alike.setdefault(cutoff, []).append(project_id)
    old = [and_(_table.c.completed_at < cutoff, _cards.c.project_id.in_(ids)) for cutoff, ids in alike.items()]
    at_work = exists().where(
        _other.c.card_id == _table.c.card_id,
        _other.c.agent_session == _table.c.agent_session,
        _other.c.status.in_(UNFINISHED),
    )
    return and_(
        _table.c.log_removed_at.is_(None),
        _table.c.status.not_in(UNFINISHED),
        or_(false(), *old),
        ~_cards.c.pinned,
        ~at_work,
    )
