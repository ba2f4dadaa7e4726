"""The sample project: a small git repository in the data folder, with a failing test and three cards to rehearse."""

from datetime import datetime
from pathlib import Path

from retoma.cards.model import Column
from retoma.cards.service import create_card
from retoma.core.ids import new_id
from retoma.projects import store
from retoma.projects.git import IDENTITY, git
from retoma.projects.model import Project
from retoma.rehearsal.sample import CARDS, FILES, TEST_COMMAND
from retoma.storage.connection import Connection
from retoma.storage.database import Database

_FOLDER = "sample-project"


def create_sample(database: Database, data: Path, now: datetime) -> tuple[Project, bool]:
    """Make the sample project and its cards; return it and whether it is new. There already: nothing changes."""
    folder = (data / _FOLDER).resolve()
    if not (folder / ".git").is_dir():
        _make_repository(folder)
    return database.write(lambda connection: _store(connection, folder, now))


def _make_repository(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A small library with one failing test", environment=IDENTITY)


def _store(connection: Connection, folder: Path, now: datetime) -> tuple[Project, bool]:
    known = store.find_project_by_path(connection, str(folder))
    if known is not None:
        return known, False
    project = Project(
        id=new_id(),
        name="Sample project",
        path=str(folder),
        default_branch="main",
        test_command=TEST_COMMAND,
        agent="rehearsal",
        created_at=now,
    )
    store.insert_project(connection, project)
    for card in CARDS:
        create_card(
            connection,
            project_id=project.id,
            number=store.take_card_number(connection, project.id),
            title=card.title,
            description=card.description,
            column=Column.BACKLOG,
            agent=None,
            labels=["sample"],
            now=now,
        )
    return project, True
