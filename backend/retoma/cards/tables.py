"""The table of cards."""

from datetime import datetime

from sqlalchemy import Boolean, Double, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from retoma.storage.base import AnyText, Base, JsonText, UtcDateTime


class CardRow(Base):
    """See cards.model.Card."""

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_cards_project_id_column", "project_id", "column", "position"),
    )

    id: Mapped[str] = mapped_column(AnyText, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(AnyText)
    description: Mapped[str] = mapped_column(AnyText, default="")
    column: Mapped[str] = mapped_column(AnyText)
    position: Mapped[float] = mapped_column(Double)
    labels: Mapped[object] = mapped_column(JsonText, nullable=False)
    pinned: Mapped[bool] = mapped_column(Boolean)
    agent: Mapped[str | None] = mapped_column(AnyText)
    plan: Mapped[str | None] = mapped_column(AnyText)
    branch: Mapped[str | None] = mapped_column(AnyText)
    workspace: Mapped[str | None] = mapped_column(AnyText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
