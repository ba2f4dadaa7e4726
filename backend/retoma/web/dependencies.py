"""What routes ask for by type, and how they answer."""

from typing import Annotated

import orjson
from fastapi import Depends, Query
from pydantic import AfterValidator, StringConstraints
from starlette.requests import HTTPConnection
from starlette.responses import Response

from retoma.web.bodies import storable
from retoma.web.services import Services


class JsonAnswer(Response):
    """JSON from values that are in their wire shape already."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Encode; bytes are JSON already."""
        return content if isinstance(content, bytes) else orjson.dumps(content)


# Asynchronous, because FastAPI would send a plain function to a thread for each request.
async def _services(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services
    return services


FromApp = Annotated[Services, Depends(_services)]

# The largest number that both databases and JavaScript hold exactly.
LARGEST = 2**53 - 1

QueryText = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(storable)]
ListLimit = Annotated[int, Query(ge=1, le=500, description="How many items a page has.")]
ListCursor = Annotated[QueryText | None, Query(description="`nextCursor` of the page before.")]
