"""Which agents this machine has: the program that starts each, its version, and whether it is signed in."""

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retoma import rehearsal
from retoma.agents.adapter import Adapter
from retoma.agents.registry import ADAPTERS
from retoma.core.errors import NotFoundError
from retoma.settings import Settings

_ANSWER_SECONDS = 10
_INSTALL = "Install Claude Code and sign in, or set RETOMA_CLAUDE_COMMAND to the command that starts it."
_SIGN_IN = "Sign in: run `claude` once in a terminal, or set ANTHROPIC_API_KEY where Retoma is started."


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFound:
    """An agent that Retoma knows. `program` is None where this machine does not have it; `hint` says what to do."""

    adapter: Adapter
    program: Sequence[str] | None
    version: str | None
    signed_in: bool | None  # None: it needs no account, or does not tell
    hint: str | None


def list_agents(settings: Settings) -> Sequence[AgentFound]:
    """Look for every agent there is an adapter for. Takes as long as they take to answer, once."""
    return [_known.get((name, settings.claude_command)) or look_at_agent(name, settings) for name in ADAPTERS]


# By name and setting. Programs answer in half a second, and a page asks for all of them.
_known: dict[tuple[str, str], AgentFound] = {}


def look_at_agent(name: str, settings: Settings) -> AgentFound:
    """Ask one agent's program anew: it may have been installed or signed in meanwhile. NotFoundError."""
    adapter = ADAPTERS.get(name)
    if adapter is None:
        raise NotFoundError(f"There is no agent {name!r}. Known agents: {', '.join(sorted(ADAPTERS))}.")
    program = find_program(name, settings)
    version: str | None = None
    signed_in: bool | None = None
    hint: str | None = _INSTALL
    if name == "rehearsal":
        version, hint = "built in", None
    elif program is not None and (version := _answer([*program, "--version"], good_only=True)) is not None:
        version, signed_in = version or "unknown version", _is_signed_in(program)
        hint = _SIGN_IN if signed_in is False else None
    found = AgentFound(
        adapter=adapter,
        program=program if version is not None else None,
        version=version,
        signed_in=signed_in,
        hint=hint,
    )
    _known[name, settings.claude_command] = found
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


def _is_signed_in(program: Sequence[str]) -> bool | None:
    """Return what the program says of its account; it asks no server for that. Older ones say nothing."""
    try:
        told = json.loads(_answer([*program, "auth", "status"]) or "")
    except ValueError:
        return None
    signed_in = told.get("loggedIn") if isinstance(told, dict) else None
    return signed_in if isinstance(signed_in, bool) else None


def _answer(argv: Sequence[str], *, good_only: bool = False) -> str | None:
    """Run a program that answers at once; return what it prints, or None where it does not (or, `good_only`, fails)."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_ANSWER_SECONDS, check=good_only
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip()
