"""The page's files."""

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from retoma.web.page import Page

pytestmark = pytest.mark.anyio

INDEX = b"<!doctype html><title>Retoma</title>" + b" " * 2000
SCRIPT = b"console.log(1);" * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a built page."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / "index.html").write_bytes(INDEX)
    (tmp_path / "icon.svg").write_bytes(b"<svg/>")
    (tmp_path / "assets" / "main-abc123.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "letters-abc123.woff2").write_bytes(bytes(range(256)) * 40)
    (tmp_path / ".vite" / "manifest.json").write_bytes(b"{}")
    return tmp_path


async def get(folder: Path, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    named = {"accept-encoding": "identity", **{name.replace("_", "-"): value for name, value in headers.items()}}
    transport = httpx.ASGITransport(Page(Starlette(), folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, path, headers=named)


@pytest.mark.parametrize("path", ["/", "/index.html", "/cards/abc", "/projects/x/runs/y"])
async def test_every_place_in_the_page_is_the_page(folder: Path, path: str) -> None:
    answer = await get(folder, path)
    assert (answer.status_code, answer.content) == (200, INDEX)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy


async def test_assets_are_kept_for_ever_and_compressed(folder: Path) -> None:
    answer = await get(folder, "/assets/main-abc123.js", accept_encoding="br, gzip")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert int(answer.headers["content-length"]) == len(gzip.compress(SCRIPT, 6, mtime=0))
    assert answer.content == SCRIPT


async def test_what_does_not_shrink_is_sent_as_it_is(folder: Path) -> None:
    (folder / "assets" / "picture.png").write_bytes(gzip.compress(SCRIPT))
    answer = await get(folder, "/assets/picture.png", accept_encoding="gzip")
    assert "content-encoding" not in answer.headers


async def test_an_unchanged_file_is_not_sent_again(folder: Path) -> None:
    tag = (await get(folder, "/")).headers["etag"]
    answer = await get(folder, "/", if_none_match=tag)
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone.js",
        "/.vite/manifest.json",
        "/../page.py",
        "/assets/../../page.py",
        "/%2e%2e/page.py",
        "//etc/passwd.txt",
        "/favicon.ico",
    ],
)
async def test_there_are_no_other_files(folder: Path, path: str) -> None:
    answer = await get(folder, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_it_is_only_read(folder: Path) -> None:
    assert (await get(folder, "/", "HEAD")).status_code == 200
    answer = await get(folder, "/", "POST")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_the_api_and_the_links_are_not_its_business(folder: Path) -> None:
    for path in ("/api", "/api/x", "/launch/x"):
        answer = await get(folder, path)
        assert (answer.status_code, answer.content) == (404, b"Not Found")


async def test_without_a_built_page_it_says_how_to_build_it(tmp_path: Path) -> None:
    answer = await get(tmp_path, "/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
