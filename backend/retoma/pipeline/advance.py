"""What the end of an execution means for its card."""

from datetime import datetime

from retoma.cards import service as cards
from retoma.cards.model import Column
from retoma.core.status import Command, Status
from retoma.executions import store
from retoma.executions.model import Execution
from retoma.storage.connection import Connection


def plan_of(
    connection: Connection, execution: Execution, *, proposed: str | None, last_words: str | None
) -> str | None:
    """Return the plan that a good /plan gave: the one it proposed, else its last words.

    Not the last words of a run that goes on after a plan was given: they are about something else.
    """
    resumed = execution.attempt_of
    earlier = None if resumed is None else store.get_execution(connection, resumed)
    is_more = earlier is not None and earlier.status is Status.SUCCESS
    return proposed or (None if is_more else last_words)


def keep_plan(connection: Connection, card_id: str, plan: str | None, now: datetime) -> None:
    """Keep the plan that a successful /plan gave. In the transaction that ends the execution: seen together."""
    if plan is not None and plan.strip():
        cards.edit_card(connection, card_id, {"plan": plan.strip()}, now)


def advance_card(connection: Connection, execution: Execution, now: datetime) -> bool:
    """Move the card on after its execution's end: to done after a good /review. True: it moved.

    A second call moves nothing, and neither does one after the user put the card elsewhere or started it again.
    """
    card = cards.get_card(connection, execution.card_id)
    good_review = execution.command is Command.REVIEW and execution.status is Status.SUCCESS and execution.is_active
    if not good_review or card.column is not Column.REVIEW:
        return False
    cards.move_card(connection, card.id, Column.DONE, None, now)
    return True
