"""What a command that stays says in the terminal: a sentence, or with --json one object a line."""

import json
import logging
from collections.abc import Mapping, Sequence

from retoma.executions.model import Execution


def say(content: Mapping[str, object], text: str, *, speaks_json: bool) -> None:
    """Print one or the other, at once."""
    print(json.dumps(content) if speaks_json else text, flush=True)


def say_goodbye(who: str, going_on: Sequence[Execution], what_next: str, *, speaks_json: bool) -> None:
    """Say that `who` has ended, which runs go on without it, and `what_next` about them."""
    text = f"{who} has ended."
    if going_on:
        runs = "".join(f"\n  {one.public_id}  {one.command} by {one.agent}, {one.status}" for one in going_on)
        text += f" Going on without it:{runs}\n{what_next}"
    ids = [execution.public_id for execution in going_on]
    say({"event": "ended", "goingOn": ids}, text, speaks_json=speaks_json)


def log_to_terminal() -> None:
    """Let warnings and errors of this process go to stderr."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
