"""The one root of errors that a user is told about."""

from collections.abc import Mapping, Sequence


class AppError(Exception):
    """A refusal with a stable `code`, a short `title` and a sentence (`detail`) that names what to do.

    `web/errors.py` alone turns codes into HTTP status; the command line prints the detail and exits 1.
    """

    code = "failed"
    title = "That failed"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        extra: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})


class NotFoundError(AppError):
    """The named thing does not exist."""

    code = "not-found"
    title = "Not found"


class GoneError(AppError):
    """The named thing was there, and was removed on purpose."""

    code = "gone"
    title = "Not kept any more"


class InvalidError(AppError):
    """The input is refused; nothing was changed."""

    code = "invalid"
    title = "That input is not usable"


class ConflictError(AppError):
    """The input is well formed, but the present state does not allow it; nothing was changed."""

    code = "conflict"
    title = "Not possible now"


class UnavailableError(AppError):
    """Something that this needs (database, worker, engine) does not answer."""

    code = "unavailable"
    title = "Not available now"


class DiskFullError(AppError):
    """There is too little room on a disk; nothing was changed."""

    code = "disk-full"
    title = "Too little room on the disk"


class StorageError(UnavailableError):
    """The database did not confirm what it was asked for.

    A write that ends so may have taken place all the same (its answer was lost): whoever wrote looks before writing
    again.
    """


class StorageFullError(StorageError):
    """The disk that holds the database is full. See StorageError."""

    code = "disk-full"
    title = "Too little room on the disk"
