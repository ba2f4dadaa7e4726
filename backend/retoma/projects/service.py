"""What users do to projects. Each function runs inside one write transaction."""

from sqlalchemy import Connection

from retoma.core.errors import ConflictError, InvalidError, NotFoundError
from retoma.projects import store
from retoma.projects.model import Project


def get_project(connection: Connection, project_id: str) -> Project:
    """Return the project, or raise NotFoundError."""
    project = store.get_project(connection, project_id)
    if project is None:
        sentence = f"There is no project {project_id!r}."
        raise NotFoundError(sentence)
    return project


def create_project(connection: Connection, project: Project) -> Project:
    """Store a new project. ConflictError where its repository is a project already."""
    known = store.find_project_by_path(connection, project.path)
    if known is not None:
        sentence = f"{project.path} is the project {known.name!r} already."
        raise ConflictError(sentence, extra={"projectId": known.id})
    store.insert_project(connection, project)
    return project


def default_project(connection: Connection) -> Project:
    """Return the project that is meant when none is named: the only one, else the oldest; InvalidError without any."""
    projects = store.list_projects(connection)
    if not projects:
        sentence = "There is no project yet; create one first (POST /api/projects with name and path)."
        raise InvalidError(sentence)
    return projects[0]
