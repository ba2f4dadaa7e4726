"""Migrations: run before anything else opens the database. Each step is one transaction and may be run again."""

import time
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from retoma.core.errors import ConflictError, InvalidError
from retoma.storage.database import APPLICATION, is_sqlite, migration_engine, sqlite_file, unusable
from retoma.storage.soundness import prove_sound

# Whoever migrates a PostgreSQL database holds the advisory lock of this number ("retoma").
LOCK = 0x7265746F6D61
# Who waits for that lock has done nothing yet, and will find the newest schema.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity AS other "
    "WHERE datname = current_database() AND application_name = :name AND pid <> pg_backend_pid() "
    "AND NOT EXISTS (SELECT 1 FROM pg_locks WHERE pid = other.pid AND locktype = 'advisory' AND NOT granted)"
)
_LOOKS = 60
_PAUSE_SECONDS = 0.05


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`; nothing happens where it is there already.

    InvalidError where a newer version of Retoma has been at it; ConflictError where the schema would have to change
    while another process uses it.
    """
    _run(url, revision, up=True)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to `revision` (`base` = empty). ConflictError while another process uses it."""
    _run(url, revision, up=False)


def current(url: str) -> str | None:
    """Return the revision that the database has, None for an empty one."""
    engine = migration_engine(url)
    try:
        with engine.connect() as connection:
            return revision_of(connection)
    except DBAPIError as error:
        raise unusable(error) from error
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """Return the revision of an open database, None for an empty one; reads only."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Bring an open database to `revision` in the transaction that is open on it."""
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["sqlite"] = connection.dialect.name == "sqlite"
    command.upgrade(config, revision)


def head() -> str:
    """Return the newest revision that this version knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None  # noqa: S101 - there is at least the first migration
    return newest


def revisions() -> Sequence[str]:
    """Return all revisions that this version knows, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def _run(url: str, revision: str, *, up: bool) -> None:
    file = sqlite_file(url)
    if file is not None:
        prove_sound(file)
    engine = migration_engine(url)
    try:
        with engine.connect() as connection:
            _wait_for_others(connection)
            before = _refuse_newer(connection)
            if before is not None and not (up and before == head()):
                _refuse_while_used(connection)
            config = _config()
            config.attributes["connection"] = connection
            config.attributes["sqlite"] = is_sqlite(url)
            move = command.upgrade if up else command.downgrade
            move(config, revision)
    except CommandError as error:
        raise InvalidError(f"The database can't be brought to {revision!r}: {error}.") from None
    except DBAPIError as error:
        raise unusable(error) from error
    finally:
        engine.dispose()


def _wait_for_others(connection: Connection) -> None:
    """Let one process at a time migrate a PostgreSQL database; the lock goes with the connection, however it ends.

    (An SQLite database has one process at a time: the data folder's lock says so.)
    """
    if connection.dialect.name == "postgresql":
        with connection.begin():
            connection.execute(select(func.pg_advisory_lock(LOCK)))


def _refuse_while_used(connection: Connection) -> None:
    """Change no tables under a process that is at work. An SQLite database: as above."""
    if connection.dialect.name != "postgresql":
        return
    # A connection that was closed a moment ago may still be listed.
    for _ in range(_LOOKS):
        with connection.begin():
            if not connection.scalar(_OTHERS, {"name": APPLICATION}):
                return
        time.sleep(_PAUSE_SECONDS)
    raise ConflictError(
        "Other Retoma processes are connected to this database: end every `retoma up`, `serve` and `worker` first."
    )


def _refuse_newer(connection: Connection) -> str | None:
    """Return the revision that is there, None where the database is empty."""
    with connection.begin():
        revision = revision_of(connection)
    if revision is not None and revision not in revisions():
        sentence = (
            f"The database has revision {revision}, which this version of Retoma does not know; "
            "install the newer version that wrote it."
        )
        raise InvalidError(sentence)
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
