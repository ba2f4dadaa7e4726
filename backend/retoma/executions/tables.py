"""The tables of executions, their questions and their messages."""

from datetime import datetime

from sqlalchemy import Boolean, Double, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from retoma.storage.base import AnyText, Base, BigInt, JsonText, UtcDateTime

_ACTIVE = text("is_active")
_UNFINISHED = text("status IN ('queued', 'running', 'waiting')")

# What the sweeps and the search index still have to do. (No condition on what each commit of a live run changes.)
_UNSEALED = text("sealed_at IS NULL")
_UNINDEXED = text("indexed_at IS NULL")
_LOG_KEPT = text("log_removed_at IS NULL")


class ExecutionRow(Base):
    """See executions.model.Execution."""

    __tablename__ = "executions"
    __table_args__ = (
        # One active execution per card, and one that is not over: no code can break it, only be refused.
        Index("ux_executions_card_id_active", "card_id", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
        Index(
            "ux_executions_card_id_unfinished",
            "card_id",
            unique=True,
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index("ix_executions_card_id_is_active", "card_id", "is_active"),
        Index("ix_executions_unfinished", "status", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        Index("ux_executions_card_id_idempotency_key", "card_id", "idempotency_key", unique=True),
        Index("ix_executions_unsealed", "completed_at", sqlite_where=_UNSEALED, postgresql_where=_UNSEALED),
        Index("ix_executions_unindexed", "id", sqlite_where=_UNINDEXED, postgresql_where=_UNINDEXED),
        Index("ix_executions_log_kept", "completed_at", sqlite_where=_LOG_KEPT, postgresql_where=_LOG_KEPT),
        # The history of all runs, and of those with one thing in common, the newest first: a page is read off one of
        # these. None has a column that the commits of a live run change.
        Index(None, "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "command", "created_at", "id"),
        Index(None, "agent", "created_at", "id"),
        Index(None, "card_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    public_id: Mapped[str] = mapped_column(AnyText, unique=True)
    card_id: Mapped[str] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"))
    command: Mapped[str] = mapped_column(AnyText)
    agent: Mapped[str] = mapped_column(AnyText)
    status: Mapped[str] = mapped_column(AnyText)
    is_active: Mapped[bool] = mapped_column(Boolean)
    attempt_of: Mapped[str | None] = mapped_column(AnyText)
    agent_session: Mapped[str] = mapped_column(AnyText)
    prompt: Mapped[str | None] = mapped_column(AnyText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duration: Mapped[float | None] = mapped_column(Double)
    result: Mapped[str | None] = mapped_column(AnyText)
    error: Mapped[str | None] = mapped_column(AnyText)
    exit_code: Mapped[int | None]
    evidence: Mapped[object] = mapped_column(JsonText, nullable=True)
    head_sequence: Mapped[int] = mapped_column(BigInt)
    last_line: Mapped[str | None] = mapped_column(AnyText)
    journal_offset: Mapped[int] = mapped_column(BigInt)
    stderr_offset: Mapped[int] = mapped_column(BigInt)
    adapter_state: Mapped[object] = mapped_column(JsonText, nullable=True)
    owner: Mapped[str | None] = mapped_column(AnyText)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(BigInt)
    cancel_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    idempotency_key: Mapped[str | None] = mapped_column(AnyText)
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    indexed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    log_removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    input_tokens: Mapped[int | None] = mapped_column(BigInt)
    output_tokens: Mapped[int | None] = mapped_column(BigInt)
    cache_read_tokens: Mapped[int | None] = mapped_column(BigInt)
    cache_write_tokens: Mapped[int | None] = mapped_column(BigInt)
    cost_usd: Mapped[float | None] = mapped_column(Double)


class RequestRow(Base):
    """See executions.model.Request."""

    __tablename__ = "requests"
    __table_args__ = (
        Index("ux_requests_execution_id_key", "execution_id", "key", unique=True),
        Index(
            "ix_requests_open", "state", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")
        ),
    )

    execution_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(AnyText)
    sequence: Mapped[int] = mapped_column(BigInt)
    question: Mapped[str] = mapped_column(AnyText)
    tool: Mapped[str | None] = mapped_column(AnyText)
    input: Mapped[object] = mapped_column(JsonText, nullable=False)
    state: Mapped[str] = mapped_column(AnyText)
    decision: Mapped[str | None] = mapped_column(AnyText)
    message: Mapped[str | None] = mapped_column(AnyText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageRow(Base):
    """See executions.model.Message."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ux_messages_key", "key", unique=True),
        Index("ux_messages_execution_id_idempotency_key", "execution_id", "idempotency_key", unique=True),
    )

    execution_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(AnyText)
    text: Mapped[str] = mapped_column(AnyText)
    wire: Mapped[str] = mapped_column(AnyText)
    state: Mapped[str] = mapped_column(AnyText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    idempotency_key: Mapped[str | None] = mapped_column(AnyText)


class RecoveryRow(Base):
    """See executions.model.Recovery."""

    __tablename__ = "recoveries"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    worker: Mapped[str] = mapped_column(AnyText)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    continued: Mapped[int]
    caught_up: Mapped[int] = mapped_column(BigInt)
    settled: Mapped[int]
    interrupted: Mapped[int]
    runs: Mapped[object] = mapped_column(JsonText, nullable=False)


class SweepRow(Base):
    """What one sweep over the logs of the past did; `report` is its JSON."""

    __tablename__ = "sweeps"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    worker: Mapped[str] = mapped_column(AnyText)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report: Mapped[object] = mapped_column(JsonText, nullable=False)


class WorkerRow(Base):
    """A worker, and when it last said that it is there."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(AnyText, primary_key=True)
    host: Mapped[str] = mapped_column(AnyText)
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime)
