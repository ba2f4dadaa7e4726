"""The design of the specification, as it stands there: one row, one count(*) and one COMMIT per line.

Its models, its stream handler and its endpoint are unchanged in substance. What they lean on there and what is not
shown is kept as small as it can be: a database with the same `synchronous=FULL`, an agent that hands its events to
the handler, cards without columns of their own.
"""

import enum
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ForeignKey, Text, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

Event = Mapping[str, str]
Handler = Callable[[Event], Awaitable[None]]


class Base(DeclarativeBase):
    """The naive tables."""


class ExecutionStatus(enum.Enum):
    """As specified."""

    IDLE = "idle"
    RUNNING = "running"
    SUCCESS = "success"
    ERROR = "error"


class Execution(Base):
    """As specified; the card is only its id."""

    __tablename__ = "executions"

    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    card_id: Mapped[str]
    status: Mapped[ExecutionStatus] = mapped_column(default=ExecutionStatus.IDLE)
    command: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    completed_at: Mapped[datetime | None]
    duration: Mapped[int | None]
    result: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)

    logs: Mapped[list["ExecutionLog"]] = relationship(back_populates="execution", cascade="all, delete-orphan")


class ExecutionLog(Base):
    """As specified."""

    __tablename__ = "execution_logs"

    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    execution_id: Mapped[str] = mapped_column(ForeignKey("executions.id"))
    timestamp: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    type: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    sequence: Mapped[int]

    execution: Mapped[Execution] = relationship(back_populates="logs")


def open_sessions(file: Path) -> sessionmaker[Session]:
    """Return the specification's `SessionLocal` on a fresh SQLite file in WAL mode, with synchronous=FULL."""
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    Base.metadata.create_all(engine)
    return sessionmaker(engine)


async def execute_command_with_persistence(
    sessions: sessionmaker[Session], card_id: str, command: str, agent: Callable[[Handler], Awaitable[str]]
) -> None:
    """Run one command of one card, its lines persisted one by one."""
    db = sessions()
    try:
        db.query(Execution).filter_by(card_id=card_id, is_active=True).update({"is_active": False})

        execution = Execution(
            card_id=card_id, command=command, status=ExecutionStatus.RUNNING, started_at=datetime.now(UTC)
        )
        db.add(execution)
        db.commit()

        async def persist_stream_handler(event: Event) -> None:
            log_entry = ExecutionLog(
                execution_id=execution.id,
                timestamp=datetime.now(UTC),
                type=event.get("type", "info"),
                content=event.get("content", ""),
                sequence=db.query(ExecutionLog).filter_by(execution_id=execution.id).count(),
            )
            db.add(log_entry)
            db.commit()

        result = await agent(persist_stream_handler)

        execution.status = ExecutionStatus.SUCCESS
        execution.completed_at = datetime.now(UTC)
        execution.result = result
        db.commit()
    finally:
        db.close()


def get_logs(sessions: sessionmaker[Session], card_id: str) -> Mapping[str, object]:
    """Return what `GET /api/logs/{card_id}` returns there: all logs, each time."""
    db = sessions()
    try:
        execution = db.query(Execution).filter_by(card_id=card_id, is_active=True).first()
        if not execution:
            return {"status": "idle", "logs": []}
        logs = db.query(ExecutionLog).filter_by(execution_id=execution.id).order_by(ExecutionLog.sequence).all()
        return {
            "cardId": card_id,
            "status": execution.status.value,
            "startedAt": execution.started_at.isoformat(),
            "completedAt": execution.completed_at.isoformat() if execution.completed_at else None,
            "duration": execution.duration,
            "result": execution.result,
            "logs": [
                {"timestamp": log.timestamp.isoformat(), "type": log.type, "content": log.content} for log in logs
            ],
        }
    finally:
        db.close()


def add_rows(sessions: sessionmaker[Session], card_id: str, contents: Sequence[str]) -> str:
    """Store an execution with its logs in one go, to stand where the naive design would after a while."""
    with sessions() as db:
        execution = Execution(card_id=card_id, command="/implement", status=ExecutionStatus.RUNNING)
        execution.logs = [
            ExecutionLog(type="info", content=content, sequence=sequence) for sequence, content in enumerate(contents)
        ]
        db.add(execution)
        db.commit()
        return execution.id
