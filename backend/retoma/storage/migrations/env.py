"""Alembic's environment: runs migrations on the connection that `storage.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from retoma.storage.base import Base

connection = context.config.attributes["connection"]
assert isinstance(connection, Connection)  # noqa: S101 - set by storage.migrate, the only caller

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # Each migration stands or falls whole, on SQLite too: killed in the middle, it has not happened.
    transaction_per_migration=True,
    transactional_ddl=True,
    render_as_batch=bool(context.config.attributes["sqlite"]),
)
with context.begin_transaction():
    context.run_migrations()
