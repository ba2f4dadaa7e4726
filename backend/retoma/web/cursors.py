"""The opaque cursors of lists."""

import base64
import binascii

from retoma.core.errors import InvalidError

_MARK = b"before:"


def encode_cursor(key: int) -> str:
    """Return the cursor of the page behind the item with this key."""
    return base64.urlsafe_b64encode(_MARK + str(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> int | None:
    """Return the key in a cursor of ours; None stays None. InvalidError for anything else."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if raw.startswith(_MARK) and len(raw) < len(_MARK) + 19 and raw[len(_MARK) :].isdigit():
            return int(raw[len(_MARK) :])
    except (binascii.Error, ValueError):
        pass
    sentence = "The cursor is none that this server gave out; begin again without one."
    raise InvalidError(sentence, errors=[{"field": "cursor", "message": sentence}])
