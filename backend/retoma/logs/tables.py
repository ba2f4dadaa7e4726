"""The tables of log entries: a row each while they are fresh, compressed chunks once they have cooled."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from retoma.storage.base import AnyText, Base, BigInt, JsonText, UtcDateTime


class ExecutionLogRow(Base):
    """One entry. The key is the cursor; SQLite keeps the rows in its order, without a rowid."""

    __tablename__ = "execution_logs"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own way to say it

    execution_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sequence: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    type: Mapped[str] = mapped_column(AnyText)
    kind: Mapped[str] = mapped_column(AnyText)
    content: Mapped[str] = mapped_column(AnyText)
    data: Mapped[object] = mapped_column(JsonText, nullable=True)


class ExecutionLogChunkRow(Base):
    """Entries `first_sequence` to `first_sequence + entries - 1` of a log, as `codec` (logs/codec.py) packs them."""

    __tablename__ = "execution_log_chunks"

    execution_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    first_sequence: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    entries: Mapped[int]
    first_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    last_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    raw_bytes: Mapped[int]
    codec: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
