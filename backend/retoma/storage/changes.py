"""Telling before a commit what it may change, for who keeps in memory what is stored."""

from typing import NamedTuple, Protocol

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

# A statement's execution option of this name says that it moves one execution's head and changes nothing else of it.
HEAD_MOVED = "head_moved"

# What begins like this changes no row that is there, of executions or of what they hang on (deletes cascade).
_HARMLESS = ("INSERT", "SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA", "SET")
_EXECUTIONS = "UPDATE executions "


class HeadMoved(NamedTuple):
    """The new head of an execution, by its key."""

    execution_id: int
    head: int


class Observer(Protocol):
    """Who wants to know. Called in the writer's thread."""

    def writing(self, moved: HeadMoved | None) -> None:
        """Rows of executions are about to change; not committed yet. None: anything, of any of them."""

    def settled(self) -> None:
        """What was being written is committed or undone, and whoever wrote it has been told."""


def observe(engine: Engine, observer: Observer) -> None:
    """Tell `observer` of each statement by which this engine's connections change executions."""

    def note(
        _connection: Connection,
        _cursor: DBAPICursor,
        statement: str,
        _parameters: object,
        context: ExecutionContext | None,
        _many: bool,  # noqa: FBT001 - SQLAlchemy's signature
    ) -> None:
        if statement.startswith(_HARMLESS):
            return
        if statement.startswith("UPDATE") and not statement.startswith(_EXECUTIONS):
            return
        moved = None if context is None else context.execution_options.get(HEAD_MOVED)
        observer.writing(moved if isinstance(moved, HeadMoved) else None)

    event.listen(engine, "before_cursor_execute", note)
