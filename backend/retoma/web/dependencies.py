"""What routes ask for by type, and how they answer."""

from typing import Annotated

import orjson
from fastapi import Depends, Query
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import AfterValidator, StringConstraints
from starlette.requests import HTTPConnection
from starlette.responses import Response

from retoma.core.errors import InvalidError
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


async def refuse_unknown_parameters(connection: HTTPConnection) -> None:
    """Refuse a query parameter that the route does not have: a misspelt filter would answer with everything."""
    route = connection.scope.get("route")
    if not connection.query_params or not isinstance(route, APIRoute):
        return
    known = sorted(_parameters(route.dependant))
    unknown = sorted(connection.query_params.keys() - set(known))
    if unknown:
        takes = f"it takes {', '.join(known)}" if known else "it takes none"
        errors = [{"field": name, "message": "There is no such parameter."} for name in unknown]
        raise InvalidError(f"There is no parameter {', '.join(unknown)} here; {takes}.", errors=errors)


def _parameters(dependant: Dependant) -> set[str]:
    """Return the query parameters of a route and of all that it depends on."""
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_parameters(one) for one in dependant.dependencies))


# The largest number that both databases and JavaScript hold exactly.
LARGEST = 2**53 - 1

QueryText = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(storable)]
ListLimit = Annotated[int, Query(ge=1, le=500, description="How many items a page has.")]
ListCursor = Annotated[QueryText | None, Query(description="`nextCursor` of the page before.")]
