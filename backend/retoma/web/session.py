"""Routes of access: who is in, one-time links, the cookie."""

from fastapi import APIRouter, Response
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from retoma import __version__
from retoma.web import wire
from retoma.web.access import COOKIE_SECONDS, LINK_SECONDS
from retoma.web.dependencies import FromApp, JsonAnswer

router = APIRouter(tags=["access"])

_USED_UP = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Retoma</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 4em auto; padding: 0 1em">
<h1>This link has been used</h1>
<p>A link opens the board once, in one browser. If it was this one, <a href="/">the board</a> is open already.
Otherwise run <code>retoma link</code> in a terminal: it prints a new link.</p></body></html>
"""


@router.get("/api/session", response_model=wire.Session)
async def get_session() -> Response:
    """Answers whoever has access."""
    return JsonAnswer({"version": __version__})


@router.post("/api/links", status_code=201, response_model=wire.Link)
async def create_link(request: Request, services: FromApp) -> Response:
    """Make a one-time link that lets another browser in; it is good for ten minutes."""
    path = services.access.new_link(seconds=LINK_SECONDS)
    return JsonAnswer({"url": f"{request.url.scheme}://{request.headers['host']}{path}"}, 201)


@router.get("/launch/{code}", include_in_schema=False)
async def launch(code: str, services: FromApp) -> Response:
    """Use up a one-time link: sets the cookie and goes to the page."""
    if not services.access.redeem(code):
        return HTMLResponse(_USED_UP, 401)
    response = RedirectResponse("/", 303)
    response.set_cookie(
        services.access.cookie_name,
        services.access.new_cookie(),
        max_age=COOKIE_SECONDS,
        path="/",
        httponly=True,
        samesite="strict",
    )
    return response
