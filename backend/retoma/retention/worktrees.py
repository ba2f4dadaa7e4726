"""Removing the worktrees of cards on which nothing has happened for as long as their logs are kept."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from retoma.executions import past_store, store
from retoma.projects import store as project_store
from retoma.projects.git import GitError
from retoma.projects.workspace import list_workspaces, remove_workspace
from retoma.storage.database import Database


def remove_idle_worktrees(
    database: Database,
    workspaces: Path,
    cutoffs: Mapping[str, datetime],
    living: Callable[[], AbstractSet[str]],
    goes_on: Callable[[], bool],
) -> Iterator[Path]:
    """Remove idle worktrees of this machine, each with a snapshot of what is not committed; yield each that is gone.

    The card keeps the place: when it runs again, `projects.workspace.prepare_workspace` makes the worktree anew.
    """
    found = iter(list_workspaces(workspaces))
    while goes_on() and (some := {path.name: path for path in islice(found, 500)}):
        with database.read() as connection:
            idle = past_store.list_idle_cards(connection, some, cutoffs)
            paths = {project.id: Path(project.path) for project in project_store.list_projects(connection)}
        for card_id, project_id in idle:
            if not goes_on():
                return
            if paths[project_id].is_dir() and not _is_used(database, card_id, living):
                try:
                    removed = remove_workspace(
                        paths[project_id],
                        some[card_id],
                        snapshot=card_id,
                        unless=partial(_is_used, database, card_id, living),
                    )
                except GitError:
                    continue  # what git can't keep stays: a repository that is broken, or not ours any more
                if removed:
                    yield some[card_id]


def _is_used(database: Database, card_id: str, living: Callable[[], AbstractSet[str]]) -> bool:
    """Whether somebody is at work on the card, or about to be, or a process of one of its runs is there."""
    with database.read() as connection:
        if store.get_unfinished(connection, card_id) is not None:
            return True
        runs = store.list_executions(connection, {"card_id": card_id}, limit=None)
    busy = living()
    return any(run.public_id in busy for run in runs)
