"""The declarative base of all tables, and the column types that mean the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from retoma.core.json import JsonValue

# SQLite makes a rowid alias only of INTEGER.
BigInt = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. TIMESTAMPTZ on PostgreSQL, ISO text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite, which knows no zones, the UTC time without one."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Return an aware moment, whatever the session's time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AnyText(TypeDecorator[str]):
    """Text of any origin. See `storable` for the little that does not come back as it was."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make it storable."""
        return None if value is None else storable(value, nul=dialect.name == "sqlite")


def storable(text: str, *, nul: bool) -> str:
    """Return `text` as a database can keep it: U+FFFD for half of a surrogate pair.

    Without `nul` also U+2400 (the picture of it) for NUL, which PostgreSQL's text can't hold.
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text if nul or "\0" not in text else text.replace("\0", "␀")


class JsonText(TypeDecorator[JsonValue]):
    """JSON kept as text: written and read whole, never searched into by the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Encode; None stays NULL."""
        return None if value is None else encode_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:  # noqa: ARG002 - as above
        """Decode; NULL is None."""
        decoded: JsonValue = None if value is None else orjson.loads(value)
        return decoded


def encode_json(value: JsonValue) -> str:
    """Return `value` as JSON text; U+FFFD for half of a surrogate pair."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return storable(json.dumps(value, ensure_ascii=False), nul=True)


class Base(DeclarativeBase):
    """All tables hang on this; constraint names are fixed, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[Base]) -> Table:
    """Return the table of a declarative model, for statements of SQLAlchemy Core."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - declared as FromClause; it is a Table for a mapped class of ours
    return table
