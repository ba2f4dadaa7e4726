"""The search index: for each block of a log, what it may contain."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table where it is missing; the worker fills it, existing logs included."""
    op.create_table(
        "search_blocks",
        sa.Column("execution_id", _BIG, nullable=False),
        sa.Column("first_sequence", _BIG, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("earliest", _TIME, nullable=False),
        sa.Column("latest", _TIME, nullable=False),
        sa.Column("sorts", sa.LargeBinary(), nullable=False),
        sa.Column("grams", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("execution_id", "first_sequence", name="pk_search_blocks"),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["executions.id"], name="fk_search_blocks_execution_id_executions", ondelete="CASCADE"
        ),
        if_not_exists=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Half of its bits are set, in no order: PostgreSQL would try in vain to make it smaller.
        op.execute("ALTER TABLE search_blocks ALTER COLUMN grams SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Take it back. Logs count as not indexed again, so that a later upgrade fills it anew."""
    op.drop_table("search_blocks", if_exists=True)
    op.execute(sa.text("UPDATE executions SET indexed_at = NULL WHERE indexed_at IS NOT NULL"))
