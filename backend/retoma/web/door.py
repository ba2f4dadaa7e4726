"""The door: every request and every WebSocket passes it, in this order, before any route sees it.

Host (421) → Origin (403) → Sec-Fetch-Site (403) → token (401) → JSON content type (415) → size (413). Whole values
are compared, never parts of them, and no header skips a check. It is plain ASGI, so that streams pass unbuffered.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retoma.settings import LOOPBACK_HOSTS, Settings
from retoma.web.access import Access
from retoma.web.errors import problem

BODY_LIMIT = 4 * 1024 * 1024
# A card with all its logs; it is not kept in memory.
IMPORT_LIMIT = 2 * 1024 * 1024 * 1024
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]/@\s]+)(?::[0-9]{1,5})?")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
_NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'"
_WAY_IN = "Open the link that `retoma up` printed in the terminal, or run `retoma link` for a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    status: int
    detail: str
    headers: Mapping[str, str] | None = None


class Door:
    """Middleware that lets in who may come in."""

    def __init__(self, app: ASGIApp, access: Access, settings: Settings) -> None:
        self._app = app
        self._access = access
        further = [name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip()]
        self._behind_proxy = frozenset(further)
        self._names = frozenset([*(_bracketed(name) for name in (*LOOPBACK_HOSTS, settings.host)), *further])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._judge(scope)
        answer = _with_headers(scope, send)
        if refusal is None:
            await self._app(scope, _limited(receive, _limit_of(scope)), answer)
            return
        response = problem(refusal.status, refusal.detail, headers=refusal.headers)
        if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        await _refuse(response, scope, receive, answer)

    def _judge(self, scope: Scope) -> _Refusal | None:
        headers = Headers(scope=scope)
        return (
            self._judge_host(headers.getlist("host"))
            or self._judge_origin(scope, headers)
            or self._judge_credential(scope, headers)
            or _judge_body(scope, headers)
        )

    def _judge_host(self, given: Sequence[str]) -> _Refusal | None:
        match = _HOST.fullmatch(given[0].lower()) if len(given) == 1 else None
        if match is None or match[1] not in self._names:
            return _Refusal(status=421, detail="This server is not known by that name; see RETOMA_ALLOWED_HOSTS.")
        return None

    def _judge_origin(self, scope: Scope, headers: Headers) -> _Refusal | None:
        given = headers.getlist("origin")
        host = headers["host"].lower()
        own = {f"http://{host}"}
        if host in self._behind_proxy:
            own.add(f"https://{host}")
        if given and (len(given) > 1 or given[0] not in own):
            return _Refusal(status=403, detail="Another site's page may not use this server.")
        if not self._has_cookie(headers):
            return None
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if changes and not given:
            return _Refusal(status=403, detail="With the cookie as credential, this needs an Origin header.")
        if _needs_token(scope) and headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return _Refusal(status=403, detail="Another site's page may not use this server.")
        return None

    def _has_cookie(self, headers: Headers) -> bool:
        """Whether the cookie would be the credential. A token in a header is never sent by a browser on its own."""
        return "authorization" not in headers and self._access.cookie_name in _cookies(headers)

    def _judge_credential(self, scope: Scope, headers: Headers) -> _Refusal | None:
        if not _needs_token(scope):
            return None
        if "authorization" in headers:
            scheme, _, token = headers["authorization"].partition(" ")
            fits = scheme.lower() == "bearer" and self._access.is_token(token.strip())
        else:
            fits = self._access.is_cookie(_cookies(headers).get(self._access.cookie_name, ""))
        if fits:
            return None
        return _Refusal(status=401, detail=_WAY_IN, headers={"www-authenticate": 'Bearer realm="retoma"'})


def _needs_token(scope: Scope) -> bool:
    """Whether the token is needed: for everything but health, one-time links and the page's files."""
    path: str = scope["path"]
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return True
    return path == "/api" or (path.startswith("/api/") and path != "/api/health")


def _judge_body(scope: Scope, headers: Headers) -> _Refusal | None:
    if "\0" in scope["path"]:
        return _Refusal(status=404, detail="There is nothing at such a path.")
    if scope["type"] != "http":
        return None
    length = headers.get("content-length", "0")
    if length == "0" and "transfer-encoding" not in headers:
        return None
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _Refusal(status=415, detail="A body is JSON: send it with Content-Type: application/json.")
    if length.isdigit() and int(length) > _limit_of(scope):
        return _Refusal(status=413, detail=_too_large(_limit_of(scope)))
    return None


def _limit_of(scope: Scope) -> int:
    return IMPORT_LIMIT if scope["path"] == "/api/import" else BODY_LIMIT


def _too_large(limit: int) -> str:
    return f"A body has at most {limit // 1024 // 1024} MiB here."


def _limited(receive: Receive, limit: int) -> Receive:
    """Count what comes in: a body sent in chunks tells no length."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413, _too_large(limit))
        return message

    return counted


def _with_headers(scope: Scope, send: Send) -> Send:
    """Add the headers that every answer has."""
    private = scope["path"].startswith(("/api", "/launch/"))

    async def extended(message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("content-security-policy", _NO_CONTENT_POLICY)
            if private:
                headers.setdefault("cache-control", "no-store")
        await send(message)

    return extended


async def _refuse(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        message = await receive()
        if message["type"] != "websocket.connect":
            return
    await response(scope, receive, send)


def _cookies(headers: Headers) -> Mapping[str, str]:
    pairs = [part.strip().partition("=") for line in headers.getlist("cookie") for part in line.split(";")]
    return {name: value for name, _, value in pairs}


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name
