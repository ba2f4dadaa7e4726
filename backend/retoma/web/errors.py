"""Every error as one shape: RFC 9457 problem details. The only place that knows HTTP status codes of our errors."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from retoma.core.errors import AppError

_STATUS = {
    "not-found": HTTPStatus.NOT_FOUND,
    "gone": HTTPStatus.GONE,
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "conflict": HTTPStatus.CONFLICT,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "git": HTTPStatus.SERVICE_UNAVAILABLE,
    "disk-full": HTTPStatus.INSUFFICIENT_STORAGE,
}

# What a status means where the error names no code. (Python's phrases differ from version to version.)
CODES: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
    HTTPStatus.MISDIRECTED_REQUEST: "misdirected-request",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal-server-error",
}


def problem(
    status: int,
    detail: str,
    *,
    title: str | None = None,
    code: str | None = None,
    errors: Sequence[Mapping[str, str]] = (),
    extra: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the one shape of all errors."""
    phrase = HTTPStatus(status).phrase
    content = {
        "type": f"urn:retoma:problem:{code or CODES.get(status, 'failed')}",
        "title": title or phrase,
        "status": status,
        "detail": detail,
        "errors": list(errors),
        **(extra or {}),
    }
    return Response(orjson.dumps(content), status, dict(headers or {}), "application/problem+json")


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error of `app`'s routes in that shape."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_bug)


def app_error_status(error: AppError) -> int:
    """Return the HTTP status that stands for `error`."""
    return _STATUS.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)


async def _on_app_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)  # noqa: S101 - registered for it
    return problem(
        app_error_status(error),
        error.detail,
        title=error.title,
        code=error.code,
        errors=error.errors,
        extra=error.extra,
    )


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    headers = dict(error.headers or {})
    detail, status = str(error.detail), error.status_code
    if status == HTTPStatus.BAD_REQUEST:  # only the framework says so, of JSON too deep to be read
        detail, status = "The body can't be read as JSON.", HTTPStatus.UNPROCESSABLE_ENTITY
    elif error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"There is nothing at {request.url.path}; {_API} lists what there is."
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(sorted(_methods(request)))
        headers = {"allow": allowed}
        detail = f"{request.url.path} takes {allowed}, not {request.method}."
    return problem(status, detail, headers=headers)


_API = "/api/docs"


def _methods(request: Request) -> set[str]:
    found: set[str] = set()
    for route in request.app.state.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return found


async def _on_validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    errors = [{"field": _field(item["loc"]), "message": str(item["msg"])} for item in error.errors()]
    named = [f"{item['field']}: {item['message']}" if item["field"] else item["message"] for item in errors]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"The request is refused: {'; '.join(named)}.",
        title="That input is not usable",
        code="invalid",
        errors=errors,
    )


def _field(location: Sequence[object]) -> str:
    # The first part says where (body, query, path, header); a number behind it is a place in broken JSON. One behind
    # a parameter's name says which of several values it is: nothing that who sent them counts.
    if location[:1] == ("query",):
        return str(location[1])
    parts = [str(part) for part in location[1:]]
    return "" if len(parts) == 1 and parts[0].isdigit() else ".".join(parts)


async def _on_bug(_request: Request, _error: Exception) -> Response:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong inside Retoma; what the server printed in its terminal says more.",
    )
