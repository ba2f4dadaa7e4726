"""What Retoma needs from an engine, and what the engine calls."""

from collections.abc import Sequence
from typing import Protocol


class Steps(Protocol):
    """The worker's part of one execution, called by the engine. Each may be called again after a crash."""

    def begin(self, public_id: str) -> bool:
        """Prepare the workspace, attach to the execution's recorder or else start one. False: it is over already."""

    def is_over(self, public_id: str) -> bool:
        """Whether the execution has its final status."""

    def finish(self, public_id: str) -> None:
        """What follows the end: the card's plan and place."""


class Engine(Protocol):
    """Queues executions and carries each through its steps, across restarts."""

    def enqueue(self, public_id: str) -> None:
        """Queue an execution whose row is stored as `queued`. A second call for the same one changes nothing."""

    def ended(self, public_id: str) -> None:
        """Tell the waiting workflow that the execution has its final status."""

    def pending(self) -> Sequence[str]:
        """Return the executions whose workflow has not come to its end."""

    def close(self) -> None:
        """Stop taking work; what waits goes on after the next start."""
