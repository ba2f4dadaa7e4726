"""Every SQL statement about the search index."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, or_, select, text, tuple_, update

from retoma.cards.tables import CardRow
from retoma.core.status import UNFINISHED
from retoma.executions.tables import ExecutionRow
from retoma.search.model import Block, Place, Tail, Wanted
from retoma.search.tables import SearchBlockRow
from retoma.storage.base import UtcDateTime, table_of

_blocks = table_of(SearchBlockRow)
_executions = table_of(ExecutionRow)
_cards = table_of(CardRow)

# So that two indexers at once are harmless, and that nothing is stored for a log that is gone meanwhile.
_INSERT = text(
    "INSERT INTO search_blocks (execution_id, first_sequence, entries, earliest, latest, sorts, grams) "
    "SELECT id, :first_sequence, :entries, :earliest, :latest, :sorts, :grams FROM executions "
    "WHERE id = :execution_id AND log_removed_at IS NULL ON CONFLICT DO NOTHING"
).bindparams(bindparam("earliest", type_=UtcDateTime()), bindparam("latest", type_=UtcDateTime()))


def insert_block(connection: Connection, block: Block) -> None:
    """Store a block, unless it is there already or its log is gone."""
    connection.execute(_INSERT, block._asdict())


def mark_indexed(connection: Connection, tail: Tail, now: datetime) -> None:
    """Note that the index has all of the log of an execution that is over: up to `tail.covered`."""
    connection.execute(
        update(_executions)
        .where(
            _executions.c.id == tail.execution_id,
            _executions.c.status.not_in(UNFINISHED),
            or_(_executions.c.head_sequence == tail.covered, _executions.c.log_removed_at.is_not(None)),
        )
        .values(indexed_at=now)
    )


def delete_blocks(connection: Connection, execution_id: int) -> None:
    """Take an execution's log out of the index. What is left of the log is searched entry by entry."""
    connection.execute(delete(_blocks).where(_blocks.c.execution_id == execution_id))
    connection.execute(
        update(_executions)
        .where(_executions.c.id == execution_id, _executions.c.log_removed_at.is_(None))
        .values(indexed_at=None)
    )


def list_tails(connection: Connection, *, below: int, limit: int, wanted: Wanted | None = None) -> Sequence[Tail]:
    """Return the logs that the index may not have whole, of executions with a key below `below`, the newest first.

    With `wanted` only those in which it can be; without, also removed logs, as if they were empty.
    """
    covered = (
        select(_blocks.c.first_sequence + _blocks.c.entries - 1)
        .where(_blocks.c.execution_id == _executions.c.id)
        .order_by(_blocks.c.first_sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(
            _executions.c.id,
            func.coalesce(covered, 0).label("covered"),
            _executions.c.head_sequence,
            _executions.c.status,
            _executions.c.log_removed_at,
        )
        .where(_executions.c.indexed_at.is_(None), _executions.c.id < below)
        .order_by(_executions.c.id.desc())
        .limit(limit)
    )
    if wanted is not None:
        statement = statement.where(_executions.c.head_sequence > 0, *_run_conditions(wanted))
    return [
        Tail(
            row.id,
            row.covered,
            row.head_sequence if row.log_removed_at is None else row.covered,
            row.status not in UNFINISHED,
        )
        for row in connection.execute(statement)
    ]


def list_blocks_before(
    connection: Connection, place: Place, *, down_to: int, limit: int, wanted: Wanted
) -> Sequence[Block]:
    """Return blocks that have entries before `place`, the newest first, of executions with a key of `down_to` or more.

    Only those in which what is wanted can be, as far as their execution and their times tell.
    """
    key, first = _blocks.c.execution_id, _blocks.c.first_sequence
    statement = (
        select(_blocks)
        .where(tuple_(key, first) < tuple_(place.key, place.sequence), key >= down_to)
        .where(select(_executions.c.id).where(_executions.c.id == key, *_run_conditions(wanted)).exists())
        .order_by(key.desc(), first.desc())
        .limit(limit)
    )
    if wanted.start is not None:
        statement = statement.where(_blocks.c.latest >= wanted.start)
    if wanted.end is not None:
        statement = statement.where(_blocks.c.earliest < wanted.end)
    return [Block(*row) for row in connection.execute(statement)]


def list_blocks_after(connection: Connection, execution_id: int, cursor: int, limit: int) -> Sequence[Block]:
    """Return the blocks of one log that have entries above `cursor`, in order."""
    statement = (
        select(_blocks)
        .where(
            _blocks.c.execution_id == execution_id,
            _blocks.c.first_sequence > cursor - _LONGEST,  # lets the key find them
            _blocks.c.first_sequence + _blocks.c.entries - 1 > cursor,
        )
        .order_by(_blocks.c.first_sequence)
        .limit(limit)
    )
    return [Block(*row) for row in connection.execute(statement)]


_LONGEST = 1000  # no block has more entries


def _run_conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on an execution whose log is searched."""
    conditions: list[ColumnElement[bool]] = [_executions.c.log_removed_at.is_(None)]
    for column, value in (
        (_executions.c.card_id, wanted.card_id),
        (_executions.c.command, wanted.command),
        (_executions.c.agent, wanted.agent),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.project_id is not None:
        cards = select(_cards.c.id).where(_cards.c.id == _executions.c.card_id)
        conditions.append(cards.where(_cards.c.project_id == wanted.project_id).exists())
    return conditions
