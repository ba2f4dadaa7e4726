"""Which agents a machine has, and what they say of themselves."""

import json
from pathlib import Path

import pytest

from retoma.core.errors import NotFoundError
from retoma.pipeline.detect import list_agents, look_at_agent
from retoma.settings import Settings
from support.claude import require_claude


def _program(folder: Path, *, version: str = "9.9 (Agent)", status: str = "", code: int = 0) -> Settings:
    file = folder / "agent"
    file.write_text(
        f"#!/bin/sh\ncase $1 in --version) echo '{version}' ;; auth) echo '{status}'; exit {code} ;; esac\n"
    )
    file.chmod(0o755)
    return Settings(data=folder, claude_command=str(file))


@pytest.mark.parametrize(
    ("status", "code", "signed_in"),
    [
        (json.dumps({"loggedIn": True}), 0, True),
        (json.dumps({"loggedIn": False}), 1, False),
        (json.dumps({"other": 1}), 0, None),
        ("unknown command: auth", 1, None),
    ],
)
def test_an_agent_says_whether_it_is_signed_in(tmp_path: Path, status: str, code: int, signed_in: object) -> None:
    found = look_at_agent("claude-code", _program(tmp_path, status=status, code=code))
    assert (found.version, found.signed_in) == ("9.9 (Agent)", signed_in)
    assert (found.hint is not None) == (signed_in is False)


def test_an_agent_that_is_not_there_says_what_to_do_and_is_found_once_it_is(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, claude_command=str(tmp_path / "agent"))
    (missing,) = [one for one in list_agents(settings) if one.adapter.name == "claude-code"]
    assert (missing.program, missing.version, missing.signed_in) == (None, None, None)
    assert "Install" in str(missing.hint)
    _program(tmp_path)
    assert look_at_agent("claude-code", settings).version == "9.9 (Agent)"
    (found,) = [one for one in list_agents(settings) if one.adapter.name == "claude-code"]
    assert found.version == "9.9 (Agent)"


def test_the_real_program_tells_whether_it_is_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data=tmp_path, claude_command=" ".join(require_claude()))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    assert look_at_agent("claude-code", settings).signed_in is False
    monkeypatch.setenv("ANTHROPIC_API_KEY", "dummy")
    assert look_at_agent("claude-code", settings).signed_in is True


def test_an_unknown_agent_is_refused_and_the_known_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"nobody.*claude-code, rehearsal"):
        look_at_agent("nobody", Settings(data=tmp_path))


def test_the_rehearsal_needs_nothing(tmp_path: Path) -> None:
    found = look_at_agent("rehearsal", Settings(data=tmp_path))
    assert (found.version, found.signed_in, found.hint) == ("built in", None, None)
