"""Projects, cards, executions with their log, questions and messages."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_UNFINISHED = sa.text("status IN ('queued', 'running', 'waiting')")
_ACTIVE = sa.text("is_active")
_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    """Create what is missing; tables that are there already are left as they are."""
    _create_projects_and_cards()
    _create_executions()
    _create_logs()
    _create_requests_and_messages()


def downgrade() -> None:
    """Drop everything, what refers first."""
    for table in ("messages", "requests", "execution_logs", "executions", "cards", "projects"):
        op.drop_table(table, if_exists=True)


def _create_projects_and_cards() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("default_branch", sa.Text(), nullable=False),
        sa.Column("test_command", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("last_card_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("path", name="uq_projects_path"),
        if_not_exists=True,
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("position", sa.Double(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("workspace", sa.Text(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_cards_project_id_projects", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("project_id", "number", name="uq_cards_project_id_number"),
        if_not_exists=True,
    )
    op.create_index("ix_cards_project_id_column", "cards", ["project_id", "column", "position"], if_not_exists=True)


def _create_executions() -> None:
    op.create_table(
        "executions",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("card_id", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("attempt_of", sa.Text(), nullable=True),
        sa.Column("agent_session", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("started_at", _TIME, nullable=True),
        sa.Column("completed_at", _TIME, nullable=True),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("usage", sa.Text(), nullable=True),
        sa.Column("head_sequence", _BIG, nullable=False),
        sa.Column("last_line", sa.Text(), nullable=True),
        sa.Column("journal_offset", _BIG, nullable=False),
        sa.Column("stderr_offset", _BIG, nullable=False),
        sa.Column("adapter_state", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("fence", _BIG, nullable=False),
        sa.Column("cancel_requested_at", _TIME, nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name="fk_executions_card_id_cards", ondelete="CASCADE"),
        sa.UniqueConstraint("public_id", name="uq_executions_public_id"),
        if_not_exists=True,
    )
    _partial_index("ux_executions_card_id_active", ["card_id"], _ACTIVE, unique=True)
    _partial_index("ux_executions_card_id_unfinished", ["card_id"], _UNFINISHED, unique=True)
    _partial_index("ix_executions_unfinished", ["status"], _UNFINISHED, unique=False)
    op.create_index("ix_executions_card_id_is_active", "executions", ["card_id", "is_active"], if_not_exists=True)
    op.create_index(
        "ux_executions_card_id_idempotency_key",
        "executions",
        ["card_id", "idempotency_key"],
        unique=True,
        if_not_exists=True,
    )


def _partial_index(name: str, columns: list[str], where: sa.TextClause, *, unique: bool) -> None:
    op.create_index(
        name,
        "executions",
        columns,
        unique=unique,
        sqlite_where=where,
        postgresql_where=where,
        if_not_exists=True,
    )


def _of_an_execution(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["execution_id"], ["executions.id"], name=f"fk_{table}_execution_id_executions", ondelete="CASCADE"
    )


def _create_logs() -> None:
    op.create_table(
        "execution_logs",
        sa.Column("execution_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("sequence", _BIG, autoincrement=False, nullable=False),
        sa.Column("timestamp", _TIME, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("execution_id", "sequence", name="pk_execution_logs"),
        _of_an_execution("execution_logs"),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )


def _create_requests_and_messages() -> None:
    op.create_table(
        "requests",
        sa.Column("execution_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sequence", _BIG, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=True),
        sa.Column("input", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.Column("delivered_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("execution_id", "n", name="pk_requests"),
        _of_an_execution("requests"),
        if_not_exists=True,
    )
    op.create_index(
        "ux_requests_execution_id_key", "requests", ["execution_id", "key"], unique=True, if_not_exists=True
    )
    op.create_index(
        "ix_requests_open", "requests", ["state"], sqlite_where=_OPEN, postgresql_where=_OPEN, if_not_exists=True
    )
    op.create_table(
        "messages",
        sa.Column("execution_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("wire", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("delivered_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("execution_id", "n", name="pk_messages"),
        _of_an_execution("messages"),
        if_not_exists=True,
    )
    op.create_index("ux_messages_key", "messages", ["key"], unique=True, if_not_exists=True)
