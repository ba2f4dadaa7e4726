"""The agents that Retoma knows, by name."""

from collections.abc import Mapping

from retoma.agents.adapter import Adapter
from retoma.agents.claude_code import ClaudeCodeAdapter
from retoma.agents.rehearsal import RehearsalAdapter
from retoma.core.errors import InvalidError

_KNOWN: tuple[Adapter, ...] = (ClaudeCodeAdapter(), RehearsalAdapter())

ADAPTERS: Mapping[str, Adapter] = {adapter.name: adapter for adapter in _KNOWN}


def get_adapter(name: str) -> Adapter:
    """Return the adapter called `name`. Raises InvalidError, which names the known ones."""
    adapter = ADAPTERS.get(name)
    if adapter is None:
        raise InvalidError(f"There is no agent {name!r}. Known agents: {', '.join(sorted(ADAPTERS))}.")
    return adapter
