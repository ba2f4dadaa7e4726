"""What goes into an agent, in one piece or not at all."""

from retoma.agents.adapter import Adapter, AgentInput
from retoma.core.errors import InvalidError

# The largest FIFO that a user may ask the system for, and so the most that can be written to an agent in one call
# (worker/inbox.py: a longer write could be torn by a kill, and a torn line ends Claude Code).
INPUT_BYTES = 1024 * 1024


def encode_within(adapter: Adapter, message: AgentInput, *, what: str, way_out: str) -> bytes:
    """Return `message` as the agent's lines; InvalidError, naming the limit, where they are too long for its input."""
    wire = adapter.encode(message)
    if len(wire) > INPUT_BYTES:
        sentence = f"{what} is too long for an agent: {len(wire)} bytes, where {INPUT_BYTES} fit. {way_out}"
        raise InvalidError(sentence)
    return wire
