"""Routes of projects."""

from fastapi import APIRouter, Response

from retoma.agents.registry import get_adapter
from retoma.core.clock import precise_time, utc_now
from retoma.core.ids import new_id
from retoma.pipeline import removal, sample
from retoma.pipeline.detect import find_program
from retoma.projects import service, store
from retoma.projects.model import Project
from retoma.projects.repository import inspect_repository
from retoma.settings import Settings
from retoma.web import boards, present, wire
from retoma.web.bodies import ProjectChanges, ProjectDraft
from retoma.web.cursors import page_of
from retoma.web.dependencies import FromApp, JsonAnswer, ListCursor, ListLimit

router = APIRouter(tags=["projects"])


@router.get("/api/projects", response_model=wire.Page[wire.Project])
def list_projects(services: FromApp, limit: ListLimit = 500, cursor: ListCursor = None) -> Response:
    """All projects, the oldest first."""
    with services.database.read() as connection:
        found = store.list_projects(connection)
    page, following = page_of(found, _place, cursor=cursor, limit=limit)
    return JsonAnswer({"items": [present.project(one) for one in page], "nextCursor": following})


@router.post("/api/projects", status_code=201, response_model=wire.Project)
def create_project(body: ProjectDraft, services: FromApp) -> Response:
    """Make a git repository on this machine a project."""
    repository = inspect_repository(body.path)
    if body.agent is not None:
        get_adapter(body.agent)
    project = Project(
        id=new_id(),
        name=body.name,
        path=repository.path,
        default_branch=repository.default_branch,
        test_command=body.test_command,
        agent=body.agent or _default_agent(services.settings),
        created_at=utc_now(),
    )
    stored = services.database.write(lambda connection: service.create_project(connection, project))
    return JsonAnswer(present.project(stored), 201)


@router.post(
    "/api/projects/sample",
    status_code=201,
    response_model=wire.Project,
    responses={200: {"model": wire.Project, "description": "It was there already"}},
)
def create_sample_project(services: FromApp) -> Response:
    """Make the sample project with its cards; 200 and nothing new where it is there."""
    project, is_new = sample.create_sample(services.database, services.settings.data, utc_now())
    return JsonAnswer(present.project(project), 201 if is_new else 200)


@router.get("/api/projects/{project_id}", response_model=wire.Project)
def get_project(project_id: str, services: FromApp) -> Response:
    """One project."""
    with services.database.read() as connection:
        return JsonAnswer(present.project(service.get_project(connection, project_id)))


@router.patch("/api/projects/{project_id}", response_model=wire.Project)
def edit_project(project_id: str, body: ProjectChanges, services: FromApp) -> Response:
    """Change the named fields."""
    changes = body.model_dump(exclude_unset=True)
    if "agent" in changes:
        get_adapter(body.agent)
    if changes:
        services.database.write(lambda connection: store.update_project(connection, project_id, changes))
    return get_project(project_id, services)


@router.delete("/api/projects/{project_id}", status_code=204)
def delete_project(project_id: str, services: FromApp) -> Response:
    """Delete a project with its cards and their executions; its repository stays. 409 while one of them goes on."""
    cards = boards.read_board(services.database, project_id)
    removal.delete_project(services.database, services.settings, project_id)
    for card in cards:
        services.feed.publish_card(project_id, card["id"])
        if card["activeExecution"] is not None:
            services.feed.publish_execution(card["activeExecution"]["id"])
    return Response(status_code=204)


def _place(project: Project) -> str:
    return f"{precise_time(project.created_at)} {project.id}"


def _default_agent(settings: Settings) -> str:
    # Found, not started: its version can wait.
    return "claude-code" if find_program("claude-code", settings) is not None else "rehearsal"
