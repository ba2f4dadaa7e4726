"""The door: token, Host, Origin, for every route, method and for the WebSocket."""

import asyncio
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from fastapi.routing import APIRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from retoma.web.app import create_api
from support.edge import TOKEN, Edge, running_edge

# The only routes of the shipped application that need no token.
PUBLIC = {("GET", "/api/health"), ("GET", "/launch/{code}")}
ROUTES = sorted(
    (method, route.path)
    for route in create_api().state.routes
    if isinstance(route, APIRoute)
    for method in (route.methods or set())
)
BAD_TOKENS = [
    "",
    "Bearer",
    "bearer wrong",
    "Bearer wrong",
    f"Bearer {TOKEN}x",
    f"Bearer {TOKEN[:-1]}",
    f"Basic {TOKEN}",
    TOKEN,
]


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Give one application to all tests here: they change nothing."""
    with running_edge(tmp_path_factory.mktemp("door"), allowed_hosts="board.example, other.example:444") as edge:
        yield edge


def filled(path: str) -> str:
    for name in ("project_id", "card_id", "execution_id", "code"):
        path = path.replace("{" + name + "}", "0123456789abcdef")
    return path.replace("{n}", "1").replace("{sequence}", "1")


def foreign_origins(host: str) -> list[str]:
    name, _, port = host.partition(":")
    return [
        "null",
        "",
        "http://evil.example",
        f"http://{host}.evil.example",
        f"http://evil.example/{host}",
        f"http://evil{host}",
        f"https://{host}",
        f"http://{host}/",
        f"http://{host} x",
        f"http://{host},http://evil.example",
        f"http://user@{host}",
        f"http://{name}",
        f"http://{name}:{int(port) + 1}",
        f"http://localhost:{int(port) + 1}",
        f"HTTP://{host}",
        f"http:{host}",
        f"//{host}",
        host,
        f"file://{host}",
        f"chrome-extension://{host}",
        f"ws://{host}",
        f"http://{host}@evil.example",
        f"http://{host}#",
        f"http://{host}?",
        f"http://0.0.0.0:{port}",
        f"http://[::1]:{port}",
        f"http://127.1:{port}",
        f"http://2130706433:{port}",
        f"http://{name}.:{port}",
        "http://localhost",
        "http://localhost.evil.example",
        "http://board.example",
        "*",
        "undefined",
        "about:blank",
        "data:text/html,x",
        "blob:null",
        f"http://{name}:0{port}",
        f"http://xn--{name}:{port}",
        f"http://{host}%00",
        f"http://{host}\\.evil.example",
    ]


class TestToken:
    @pytest.mark.parametrize(("method", "path"), ROUTES)
    def test_every_route_needs_it_but_the_listed_ones(self, edge: Edge, method: str, path: str) -> None:
        with edge.client(token=None) as client:
            answer = client.request(method, filled(path))
        if (method, path) in PUBLIC:
            assert answer.status_code in {200, 401}
            assert (answer.status_code == 200) == (path == "/api/health")
        else:
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert "retoma link" in answer.json()["detail"]

    @pytest.mark.parametrize(
        "path", ["/api", "/api/", "/api/nothing", "/api/health/x", "/api//health", "/api/../api/cards"]
    )
    def test_so_do_paths_that_are_no_route(self, edge: Edge, path: str) -> None:
        with edge.client(token=None) as client:
            assert client.get(path).status_code == 401

    @pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "POST", "TRACE"])
    def test_so_do_other_methods(self, edge: Edge, method: str) -> None:
        with edge.client(token=None) as client:
            for path in ("/api/health", "/", "/api/cards"):
                assert client.request(method, path).status_code == 401

    @pytest.mark.parametrize("credential", BAD_TOKENS)
    def test_a_wrong_one_is_none(self, edge: Edge, credential: str) -> None:
        with edge.client(token=None) as client:
            assert client.get("/api/session", headers={"authorization": credential}).status_code == 401
            # Nor does a good cookie help it.
            headers = {"authorization": credential, "cookie": edge.cookie()}
            assert client.get("/api/session", headers=headers).status_code == 401

    def test_the_right_one_opens(self, edge: Edge) -> None:
        with edge.client() as client:
            answer = client.get("/api/session")
        assert answer.status_code == 200
        assert set(answer.json()) == {"version"}

    def test_it_is_not_taken_from_the_address(self, edge: Edge) -> None:
        with edge.client(token=None) as client:
            for name in ("token", "access_token", "key"):
                assert client.get("/api/session", params={name: TOKEN}).status_code == 401


class TestCookie:
    def test_a_good_one_opens(self, edge: Edge) -> None:
        with edge.client(token=None) as client:
            assert client.get("/api/session", headers={"cookie": edge.cookie()}).status_code == 200
            assert client.get("/api/session", headers={"cookie": f"a=b; {edge.cookie()}; c"}).status_code == 200

    def test_a_made_up_one_does_not(self, edge: Edge) -> None:
        name, _, value = edge.cookie().partition("=")
        nonce, _, proof = value.partition(".")
        bad = [
            "",
            ".",
            value[:-1],
            value + "0",
            f"{nonce[:-1]}0.{proof}x",
            proof,
            f".{proof}",
            TOKEN,
            f'"{value}"',
            "é",
        ]
        with edge.client(token=None) as client:
            for wrong in bad:
                answer = client.get("/api/session", headers={b"cookie": f"{name}={wrong}".encode()})
                assert answer.status_code == 401, wrong

    @pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
    def test_changes_by_it_need_our_own_origin(self, edge: Edge, method: str) -> None:
        with edge.client(token=None) as client:
            headers = {"cookie": edge.cookie()}
            assert client.request(method, "/api/cards/nope", headers=headers).status_code == 403
            headers["origin"] = edge.url
            assert client.request(method, "/api/cards/nope", headers=headers).status_code in {404, 405, 422}

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "", "SAME-ORIGIN", "none, same-origin"])
    def test_it_counts_for_our_own_page_only(self, edge: Edge, site: str) -> None:
        with edge.client(token=None) as client:
            headers = {"cookie": edge.cookie(), "sec-fetch-site": site}
            assert client.get("/api/session", headers=headers).status_code == 403
            for own in ("same-origin", "none"):
                headers["sec-fetch-site"] = own
                assert client.get("/api/session", headers=headers).status_code == 200


class TestHost:
    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:{port}",
            "0.0.0.0:{port}",
            "0:{port}",
            "127.1:{port}",
            "127.0.0.2:{port}",
            "2130706433:{port}",
            "[::]:{port}",
            "[::ffff:127.0.0.1]:{port}",
            "[0:0:0:0:0:0:0:1]:{port}",
            "::1",
            "localhost.:{port}",
            "localhost:{port}:80",
            "localhost:port",
            "localhost:",
            "user@localhost:{port}",
            "localhost/evil",
            "localhost evil",
            "board.example.evil.example",
            "other.example",
            "",
            "*",
        ],
    )
    def test_an_unknown_name_is_refused_even_with_the_token_and_its_own_origin(self, edge: Edge, host: str) -> None:
        host = host.format(port=edge.host.partition(":")[2])
        with edge.client() as client:
            for path in ("/api/session", "/api/health", "/", "/launch/x"):
                headers = {"host": host, "origin": f"http://{host}"}
                assert client.get(path, headers=headers).status_code == 421, host

    @pytest.mark.parametrize(
        "host",
        ["localhost", "LOCALHOST:1", "127.0.0.1:65535", "[::1]:8420", "[::1]", "board.example", "Board.Example:80"],
    )
    def test_known_names_are_served_under_any_port(self, edge: Edge, host: str) -> None:
        with edge.client() as client:
            answer = client.get("/api/session", headers={"host": host, "origin": f"http://{host.lower()}"})
        assert answer.status_code == 200

    def test_two_are_refused(self, edge: Edge) -> None:
        connection = HTTPConnection(edge.host)
        connection.putrequest("GET", "/api/health")
        connection.putheader("Host", "localhost")
        connection.endheaders()
        with connection.getresponse() as answer:
            assert answer.status == 421
        connection.close()


class TestOrigin:
    @pytest.mark.parametrize("number", range(41))
    def test_a_foreign_one_is_refused_with_any_credential_and_gets_no_cors_header(
        self, edge: Edge, number: int
    ) -> None:
        origin = foreign_origins(edge.host)[number]
        with edge.client(token=None) as client:
            for credential in ({}, {b"cookie": edge.cookie().encode()}, {b"authorization": f"Bearer {TOKEN}".encode()}):
                for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS", "HEAD"):
                    answer = client.request(method, "/api/cards", headers={b"origin": origin.encode(), **credential})
                    assert answer.status_code == 403, (origin, method)
                    assert not [name for name in answer.headers if name.startswith("access-control-")]

    def test_there_are_as_many_as_are_tried(self, edge: Edge) -> None:
        assert len(foreign_origins(edge.host)) == 41

    def test_our_own_is_welcome(self, edge: Edge) -> None:
        with edge.client() as client:
            assert client.get("/api/session", headers={"origin": edge.url}).status_code == 200

    def test_a_name_behind_a_proxy_may_have_tls(self, edge: Edge) -> None:
        with edge.client() as client:
            headers = {"host": "board.example", "origin": "https://board.example"}
            assert client.get("/api/session", headers=headers).status_code == 200
            headers = {"host": edge.host, "origin": f"https://{edge.host}"}
            assert client.get("/api/session", headers=headers).status_code == 403


class TestWebSocket:
    def refused(self, edge: Edge, headers: dict[str, str]) -> int:
        async def attempt() -> int:
            address = edge.url.replace("http", "ws") + "/api/live"
            try:
                async with connect(address, additional_headers=headers, proxy=None):
                    return 101
            except InvalidStatus as refusal:
                kind = refusal.response.headers.get("content-type")
                return refusal.response.status_code if kind == "application/problem+json" else 0

        return asyncio.run(attempt())

    def test_it_needs_the_token(self, edge: Edge) -> None:
        assert self.refused(edge, {}) == 401
        assert self.refused(edge, {"Authorization": "Bearer wrong"}) == 401
        assert self.refused(edge, {"Authorization": f"Bearer {TOKEN}"}) == 101

    def test_a_refusal_is_no_error_of_ours(self, edge: Edge, caplog: pytest.LogCaptureFixture) -> None:
        assert self.refused(edge, {}) == 401
        assert self.refused(edge, {"Authorization": f"Bearer {TOKEN}"}) == 101
        assert caplog.messages == []

    def test_with_the_cookie_it_needs_our_own_origin(self, edge: Edge) -> None:
        assert self.refused(edge, {"Cookie": edge.cookie()}) == 403
        assert self.refused(edge, {"Cookie": edge.cookie(), "Origin": edge.url}) == 101
        assert self.refused(edge, {"Cookie": "x=y", "Origin": edge.url}) == 401

    @pytest.mark.parametrize("number", range(0, 41, 5))
    def test_a_foreign_origin_is_refused_with_any_credential(self, edge: Edge, number: int) -> None:
        origin = foreign_origins(edge.host)[number]
        assert self.refused(edge, {"Authorization": f"Bearer {TOKEN}", "Origin": origin}) == 403
        assert self.refused(edge, {"Cookie": edge.cookie(), "Origin": origin}) == 403

    def test_a_foreign_site_is_refused(self, edge: Edge) -> None:
        headers = {"Cookie": edge.cookie(), "Origin": edge.url, "Sec-Fetch-Site": "cross-site"}
        assert self.refused(edge, headers) == 403

    def test_there_is_no_other_socket(self, edge: Edge) -> None:
        async def attempt() -> int:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            try:
                async with connect(edge.url.replace("http", "ws") + "/api/x", additional_headers=headers, proxy=None):
                    return 101
            except InvalidStatus as refusal:
                return refusal.response.status_code

        assert asyncio.run(attempt()) in {403, 404}


class TestBody:
    @pytest.mark.parametrize(
        "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"]
    )
    def test_a_body_that_is_not_said_to_be_json_is_refused(self, edge: Edge, kind: str) -> None:
        with edge.client() as client:
            answer = client.post("/api/cards", content=b'{"title": "x"}', headers={"content-type": kind})
        assert answer.status_code == 415

    def test_parameters_of_the_type_do_no_harm(self, edge: Edge) -> None:
        with edge.client() as client:
            headers = {"content-type": "Application/JSON; charset=utf-8"}
            assert client.post("/api/cards", content=b"{}", headers=headers).status_code == 422

    def test_one_that_is_too_large_is_refused_with_and_without_its_length(self, edge: Edge) -> None:
        def chunks() -> Iterator[bytes]:
            for _ in range(5):
                yield b" " * 1024 * 1024

        headers = {"content-type": "application/json"}
        with edge.client() as client:
            assert client.post("/api/cards", content=b" " * 4_200_000, headers=headers).status_code == 413
            answer = client.post("/api/cards", content=chunks(), headers=headers)
        assert answer.status_code == 413
        assert answer.json()["title"]

    def test_no_body_needs_no_type(self, edge: Edge) -> None:
        with edge.client() as client:
            assert client.post("/api/executions/nope/cancel").status_code == 404


class TestHeaders:
    @pytest.mark.parametrize("path", ["/api/session", "/api/nothing", "/", "/launch/x", "/api/docs"])
    def test_every_answer_is_kept_to_itself(self, edge: Edge, path: str) -> None:
        for token in (TOKEN, None):
            with edge.client(token=token) as client:
                headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "default-src 'none'" in headers["content-security-policy"]
            if path != "/":
                assert headers["cache-control"] == "no-store"
