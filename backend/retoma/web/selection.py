"""The filters that the history of executions and their statistics share."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from retoma.core.status import Command, Status
from retoma.executions.model import Selection
from retoma.web.dependencies import QueryText


# Asynchronous for the reason of web/dependencies.py.
async def _selection(
    status: Annotated[list[Status] | None, Query(description="May be given several times: one of them.")] = None,
    command: Command | None = None,
    agent: QueryText | None = None,
    project_id: Annotated[QueryText | None, Query(alias="projectId")] = None,
    card_id: Annotated[QueryText | None, Query(alias="cardId")] = None,
    start: Annotated[AwareDatetime | None, Query(alias="from", description="Created then or later.")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Created before then.")] = None,
) -> Selection:
    return Selection(
        statuses=frozenset(status or ()),
        command=command,
        agent=agent,
        project_id=project_id,
        card_id=card_id,
        start=start,
        end=end,
    )


Chosen = Annotated[Selection, Depends(_selection)]
