"""The agents that Retoma knows."""

import pytest

from retoma.agents.registry import ADAPTERS, get_adapter
from retoma.core.errors import InvalidError


def test_claude_code_and_the_rehearsal_agent_are_known_by_their_names() -> None:
    assert {name: adapter.name for name, adapter in ADAPTERS.items()} == {
        "claude-code": "claude-code",
        "rehearsal": "rehearsal",
    }
    assert get_adapter("claude-code") is ADAPTERS["claude-code"]


def test_an_unknown_agent_is_refused_with_the_names_of_the_known_ones() -> None:
    with pytest.raises(InvalidError, match=r"no agent 'nobody'.*claude-code, rehearsal"):
        get_adapter("nobody")
