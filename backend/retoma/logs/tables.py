"""The table of log entries (hot form: a row each)."""

from datetime import datetime

from sqlalchemy import ForeignKey
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
