"""Route of what a card changed."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response

from retoma.cards import service as cards
from retoma.projects import service as projects
from retoma.projects.changes import read_changes
from retoma.web import present_changes, wire_changes
from retoma.web.dependencies import FromApp, JsonAnswer

router = APIRouter(tags=["cards"])


@router.get("/api/cards/{card_id}/diff", response_model=wire_changes.Diff)
def get_diff(
    card_id: str,
    services: FromApp,
    *,
    hunks: Annotated[bool, Query(description="false: files and counts alone")] = True,
) -> Response:
    """The card's branch against its base, with what is not committed yet in its worktree: files, hunks, counts."""
    with services.database.read() as connection:
        card = cards.get_card(connection, card_id)
        project = projects.get_project(connection, card.project_id)
    found = read_changes(
        Path(project.path),
        None if card.workspace is None else Path(card.workspace),
        branch=card.branch,
        base=project.default_branch,
        snapshot=card.id,
        hunks=hunks,
    )
    return JsonAnswer(present_changes.diff(found, card_id=card.id, base=project.default_branch, branch=card.branch))
