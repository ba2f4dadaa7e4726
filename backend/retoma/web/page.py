"""The page's built files, served from memory: they are few, and the ones that were there at the start fit together."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from retoma.web.errors import problem

BUILT = Path(__file__).with_name("page")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_INDEX = "/index.html"
_IMMUTABLE = "public, max-age=31536000, immutable"
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Retoma</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 4em auto; padding: 0 1em">
<h1>The page is not built</h1><p>Run <code>make setup</code>, then start Retoma again. The API works without it.</p>
</body></html>
"""


@dataclass(frozen=True)
class _File:
    name: str
    content: bytes

    @cached_property
    def compressed(self) -> bytes | None:
        """The content as gzip, where that is much smaller."""
        squeezed = gzip.compress(self.content, 6, mtime=0)
        return squeezed if len(squeezed) < len(self.content) * 0.9 else None

    @cached_property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:20]}"'

    @property
    def type(self) -> str:
        guess = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        return f"{guess}; charset=utf-8" if guess.startswith("text/") or guess.endswith("javascript") else guess


class Page:
    """Middleware that answers for all paths but the API's and the one-time links'.

    A path that is no file and has no file's ending is a place in the page: it gets `index.html`.
    """

    def __init__(self, app: ASGIApp, folder: Path = BUILT) -> None:
        self._app = app
        self._files: Mapping[str, _File] = {
            "/" + name: _File(name, file.read_bytes())
            for file in sorted(folder.rglob("*"))
            if file.is_file() and not (name := file.relative_to(folder).as_posix()).startswith(".")
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, or pass on."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path == "/api" or path.startswith(("/api/", "/launch/")):
            await self._app(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            response = problem(
                HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes GET and HEAD.", headers={"allow": "GET, HEAD"}
            )
        else:
            response = self._answer(path, Headers(scope=scope))
        await response(scope, receive, send)

    def _answer(self, path: str, headers: Headers) -> Response:
        if _INDEX not in self._files:
            return HTMLResponse(_NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE)
        file = self._files.get(path)
        if file is None:
            if "." in path.rpartition("/")[2]:
                return problem(HTTPStatus.NOT_FOUND, f"There is nothing at {path}.")
            file = self._files[_INDEX]
        answer = {
            "content-security-policy": POLICY,
            "cache-control": _IMMUTABLE if path.startswith("/assets/") else "no-cache",
            "etag": file.tag,
            "vary": "accept-encoding",
        }
        if headers.get("if-none-match") == file.tag:
            return Response(None, HTTPStatus.NOT_MODIFIED, answer)
        content = file.content
        if "gzip" in headers.get("accept-encoding", "") and file.compressed is not None:
            content, answer["content-encoding"] = file.compressed, "gzip"
        return Response(content, HTTPStatus.OK, answer, file.type)
