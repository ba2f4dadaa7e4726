"""The command line, as a person types it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from support.preloaded import Preloaded

_SECONDS = 60


def retoma(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    given, variables = [str(argument) for argument in arguments], {**os.environ, **(environment or {})}
    if (preloaded := Preloaded.fit_for(variables)) is not None:
        return preloaded.run(given, variables, _SECONDS)
    return subprocess.run(
        [sys.executable, "-m", "retoma.cli", *given],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
