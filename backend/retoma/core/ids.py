"""Identifiers of what users see. They are opaque: nothing may be read out of one."""

import secrets


def new_id() -> str:
    """Return a fresh identifier: 16 lower-case hexadecimal digits, 64 random bits."""
    return secrets.token_hex(8)
