"""The settings file in a backup: nothing secret in it, and nothing in it that ties a restored board to the original."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from retoma.core.errors import InvalidError

FILE = "retoma.toml"
_SECRETS = frozenset({"token"})
# Where else the original keeps what is its own: two boards on one of these would take one another for themselves.
_PLACES = frozenset({"database_url", "redis_url"})
_SECRET_PARAMETERS = frozenset({"password", "passfile", "sslpassword", "sslkey"})


def without_secrets(data: Path) -> bytes | None:
    """Return the settings file of a data folder without what is secret, None where there is none."""
    try:
        found = tomllib.loads((data / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"{data / FILE} can't be read: {error}.") from None
    kept = {name: value for name, value in found.items() if name not in _SECRETS}
    return _written({name: _open(value) if name in _PLACES else value for name, value in kept.items()})


def for_another_board(content: bytes) -> bytes:
    """Return the settings of a backup for the board that is restored; what is only the original's is a comment."""
    found = tomllib.loads(content.decode("utf-8"))
    places = {name: value for name, value in found.items() if name in _PLACES}
    comment = "".join(f"# the original's: {line}\n" for line in _written(places).decode("utf-8").splitlines())
    return comment.encode() + _written({name: value for name, value in found.items() if name not in _PLACES})


def _written(values: Mapping[str, object]) -> bytes:
    # Settings are words, numbers and truths: their JSON is TOML.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n".replace("\x7f", "\\u007f")
        for name, value in values.items()
    ]
    return "".join(lines).encode("utf-8")


def _open(address: object) -> str:
    """Return a URL without its password."""
    parts = urlsplit(str(address))
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    query = [(key, value) for key, value in parse_qsl(parts.query) if key.lower() not in _SECRET_PARAMETERS]
    place = f"{name}@{host}" if name else host
    # `sqlite:///PATH` has no host: put together by hand, since urlunsplit leaves its empty place out.
    rest = urlunsplit(("", "", parts.path, urlencode(query), ""))
    return f"{parts.scheme}://{place}{rest}"
