"""Every SQL statement about executions. A status moves only by a conditional update, its row count checked."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from math import isfinite

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, insert, select, update

from retoma.core.status import UNFINISHED, Command, Status, Usage
from retoma.executions.model import MOVES, ActiveExecution, Execution, LogHead, Progress, Stand
from retoma.executions.tables import ExecutionRow
from retoma.storage.base import UtcDateTime, table_of
from retoma.storage.changes import HEAD_MOVED, HeadMoved

_table = table_of(ExecutionRow)
# A look-up is a fifth of what making the value out of the word costs, and a board has thousands.
_STATUSES = {status.value: status for status in Status}
_COMMANDS = {command.value: command for command in Command}
_STAND = [_table.c[field.name] for field in fields(Stand)]
_LOG_HEAD = [_table.c[field.name] for field in fields(LogHead)]
_USAGE = [field.name for field in fields(Usage)]
_ON_A_BOARD = [*(_table.c[field.name] for field in fields(ActiveExecution) if field.name != "usage")]
_ON_A_BOARD += [_table.c[name] for name in _USAGE]
# More is an agent's mistake, and would break every sum that it is in.
_MOST_TOKENS = 10**12


def insert_execution(connection: Connection, values: Mapping[str, object]) -> int:
    """Store a new execution and return its key; IntegrityError where the card has one that is not over."""
    statement = insert(_table).values(_columns(values)).returning(_table.c.id)
    return int(connection.execute(statement).scalar_one())


def get_execution(connection: Connection, public_id: str) -> Execution | None:
    """Return the execution with this public id, or None."""
    return _one(connection, _table.c.public_id == public_id)


def get_execution_by_key(connection: Connection, execution_id: int) -> Execution | None:
    """Return the execution with this key of the tables, or None."""
    return _one(connection, _table.c.id == execution_id)


def lock_execution(connection: Connection, execution_id: int) -> Execution | None:
    """Return the execution, which nobody else changes until this transaction has ended."""
    row = connection.execute(select(_table).where(_table.c.id == execution_id).with_for_update()).one_or_none()
    return None if row is None else execution_of(row)


def get_active(connection: Connection, card_id: str) -> Execution | None:
    """Return the card's active execution, or None."""
    return _one(connection, and_(_table.c.card_id == card_id, _table.c.is_active))


def get_unfinished(connection: Connection, card_id: str) -> Execution | None:
    """Return the card's execution that is not over, or None."""
    return _one(connection, and_(_table.c.card_id == card_id, _table.c.status.in_(UNFINISHED)))


def find_by_idempotency_key(connection: Connection, card_id: str, key: str) -> Execution | None:
    """Return the execution that was started on this card with this key, or None."""
    return _one(connection, and_(_table.c.card_id == card_id, _table.c.idempotency_key == key))


def list_active(connection: Connection, card_ids: Sequence[str] | None = None) -> Mapping[str, ActiveExecution]:
    """Return the active executions by card id: of all cards, or of those named. One query."""
    statement = select(_table.c.card_id, *_ON_A_BOARD).where(_table.c.is_active)
    if card_ids is not None:
        statement = statement.where(_table.c.card_id.in_(card_ids))
    return {row.card_id: _active(row) for row in connection.execute(statement)}


def list_stands(connection: Connection, public_ids: Sequence[str]) -> Sequence[Stand]:
    """Return how these executions stand; those that are not there are left out."""
    if not public_ids:
        return []
    rows = connection.execute(select(*_STAND).where(_table.c.public_id.in_(public_ids)))
    return [Stand(**{**row._mapping, "status": _STATUSES[row.status]}) for row in rows]  # noqa: SLF001 - SQLAlchemy's


def get_log_head(connection: Connection, public_id: str) -> LogHead | None:
    """Return how far the log of this execution goes, or None where it is not there."""
    row = connection.execute(select(*_LOG_HEAD).where(_table.c.public_id == public_id)).one_or_none()
    return None if row is None else LogHead(**{**row._mapping, "status": _STATUSES[row.status]})  # noqa: SLF001 - SQLAlchemy's


def list_unfinished(connection: Connection, *, owner: str | None = None) -> Sequence[Execution]:
    """Return all executions that are not over, or those of one worker, the oldest first."""
    statement = select(_table).where(_table.c.status.in_(UNFINISHED)).order_by(_table.c.id)
    if owner is not None:
        statement = statement.where(_table.c.owner == owner)
    return [execution_of(row) for row in connection.execute(statement)]


def list_of_session(connection: Connection, card_id: str, agent_session: str) -> Sequence[Execution]:
    """Return the card's executions that share an agent session, the newest first."""
    statement = (
        select(_table)
        .where(_table.c.card_id == card_id, _table.c.agent_session == agent_session)
        .order_by(_table.c.id.desc())
    )
    return [execution_of(row) for row in connection.execute(statement)]


def list_executions(
    connection: Connection, filters: Mapping[str, str], *, before: int | None = None, limit: int | None
) -> Sequence[Execution]:
    """Return executions in the order in which they were started, the newest first, with a key below `before`.

    `filters` names columns and the value each must have.
    """
    statement = select(_table).order_by(_table.c.id.desc()).limit(limit)
    for name, value in filters.items():
        statement = statement.where(_table.c[name] == value)
    if before is not None:
        statement = statement.where(_table.c.id < before)
    return [execution_of(row) for row in connection.execute(statement)]


def deactivate(connection: Connection, card_id: str) -> bool:
    """Make the card's active execution inactive. False: it has none."""
    statement = update(_table).where(_table.c.card_id == card_id, _table.c.is_active).values(is_active=False)
    return connection.execute(statement).rowcount == 1


def move(
    connection: Connection,
    execution_id: int,
    to: Status,
    values: Mapping[str, object] | None = None,
    *,
    fence: int | None = None,
    sources: frozenset[Status] | None = None,
) -> bool:
    """Move the status to `to`, if it may move there from where it is, and set `values` with it. False: nothing moved.

    `fence` None is for moves that need no owner (a queued execution is cancelled); `sources` narrows where from.
    """
    allowed = MOVES[to] if sources is None else MOVES[to] & sources
    statement = update(_table).where(_table.c.id == execution_id, _table.c.status.in_(allowed))
    if fence is not None:
        statement = statement.where(_table.c.fence == fence)
    return connection.execute(statement.values(status=to, **_columns(values or {}))).rowcount == 1


def advance(connection: Connection, execution_id: int, *, fence: int, old_head: int, progress: Progress) -> bool:
    """Move head, offsets and adapter state on. False: the claim is lost (or the head is not where we think)."""
    result = connection.execute(
        _ADVANCE,
        {
            "key": execution_id,
            "its_fence": fence,
            "old_head": old_head,
            "head_sequence": progress.head_sequence,
            "journal_offset": progress.journal_offset,
            "stderr_offset": progress.stderr_offset,
            "adapter_state": progress.adapter_state,
            "last_line": progress.last_line,
            **_usage_columns(progress.usage),
        },
        execution_options={HEAD_MOVED: HeadMoved(execution_id, progress.head_sequence)},
    )
    return result.rowcount == 1


_ADVANCE = (
    update(_table)
    .where(
        _table.c.id == bindparam("key"),
        _table.c.fence == bindparam("its_fence"),
        _table.c.head_sequence == bindparam("old_head"),
        _table.c.status.in_(UNFINISHED),
    )
    .values(
        {
            name: bindparam(name)
            for name in (
                "head_sequence",
                "journal_offset",
                "stderr_offset",
                "adapter_state",
                "last_line",
                *_USAGE,
            )
        }
    )
)


def request_cancel(connection: Connection, execution_id: int, now: datetime) -> bool:
    """Store the wish to cancel. False: the execution is over."""
    statement = (
        update(_table)
        .where(_table.c.id == execution_id, _table.c.status.in_(UNFINISHED))
        # A second wish keeps the time of the first.
        .values(cancel_requested_at=func.coalesce(_table.c.cancel_requested_at, bindparam("now", now, UtcDateTime())))
    )
    return connection.execute(statement).rowcount == 1


def _one(connection: Connection, condition: ColumnElement[bool]) -> Execution | None:
    row = connection.execute(select(_table).where(condition)).one_or_none()
    return None if row is None else execution_of(row)


def _active(row: Row[tuple[object, ...]]) -> ActiveExecution:
    return ActiveExecution(
        public_id=row.public_id,
        status=_STATUSES[row.status],
        command=_COMMANDS[row.command],
        agent=row.agent,
        started_at=row.started_at,
        completed_at=row.completed_at,
        duration=row.duration,
        head_sequence=row.head_sequence,
        last_line=row.last_line,
        usage=_usage(row),
    )


def _columns(values: Mapping[str, object]) -> dict[str, object]:
    """Return `values` with a usage among them as the columns that keep it."""
    columns = dict(values)
    usage = columns.pop("usage", None)
    return {**columns, **_usage_columns(usage)} if isinstance(usage, Usage) else columns


def _usage(row: Row[tuple[object, ...]]) -> Usage | None:
    counts = (row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens)
    # Looked at before a value is made of them: a board has thousands, and most at work have reported nothing yet.
    if counts == _NO_COUNTS and row.cost_usd is None:
        return None
    return Usage(
        input_tokens=counts[0],
        output_tokens=counts[1],
        cache_read_tokens=counts[2],
        cache_write_tokens=counts[3],
        cost_usd=row.cost_usd,
    )


_NO_COUNTS = (None, None, None, None)


def _usage_columns(usage: Usage | None) -> dict[str, int | float | None]:
    """Return what the columns hold; figures that no agent can mean are bounded."""
    reported = Usage() if usage is None else usage
    counts = {name: value for name, value in asdict(reported).items() if name != "cost_usd"}
    cost = reported.cost_usd
    return {
        **{name: None if count is None else max(0, min(count, _MOST_TOKENS)) for name, count in counts.items()},
        "cost_usd": cost if cost is not None and isfinite(cost) else None,
    }


def execution_of(row: Row[tuple[object, ...]]) -> Execution:
    """Return the execution in a row that has all columns of the table."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    for name in _USAGE:
        del values[name]
    values["command"], values["status"] = _COMMANDS[row.command], _STATUSES[row.status]
    return Execution(**values, usage=_usage(row))
