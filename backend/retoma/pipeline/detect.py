"""Which agents this machine has: the program that starts each, and its version."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retoma import rehearsal
from retoma.agents.adapter import Adapter
from retoma.agents.registry import ADAPTERS
from retoma.settings import Settings

_VERSION_SECONDS = 10
_HINTS = {
    "claude-code": "Install Claude Code and sign in, or set RETOMA_CLAUDE_COMMAND to the command that starts it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFound:
    """An agent that Retoma knows. `program` is None where this machine does not have it; `hint` says what to do."""

    adapter: Adapter
    program: Sequence[str] | None
    version: str | None
    hint: str | None


def list_agents(settings: Settings) -> Sequence[AgentFound]:
    """Look for every agent there is an adapter for. Takes as long as their `--version`, once."""
    found = []
    for adapter in ADAPTERS.values():
        program = find_program(adapter.name, settings)
        version = None if program is None else _version(adapter.name, tuple(program))
        usable = program is not None and version is not None
        hint = None if usable else _HINTS.get(adapter.name)
        found.append(AgentFound(adapter=adapter, program=program if usable else None, version=version, hint=hint))
    return found


def find_program(agent: str, settings: Settings) -> Sequence[str] | None:
    """Return the argv prefix that starts `agent`, or None where nothing is set and nothing is found."""
    if agent == "rehearsal":
        return [sys.executable, "-I", "-S", str(Path(str(rehearsal.__file__)).with_name("__main__.py"))]
    if settings.claude_command:
        return shlex.split(settings.claude_command)
    on_path = shutil.which("claude")
    if on_path is not None:
        return [on_path]
    bundled = _bundled_claude()
    return None if bundled is None else [bundled]


def _bundled_claude() -> str | None:
    spec = importlib.util.find_spec("claude_agent_sdk")  # found, not imported
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        program = Path(folder) / "_bundled" / "claude"
        if os.access(program, os.X_OK):
            return str(program)
    return None


@lru_cache(maxsize=32)
def _version(agent: str, program: tuple[str, ...]) -> str | None:
    if agent == "rehearsal":
        return "built in"
    try:
        done = subprocess.run(
            [*program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_VERSION_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip() or "unknown version"
