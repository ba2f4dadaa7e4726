"""The table of projects."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from retoma.storage.base import AnyText, Base, UtcDateTime


class ProjectRow(Base):
    """See projects.model.Project."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(AnyText, primary_key=True)
    name: Mapped[str] = mapped_column(AnyText)
    path: Mapped[str] = mapped_column(AnyText, unique=True)
    default_branch: Mapped[str] = mapped_column(AnyText)
    test_command: Mapped[str | None] = mapped_column(AnyText)
    agent: Mapped[str] = mapped_column(AnyText)
    last_card_number: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retention_days: Mapped[int | None]
