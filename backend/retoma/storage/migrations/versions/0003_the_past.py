"""Logs that have cooled: chunks, what became of each log, how long a project keeps them, what each sweep did."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_FATES = ("sealed_at", "indexed_at", "log_removed_at")
_INDEXES = {
    "ix_executions_unsealed": ("completed_at", "sealed_at IS NULL"),
    "ix_executions_unindexed": ("id", "indexed_at IS NULL"),
    "ix_executions_log_kept": ("completed_at", "log_removed_at IS NULL"),
}


def upgrade() -> None:
    """Create what is missing; what is there already is left as it is."""
    for name in _FATES:
        _add_column("executions", sa.Column(name, _TIME, nullable=True))
    for name, (column, where) in _INDEXES.items():
        op.create_index(
            name,
            "executions",
            [column],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
            if_not_exists=True,
        )
    _add_column("projects", sa.Column("retention_days", sa.Integer(), nullable=True))
    op.create_table(
        "execution_log_chunks",
        sa.Column("execution_id", _BIG, nullable=False),
        sa.Column("first_sequence", _BIG, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("first_timestamp", _TIME, nullable=False),
        sa.Column("last_timestamp", _TIME, nullable=False),
        sa.Column("raw_bytes", sa.Integer(), nullable=False),
        sa.Column("codec", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("execution_id", "first_sequence", name="pk_execution_log_chunks"),
        sa.ForeignKeyConstraint(
            ["execution_id"],
            ["executions.id"],
            name="fk_execution_log_chunks_execution_id_executions",
            ondelete="CASCADE",
        ),
        if_not_exists=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        # It is compressed already: PostgreSQL would try in vain to make it smaller.
        op.execute("ALTER TABLE execution_log_chunks ALTER COLUMN body SET STORAGE EXTERNAL")
    op.create_table(
        "sweeps",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("completed_at", _TIME, nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sweeps"),
        if_not_exists=True,
    )


def downgrade() -> None:
    """Take it all back; refused where logs are sealed: the older version could not read them."""
    if _has_table("execution_log_chunks") and op.get_bind().scalar(
        sa.text("SELECT count(*) FROM (SELECT 1 FROM execution_log_chunks LIMIT 1) AS chunk")
    ):
        raise CommandError("logs are sealed in it, which the older version can't read; restore a backup made before")
    op.drop_table("sweeps", if_exists=True)
    op.drop_table("execution_log_chunks", if_exists=True)
    _drop_column("projects", "retention_days")
    for name in _INDEXES:
        op.drop_index(name, "executions", if_exists=True)
    for name in reversed(_FATES):
        _drop_column("executions", name)


def _add_column(table: str, column: "sa.Column[object]") -> None:
    if not _has_column(table, column.name):
        op.add_column(table, column)


def _drop_column(table: str, column: str) -> None:
    if _has_column(table, column):
        op.drop_column(table, column)


def _has_column(table: str, column: str) -> bool:
    return column in {found["name"] for found in sa.inspect(op.get_bind()).get_columns(table)}


def _has_table(table: str) -> bool:
    return sa.inspect(op.get_bind()).has_table(table)
