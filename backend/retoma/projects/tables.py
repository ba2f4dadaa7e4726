"""The table of projects."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from retoma.storage.base import Base, UtcDateTime


class ProjectRow(Base):
    """See projects.model.Project."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text, unique=True)
    default_branch: Mapped[str] = mapped_column(Text)
    test_command: Mapped[str | None] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(Text)
    last_card_number: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
