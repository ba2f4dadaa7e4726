"""A model server on loopback: Anthropic's Messages API, with streaming, as far as Claude Code uses it.

    with ModelServer() as server: …      # in a test: server.url, server.requests
    python -m support.model_server --port N          # as a process of its own; GET /requests gives its log

What the model says stands in `model_script.py`.
"""

import argparse
import gzip
import json
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from retoma.core.json import JsonObject, JsonValue
from support.model_script import Block, Failure, Text, Thinking, ToolUse, Turn, find_place, reply, texts_of

_USAGE: JsonObject = {
    "input_tokens": 100,
    "cache_creation_input_tokens": 10,
    "cache_read_input_tokens": 20,
    "output_tokens": 1,
}


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One model request that was answered: tests count these to prove that nothing ran twice."""

    path: str
    scenario: str
    step: int
    status: int
    said: str = ""  # all texts of the conversation, the user's and the model's


class ModelServer:
    """The server, running between enter and exit. Port 0 takes a free one."""

    def __init__(self, port: int = 0) -> None:
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The base address, for ANTHROPIC_BASE_URL."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def requests(self) -> Sequence[ModelRequest]:
        """The model requests so far, in order; auxiliary ones (titles and the like) are left out."""
        return tuple(self._http.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Block until the server ends."""
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # an agent that was killed may leave a connection open
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: "type[_Handler]") -> None:
        super().__init__(address, handler)
        self.requests: list[ModelRequest] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_HEAD(self) -> None:
        self._send(200, b"")

    def do_GET(self) -> None:
        if self.path.startswith("/requests"):
            self._send_json(200, [asdict(request) for request in self.server.requests])
        else:
            self._send_json(200, {"data": [], "has_more": False})

    def do_POST(self) -> None:
        body = self._body()
        path = self.path.partition("?")[0]
        if path == "/v1/messages/count_tokens":
            self._send_json(200, {"input_tokens": 123})
        elif path == "/v1/messages":
            self._answer(path, json.loads(body))
        else:
            self._send_json(404, {"type": "error", "error": {"type": "not_found_error", "message": path}})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the log of requests is `ModelServer.requests`."""

    def _answer(self, path: str, request: JsonObject) -> None:
        place = find_place(request)
        said = (Text("Auxiliary."),) if place.scenario == "auxiliary" else reply(place)
        status = said.status if isinstance(said, Failure) else 200
        if place.scenario != "auxiliary":
            self.server.requests.append(ModelRequest(path, place.scenario, place.step, status, texts_of(request)))
        if isinstance(said, Failure):
            error: JsonObject = {"type": said.type, "message": said.message}
            self._send_json(said.status, {"type": "error", "error": error})
        elif request.get("stream"):
            self._stream(request, said)
        else:
            blocks = [_whole(block) for block in said]
            self._send_json(200, {**_message(request), "content": blocks, "stop_reason": _stop_reason(said)})

    def _stream(self, request: JsonObject, said: Turn) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for event in _events(request, said):
                data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the agent was killed or interrupted in mid-answer

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            chunks: list[bytes] = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(chunks)
        else:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
        return gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body

    def _send_json(self, status: int, value: JsonValue) -> None:
        self._send(status, json.dumps(value).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


# ---- the Messages API --------------------------------------------------------------------------------------------


def _message(request: JsonObject) -> dict[str, JsonValue]:
    return {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": request.get("model"),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _USAGE,
    }


def _stop_reason(said: Turn) -> str:
    return "tool_use" if any(isinstance(block, ToolUse) for block in said) else "end_turn"


def _whole(block: Block) -> JsonObject:
    match block:
        case Text(text):
            return {"type": "text", "text": text}
        case Thinking(text):
            return {"type": "thinking", "thinking": text, "signature": "c2lnbmF0dXJl"}
        case ToolUse(name, tool_input):
            return {"type": "tool_use", "id": f"toolu_{secrets.token_hex(12)}", "name": name, "input": tool_input}


def _events(request: JsonObject, said: Turn) -> Iterator[JsonObject]:
    yield {"type": "message_start", "message": _message(request)}
    for index, block in enumerate(said):
        yield {"type": "content_block_start", "index": index, "content_block": _opening(block)}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": _stop_reason(said), "stop_sequence": None},
        "usage": {**_USAGE, "output_tokens": 50},
    }
    yield {"type": "message_stop"}


def _opening(block: Block) -> JsonObject:
    match block:
        case Text():
            return {"type": "text", "text": ""}
        case Thinking():
            return {"type": "thinking", "thinking": "", "signature": ""}
        case ToolUse():
            return {**_whole(block), "input": {}}


def _deltas(block: Block) -> Iterator[JsonObject]:
    match block:
        case Text(text, seconds):
            for part, pause in _parts(text, seconds):
                time.sleep(pause)
                yield {"type": "text_delta", "text": part}
        case Thinking(text):
            yield {"type": "thinking_delta", "thinking": text}
            yield {"type": "signature_delta", "signature": "c2lnbmF0dXJl"}
        case ToolUse(_, tool_input):
            yield {"type": "input_json_delta", "partial_json": json.dumps(tool_input)}


def _parts(text: str, seconds: float) -> Iterator[tuple[str, float]]:
    """Cut `text` into parts, each with the pause before it; without a duration it stays whole."""
    count = 20 if seconds else 1
    size = -(-len(text) // count)
    for start in range(0, len(text), size):
        yield text[start : start + size], seconds / count


def main() -> None:
    """Run the server until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=0)
    with ModelServer(parser.parse_args().port) as server:
        print(server.url, flush=True)
        server.wait()


if __name__ == "__main__":
    main()
