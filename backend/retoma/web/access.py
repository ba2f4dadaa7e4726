"""Who may come in: the access token, the cookie that stands for it, and the one-time links that set the cookie."""

import hashlib
import hmac
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from retoma.core.clock import boot_seconds
from retoma.core.errors import InvalidError

LINK_SECONDS = 600.0
COOKIE_SECONDS = 365 * 24 * 3600
_TOKEN_FILE = "token"  # noqa: S105 - the file's name
_TOKEN_BYTES = 32
_SHORTEST_TOKEN = 16


def read_token(data: Path, given: str = "") -> str:
    """Return the access token: `given` where it is set, else the one in the data folder, made at the first start.

    InvalidError where the file holds no usable one.
    """
    if given:
        return given
    file = data / _TOKEN_FILE
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    draft = data / f"{_TOKEN_FILE}.{os.getpid()}"
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(token + "\n")
        # In one go: of two servers that start together, the second reads the whole token of the first.
        os.link(draft, file)
    except FileExistsError:
        file.chmod(0o600)
        token = file.read_text("ascii", "replace").strip()
        if len(token) < _SHORTEST_TOKEN:
            sentence = f"{file} holds no usable token (at least {_SHORTEST_TOKEN} characters); delete it for a new one."
            raise InvalidError(sentence) from None
    finally:
        draft.unlink(missing_ok=True)
    return token


class Access:
    """Checks tokens, cookies and one-time links. Nothing here is ever logged. Safe from any thread."""

    def __init__(self, data: Path, token: str, clock: Callable[[], float] = boot_seconds) -> None:
        self._token = token.encode()
        self._clock = clock
        self._links: dict[str, float | None] = {}
        self._lock = threading.Lock()
        # Browsers send a host's cookies to all its ports: each data folder has a name of its own.
        self.cookie_name = f"retoma_{hashlib.sha256(str(data).encode()).hexdigest()[:8]}"

    def is_token(self, presented: str) -> bool:
        """Whether `presented` is the token; takes as long for a wrong one as for the right one."""
        return hmac.compare_digest(presented.encode("utf-8", "surrogateescape"), self._token)

    def new_cookie(self) -> str:
        """Return a cookie's value: proves the token without containing it. A new token ends it, a restart does not."""
        nonce = secrets.token_hex(16)
        return f"{nonce}.{self._proof(nonce)}"

    def is_cookie(self, presented: str) -> bool:
        """Whether `presented` is a cookie's value that was made under the present token."""
        nonce, _, proof = presented.partition(".")
        return hmac.compare_digest(proof.encode("utf-8", "surrogateescape"), self._proof(nonce).encode())

    def new_link(self, *, seconds: float | None) -> str:
        """Return the path of a one-time link, good for `seconds` (None: until it is used)."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._links[code] = None if seconds is None else self._clock() + seconds
        return f"/launch/{code}"

    def redeem(self, code: str) -> bool:
        """Use up a one-time link. False: it was used, it is too old, or it never was."""
        with self._lock:
            if code not in self._links:
                return False
            until = self._links.pop(code)
        return until is None or self._clock() <= until

    def _proof(self, nonce: str) -> str:
        return hmac.new(self._token, b"retoma cookie " + nonce.encode("utf-8", "surrogateescape"), "sha256").hexdigest()
