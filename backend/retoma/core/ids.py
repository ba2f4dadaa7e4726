"""Identifiers of what users see. They are opaque: nothing may be read out of one."""

import secrets

# In the place of a boot's id in the run directories of a board that was restored from a backup: of no machine. Who
# they name may live, but for the original board.
RESTORED_BOOT = "restored"


def new_id() -> str:
    """Return a fresh identifier: 16 lower-case hexadecimal digits, 64 random bits."""
    return secrets.token_hex(8)
