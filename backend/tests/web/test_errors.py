"""Every error has one shape."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import httpx
import pytest
from fastapi.routing import APIRoute

from retoma.core.errors import AppError
from retoma.web.app import create_api
from retoma.web.errors import CODES
from retoma.web.wire import ProblemType
from support.edge import Edge, running_edge

ROUTES = sorted(
    (method, route.path)
    for route in create_api().state.routes
    if isinstance(route, APIRoute) and route.path.startswith("/api/")
    for method in route.methods or set()
)


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Give one application to all tests here: they change nothing."""
    with running_edge(tmp_path_factory.mktemp("errors")) as edge:
        yield edge


SHAPE = {"type", "title", "status", "detail", "errors"}


def assert_problem(answer: httpx.Response) -> None:
    """The answer is a problem as RFC 9457 has it, with our own members."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) - {"executionId", "projectId"} == SHAPE
    assert body["status"] == answer.status_code
    assert body["type"] in get_args(ProblemType)
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in body["detail"]
    for error in body["errors"]:
        assert set(error) == {"field", "message"}


def _kinds(of: type[AppError]) -> Iterator[type[AppError]]:
    yield of
    for kind in of.__subclasses__():
        yield from _kinds(kind)


def test_the_description_names_every_kind_of_error_and_no_other() -> None:
    codes = {kind.code for kind in _kinds(AppError)} | set(CODES.values())
    assert {f"urn:retoma:problem:{code}" for code in codes} == set(get_args(ProblemType))


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p in ROUTES if "{" in p])
def test_of_what_is_not_there(client: httpx.Client, method: str, path: str) -> None:
    for name in ("project_id", "card_id", "execution_id"):
        path = path.replace("{" + name + "}", "nope%20é")
    path = path.replace("{n}", "1").replace("{sequence}", "1").replace("{sweep_id}", "1")
    if path.endswith("/logs/search"):
        path += "?q=x"
    if path.endswith("/logs/matching"):
        path += "?type=error"
    bodies = {
        "move": {"column": "plan"},
        "executions": {"command": "/plan"},
        "1": {"decision": "allow"},
        "messages": {"text": "x"},
    }
    body = bodies.get(path.rpartition("/")[2], {}) if method in {"POST", "PATCH"} else None
    answer = client.request(method, path, json=body)
    assert answer.status_code == 404
    assert_problem(answer)


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p in ROUTES if m in {"POST", "PATCH"}])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"x": 1}', b"[" * 100_000])
def test_of_a_broken_body(client: httpx.Client, method: str, path: str, content: bytes) -> None:
    for name in ("project_id", "card_id", "execution_id"):
        path = path.replace("{" + name + "}", "nope")
    answer = client.request(
        method, path.replace("{n}", "1"), content=content, headers={"content-type": "application/json"}
    )
    if path.endswith(("/cancel", "/links", "/sample", "/test")):
        assert answer.status_code in {200, 201, 404}  # they take no body
        return
    if path.endswith("/resume") and content in {b"", b"null"}:
        assert answer.status_code == 404  # it can do without
        return
    assert answer.status_code == 422
    assert_problem(answer)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/cards/", "/api/cards/x/y/z", "/api/%00"])
def test_of_an_unknown_path(client: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = client.request(method, path)
        assert answer.status_code == 404
        assert_problem(answer)


def test_of_a_wrong_method_names_the_right_ones(client: httpx.Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/api/cards")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, POST"
        assert_problem(answer)


def test_of_the_door(edge: Edge) -> None:
    with edge.client(token=None) as client:
        assert_problem(client.get("/api/cards"))
        assert_problem(client.get("/api/cards", headers={"host": "evil.example"}))
        assert_problem(client.get("/api/cards", headers={"origin": "http://evil.example"}))


def test_of_a_bug_tells_nothing_of_the_inside(tmp_path: Path) -> None:
    with running_edge(tmp_path) as edge, edge.client() as client:
        edge.services.database.write(lambda connection: connection.exec_driver_sql("DROP TABLE cards"))
        answer = client.get("/api/cards")
    assert answer.status_code == 500
    assert_problem(answer)
    assert "table" not in answer.text.lower()


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p in ROUTES if m == "GET"])
def test_a_parameter_that_there_is_not_is_refused_by_name(client: httpx.Client, path: str, method: str) -> None:
    for name in ("project_id", "card_id", "execution_id", "name"):
        path = path.replace("{" + name + "}", "x")
    answer = client.request(method, f"{path.replace('{sequence}', '1')}?project_id=1&q2=")
    assert answer.status_code == 422
    assert_problem(answer)
    assert [error["field"] for error in answer.json()["errors"]] == ["project_id", "q2"]
