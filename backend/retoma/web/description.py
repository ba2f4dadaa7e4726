"""The API's description: OpenAPI, and a page for people. Made from the routes, with no foreign host at run time."""

from collections.abc import Iterator
from html import escape

from fastapi import APIRouter, FastAPI, Response
from starlette.requests import Request
from starlette.responses import HTMLResponse

from retoma.web.dependencies import JsonAnswer
from retoma.web.page import POLICY

router = APIRouter(include_in_schema=False, tags=["description"])

_METHODS = ("get", "post", "patch", "delete")
_STYLE = """body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em }
h3 { margin-bottom: 0; font-size: 1em } code { font-family: ui-monospace, monospace } p { margin: .2em 0 }
:root { color-scheme: light dark }"""


def describe(app: FastAPI) -> dict[str, object]:
    """Return the description, with what FastAPI can't know: the token, and the media type of errors."""
    described: dict[str, object] = app.openapi()
    components = _object(described["components"])
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "The access token, in the data folder's `token`."}
    }
    described["security"] = [{"token": []}]
    for path, _, operation in _operations(described):
        refused = _object(_object(operation["responses"])["default"])
        content = _object(refused["content"])
        if "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")
        if path == "/api/health":
            operation["security"] = []
    return described


@router.get("/api/openapi.json")
async def get_openapi(request: Request) -> Response:
    """Answer with the description."""
    return JsonAnswer(describe(request.app))


@router.get("/api/docs")
async def get_docs(request: Request) -> Response:
    """Answer with the page for people."""
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Retoma API</title><style>{_STYLE}</style>',
        "<body><h1>The API of Retoma</h1>",
        '<p>Its exact description: <a href="/api/openapi.json">openapi.json</a> (OpenAPI). ',
        "Live changes come by the WebSocket <code>/api/live</code>.</p>",
    ]
    for path, method, operation in _operations(describe(request.app)):
        parts.append(f"<h3><code>{method.upper()} {escape(path)}</code></h3>")
        parts.append(f"<p>{escape(str(operation.get('description', '')))}</p>")
        names = [str(one["name"]) for one in _list(operation.get("parameters", [])) if one["in"] != "path"]
        if names:
            parts.append(f"<p>Takes: <code>{escape(', '.join(names))}</code></p>")
    return HTMLResponse("".join(parts), headers={"content-security-policy": POLICY})


def _operations(described: dict[str, object]) -> Iterator[tuple[str, str, dict[str, object]]]:
    for path, operations in _object(described["paths"]).items():
        for method in _METHODS:
            if method in _object(operations):
                yield path, method, _object(_object(operations)[method])


def _object(value: object) -> dict[str, object]:
    assert isinstance(value, dict)  # noqa: S101 - OpenAPI has an object there
    return value


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)  # noqa: S101 - OpenAPI has an array there
    return value
