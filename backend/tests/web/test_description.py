"""The API's description, in its three forms, names just the routes there are."""

import json
import re
from pathlib import Path

import httpx

from retoma.web.app import create_api
from retoma.web.description import describe

ROOT = Path(__file__).parents[3]
CALL = re.compile(r"^\| `(GET|POST|PATCH|DELETE|PUT) (/api/\S+)` \|", re.MULTILINE)


def routes() -> set[tuple[str, str]]:
    paths = describe(create_api())["paths"]
    assert isinstance(paths, dict)
    return {(method.upper(), path) for path, operations in paths.items() for method in operations}


def test_docs_http_api_names_every_route_and_no_other() -> None:
    assert set(CALL.findall((ROOT / "docs/http-api.md").read_text("utf-8"))) == routes()


def test_the_pages_copy_is_up_to_date() -> None:
    described = json.loads(json.dumps(describe(create_api())))
    assert json.loads((ROOT / "frontend/openapi.json").read_text("utf-8")) == described


def test_a_running_server_tells_it_to_programs_and_to_people(client: httpx.Client) -> None:
    assert client.get("/api/openapi.json").json() == json.loads(json.dumps(describe(create_api())))
    page = client.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    for method, path in routes():
        assert f"{method} {path}" in page.text


def test_every_route_describes_its_errors() -> None:
    operations = describe(create_api())["paths"]
    assert isinstance(operations, dict)
    for operation in (one for path in operations.values() for one in path.values()):
        problem = operation["responses"]["default"]["content"]
        assert list(problem) == ["application/problem+json"]
