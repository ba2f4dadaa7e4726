"""The table of the search index."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from retoma.storage.base import Base, BigInt, UtcDateTime


class SearchBlockRow(Base):
    """What entries `first_sequence` to `first_sequence + entries - 1` of a log may contain: see search.model.Block."""

    __tablename__ = "search_blocks"
    # Made from the logs: a backup leaves it out (storage/dump.py), and a restored board makes it anew.
    __table_args__ = {"info": {"derived": True}}  # noqa: RUF012 - SQLAlchemy's own way to say it

    execution_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    first_sequence: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    entries: Mapped[int]
    earliest: Mapped[datetime] = mapped_column(UtcDateTime)
    latest: Mapped[datetime] = mapped_column(UtcDateTime)
    sorts: Mapped[bytes] = mapped_column(LargeBinary)
    grams: Mapped[bytes] = mapped_column(LargeBinary)
