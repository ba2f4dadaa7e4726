"""How many trials a test makes: a slice in `make test`, the whole with RETOMA_TEST_LONG=1."""

import os

IS_LONG = bool(os.environ.get("RETOMA_TEST_LONG"))


def trials(usual: int, long: int) -> int:
    """Return the number of trials of this run."""
    return long if IS_LONG else usual
