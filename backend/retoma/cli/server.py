"""Calling the running server of a data folder, with nothing but the standard library."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import IO
from urllib.parse import urlencode, urlsplit

from retoma.cli.data_folder import find_server
from retoma.core.errors import AppError, ConflictError, UnavailableError
from retoma.settings import Settings

_SECONDS = 30.0
# What is sent is taken in at more bytes a second than this.
_SLOWEST = 1024 * 1024
_PIECE_BYTES = 256 * 1024


class Server:
    """A server. Each call raises AppError with the server's own sentence where it refuses."""

    def __init__(self, settings: Settings, *, own: str | None = None) -> None:
        """Find the one that runs, NoServerError where there is none; or take this command's `own`, at that address."""
        self.is_own = own is not None
        self.url = find_server(settings.data).url if own is None else own
        file = settings.data / "token"
        try:
            self._token = settings.token or file.read_text("ascii").strip()
        except OSError as error:
            raise ConflictError(
                f"The access token {file} can't be read: {error.strerror}. "
                "If the server was started with RETOMA_TOKEN, set the same one here."
            ) from None

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> dict[str, object]:
        """GET a JSON object."""
        return _object(self._ask("GET", path + (f"?{urlencode(query)}" if query else "")))

    def get_list(self, path: str, query: Mapping[str, str | int] | None = None) -> list[dict[str, object]]:
        """GET a JSON array of objects, or all items of a list that comes in pages."""
        items: list[dict[str, object]] = []
        parameters = dict(query or {})
        while True:
            answer = self._ask("GET", path + (f"?{urlencode(parameters)}" if parameters else ""))
            if isinstance(answer, list):
                return [_object(item) for item in answer]
            page = _object(answer)
            found = page["items"]
            assert isinstance(found, list)  # noqa: S101 - our own API
            items += [_object(item) for item in found]
            if page["nextCursor"] is None:
                return items
            parameters["cursor"] = str(page["nextCursor"])

    def post(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        """POST JSON; returns the JSON object of the answer."""
        return _object(self._ask("POST", path, body or {}))

    def download(self, path: str) -> Iterator[bytes]:
        """GET anything, piece by piece. UnavailableError where the server is lost before the end."""
        try:
            with self._open("GET", path, None) as answer:
                while piece := answer.read1(_PIECE_BYTES):
                    yield piece
                if answer.length:
                    raise http.client.IncompleteRead(b"")
        except (OSError, http.client.HTTPException):
            raise UnavailableError(f"The connection to the server at {self.url} was lost; try again.") from None

    def upload(self, path: str, file: IO[bytes], size: int) -> dict[str, object]:
        """POST a file of JSON; returns the JSON object of the answer."""
        with self._open("POST", path, file, size=size) as answer:
            return _object(json.loads(answer.read()))

    def events(self, path: str) -> Iterator[tuple[str, object]]:
        """Yield the name and the data of each server-sent event until the stream ends, or the server is lost."""
        with self._open("GET", path, None) as answer, suppress(OSError, http.client.HTTPException):
            name = ""
            for raw in answer:
                if not raw.endswith(b"\n"):
                    return  # torn: the server died in the middle of it
                line = raw.rstrip(b"\n")
                if line.startswith(b"event: "):
                    name = line[7:].decode()
                elif line.startswith(b"data: "):
                    yield name, json.loads(line[6:])

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object:
        with self._open(method, path, body) as answer:
            content: object = json.loads(answer.read() or b"null")
            return content

    def _open(
        self, method: str, path: str, body: Mapping[str, object] | IO[bytes] | None, *, size: int | None = None
    ) -> http.client.HTTPResponse:
        address = urlsplit(self.url)
        seconds = _SECONDS if size is None else _SECONDS + size / _SLOWEST
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=seconds)
        headers = {"Authorization": f"Bearer {self._token}", "Connection": "close"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if size is not None:
            headers["Content-Length"] = str(size)
        try:
            content = json.dumps(body) if isinstance(body, Mapping) else body
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
        except OSError as error:
            raise UnavailableError(f"The server at {self.url} does not answer: {error}.") from None
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise ConflictError(
                f"The server at {self.url} was started with another access token. "
                "Set the same RETOMA_TOKEN as for `retoma up`, or start the server again."
            )
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise _refusal(answer)
        return answer


def _refusal(answer: http.client.HTTPResponse) -> AppError:
    try:
        content = _object(json.loads(answer.read()))
    except ValueError:
        return AppError(f"The server answered {answer.status} {answer.reason}.")
    extra = {"executionId": str(content["executionId"])} if "executionId" in content else {}
    return AppError(str(content.get("detail", answer.reason)), extra=extra)


def _object(value: object) -> dict[str, object]:
    assert isinstance(value, dict)  # noqa: S101 - our own API
    return value
