"""What a database's refusal means: who is told what, and whether the writer may go on."""

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from retoma.core.errors import StorageError, StorageFullError

_PRIMARY_CODE = 0xFF  # the rest of an SQLite error's number says more of the same
_NOT_WRITTEN_FOR_SURE = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_POSTGRES_DISK_FULL = "53100"


def is_fatal(error: Exception) -> bool:
    """Whether this process may acknowledge nothing any more.

    A failed fsync: the kernel may have dropped what it could not write, and a second fsync that succeeds proves
    nothing. A damaged file: more writes damage more. PostgreSQL takes care of both itself: it stops.
    """
    code = _sqlite_code(error)
    return code in _NOT_WRITTEN_FOR_SURE or (code is not None and code & _PRIMARY_CODE in _DAMAGED)


def summary(error: Exception) -> str:
    """Return one sentence on what is wrong, fit for strangers: without a path, a name or the driver's words."""
    code = _sqlite_code(error)
    if is_fatal(error):
        return (
            "The disk failed to keep what the database wrote: nothing is stored any more until Retoma is started again."
        )
    if _is_full(error):
        return "The disk that holds the database is full."
    if code is not None and code & _PRIMARY_CODE in _LOCKED:
        return "Another program keeps the database locked."
    return "The database can't be written."


def told(error: Exception) -> Exception:
    """Return `error` as the rooms above know it: a StorageError where the database is at fault, else itself."""
    if not _is_fault_of_the_database(error):
        return error
    kind = StorageFullError if _is_full(error) else StorageError
    outcome = kind(f"{summary(error)} Nothing is known to have changed; look before you try again.")
    outcome.__cause__ = error
    return outcome


def reason(error: Exception) -> str:
    """Return the driver's own words in one line (psycopg's come in several): for the terminal."""
    original = error.orig if isinstance(error, DBAPIError) else error
    words = " ".join(str(original).split()).rstrip(".?")
    name = getattr(original, "sqlite_errorname", None)
    return f"{words} ({name})" if name else words


def _is_fault_of_the_database(error: Exception) -> bool:
    """Whether the statement was right and the database could not do it."""
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return False
    code = _sqlite_code(error)
    if code is not None:
        return code != sqlite3.SQLITE_ERROR  # a statement that is wrong
    return isinstance(error, OperationalError | InterfaceError)


def _is_full(error: Exception) -> bool:
    original = error.orig if isinstance(error, DBAPIError) else error
    is_full_there = getattr(original, "sqlstate", None) == _POSTGRES_DISK_FULL
    return is_full_there or _sqlite_code(error) == sqlite3.SQLITE_FULL


def _sqlite_code(error: Exception) -> int | None:
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    return code if isinstance(code, int) else None
