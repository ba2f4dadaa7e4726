"""Every SQL statement about projects."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Row, delete, insert, select, update

from retoma.projects.model import Project
from retoma.projects.tables import ProjectRow
from retoma.storage.base import table_of

_table = table_of(ProjectRow)
_columns = [column for column in _table.c if column.name != "last_card_number"]


def insert_project(connection: Connection, project: Project) -> None:
    """Store a new project. Its path must be new: else IntegrityError."""
    values = {name: getattr(project, name) for name in Project.__dataclass_fields__}
    connection.execute(insert(_table).values(values))


def get_project(connection: Connection, project_id: str) -> Project | None:
    """Return one project, or None."""
    row = connection.execute(select(*_columns).where(_table.c.id == project_id)).one_or_none()
    return None if row is None else _project(row)


def find_project_by_path(connection: Connection, path: str) -> Project | None:
    """Return the project of the repository at `path`, or None."""
    row = connection.execute(select(*_columns).where(_table.c.path == path)).one_or_none()
    return None if row is None else _project(row)


def list_projects(connection: Connection) -> Sequence[Project]:
    """Return all projects, the oldest first."""
    rows = connection.execute(select(*_columns).order_by(_table.c.created_at, _table.c.id))
    return [_project(row) for row in rows]


def update_project(connection: Connection, project_id: str, changes: Mapping[str, str | int | None]) -> bool:
    """Set the named fields. False: there is no such project."""
    result = connection.execute(update(_table).where(_table.c.id == project_id).values(dict(changes)))
    return result.rowcount == 1


def delete_project(connection: Connection, project_id: str) -> bool:
    """Delete a project with its cards, their executions and logs. False: there is no such project."""
    return connection.execute(delete(_table).where(_table.c.id == project_id)).rowcount == 1


def give_back_card_number(connection: Connection, project_id: str, number: int, *, keeps: int) -> None:
    """Give a number back that was taken in this transaction; count on from `keeps` at least, which a card has."""
    last = max(number - 1, keeps)
    connection.execute(update(_table).where(_table.c.id == project_id).values(last_card_number=last))


def take_card_number(connection: Connection, project_id: str) -> int:
    """Count one card more and return its number: 1, 2, 3 …, never given twice."""
    statement = (
        update(_table)
        .where(_table.c.id == project_id)
        .values(last_card_number=_table.c.last_card_number + 1)
        .returning(_table.c.last_card_number)
    )
    return int(connection.execute(statement).scalar_one())


def _project(row: Row[tuple[object, ...]]) -> Project:
    return Project(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
