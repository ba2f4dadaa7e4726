"""What a run used becomes columns, so that the database can add it up; indexes for the history of all runs.

Expand, backfill, contract in one transaction: docs/decisions/0018-expand-backfill-contract.md says why.
"""

import json
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_logger = logging.getLogger(__name__)

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
_FIELDS = (*_COUNTS, "cost_usd")
_MOST_TOKENS = 10**12  # as the stores bound it: more is an agent's mistake
_INDEXES = {
    "ix_executions_created_at_id": ["created_at", "id"],
    "ix_executions_status_created_at_id": ["status", "created_at", "id"],
    "ix_executions_command_created_at_id": ["command", "created_at", "id"],
    "ix_executions_agent_created_at_id": ["agent", "created_at", "id"],
    "ix_executions_card_id_created_at_id": ["card_id", "created_at", "id"],
}
_BATCH = 5_000
_TOLD_FROM = 10_000  # rows: below, it is over before anybody could read of it

_Values: TypeAlias = Mapping[str, int | float | str | None]

_RUNS = sa.table("executions", *(sa.column(name) for name in ("id", "usage", *_FIELDS)))


def upgrade() -> None:
    """Create what is missing and move what is stored; what is there already is left as it is."""
    for name in _FIELDS:
        _add_column(sa.Column(name, sa.Double() if name == "cost_usd" else _BIG, nullable=True))
    if _has_column("usage"):
        _move(["usage"], _FIELDS, _to_columns)
        op.drop_column("executions", "usage")
    for name, columns in _INDEXES.items():
        op.create_index(name, "executions", columns, if_not_exists=True)


def downgrade() -> None:
    """Take it all back."""
    for name in _INDEXES:
        op.drop_index(name, "executions", if_exists=True)
    _add_column(sa.Column("usage", sa.Text(), nullable=True))
    if all(_has_column(name) for name in _FIELDS):
        _move(_FIELDS, ["usage"], _to_text)
    for name in _FIELDS:
        if _has_column(name):
            op.drop_column("executions", name)


def _move(source: Sequence[str], target: Sequence[str], convert: Callable[[_Values], _Values]) -> None:
    """Set, batch by batch, the columns `target` of every row that has something in the columns `source`."""
    connection = op.get_bind()
    is_used = sa.or_(*(_RUNS.c[name].is_not(None) for name in source))
    rows = connection.scalar(sa.select(sa.func.count()).select_from(_RUNS).where(is_used)) or 0
    found = sa.select(_RUNS.c.id, *(_RUNS.c[name] for name in source)).where(is_used).order_by(_RUNS.c.id)
    change = sa.update(_RUNS).where(_RUNS.c.id == sa.bindparam("key"))
    change = change.values({name: sa.bindparam(name) for name in target})
    last, done = 0, 0
    while batch := connection.execute(found.where(_RUNS.c.id > last).limit(_BATCH)).mappings().all():
        connection.execute(
            change, [{"key": row["id"], **convert({name: row[name] for name in source})} for row in batch]
        )
        last, done = batch[-1]["id"], done + len(batch)
        if rows >= _TOLD_FROM:
            _logger.warning("Bringing the database to the newer schema: %s of %s runs", f"{done:,}", f"{rows:,}")


def _to_columns(row: _Values) -> _Values:
    stored: Mapping[str, int | float | None] = json.loads(str(row["usage"]))
    counts = {name: stored.get(name) for name in _COUNTS}
    cost = stored.get("cost_usd")
    return {
        **{name: None if count is None else max(0, min(int(count), _MOST_TOKENS)) for name, count in counts.items()},
        "cost_usd": float(cost) if cost is not None and math.isfinite(cost) else None,
    }


def _to_text(row: _Values) -> _Values:
    return {"usage": json.dumps({name: row[name] for name in _FIELDS}, separators=(",", ":"))}


def _add_column(column: "sa.Column[object]") -> None:
    if not _has_column(column.name):
        op.add_column("executions", column)


def _has_column(column: str) -> bool:
    return column in {found["name"] for found in sa.inspect(op.get_bind()).get_columns("executions")}
