"""What a worker needs from an engine, and what the engine calls."""

from collections.abc import Sequence
from typing import Protocol


class Steps(Protocol):
    """The worker's part of one execution, called by the engine. Each may be called again after a crash."""

    def begin(self, public_id: str) -> bool:
        """Prepare the workspace, attach to the execution's recorder, else start one. False: it is over, or not ours."""

    def is_over(self, public_id: str) -> bool:
        """Whether the execution has its final status, or is another worker's."""

    def finish(self, public_id: str) -> None:
        """What follows the end: the card's plan and place."""

    def sweep(self) -> None:
        """Seal, remove and give back what is due (called again and again). One that was cut off is called again."""


class Engine(Protocol):
    """Carries the executions of one worker through their steps, across restarts. Each worker has one of its own."""

    def enqueue(self, public_id: str) -> None:
        """Carry out an execution that this worker owns. While that is under way, a second call changes nothing."""

    def ended(self, public_id: str) -> None:
        """Tell the waiting workflow, if there is one, that the execution has its final status, or another owner."""

    def pending(self) -> Sequence[str]:
        """Return the executions whose workflow has not come to its end."""

    def close(self) -> None:
        """Stop taking work; what waits goes on after the next start."""
