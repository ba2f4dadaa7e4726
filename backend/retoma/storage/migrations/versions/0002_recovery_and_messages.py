"""What each start found and did; which workers there are; follow-up messages that may be sent twice."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create what is missing; what is there already is left as it is."""
    op.create_table(
        "recoveries",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("completed_at", _TIME, nullable=True),
        sa.Column("continued", sa.Integer(), nullable=False),
        sa.Column("caught_up", _BIG, nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("interrupted", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recoveries"),
        if_not_exists=True,
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("heartbeat_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
        if_not_exists=True,
    )
    if not _has_column("messages", "idempotency_key"):
        op.add_column("messages", sa.Column("idempotency_key", sa.Text(), nullable=True))
    op.create_index(
        "ux_messages_execution_id_idempotency_key",
        "messages",
        ["execution_id", "idempotency_key"],
        unique=True,
        if_not_exists=True,
    )


def downgrade() -> None:
    """Take it all back."""
    op.drop_index("ux_messages_execution_id_idempotency_key", "messages", if_exists=True)
    if _has_column("messages", "idempotency_key"):
        op.drop_column("messages", "idempotency_key")
    op.drop_table("workers", if_exists=True)
    op.drop_table("recoveries", if_exists=True)


def _has_column(table: str, column: str) -> bool:
    return column in {found["name"] for found in sa.inspect(op.get_bind()).get_columns(table)}
