"""The open transaction that the rooms above hand to stores, so that they need not know SQLAlchemy."""

from sqlalchemy import Connection

__all__ = ["Connection"]
