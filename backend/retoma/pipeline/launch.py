"""Starting an execution: what is checked before its row is stored."""

from datetime import datetime

from retoma.agents.registry import get_adapter
from retoma.cards import service as cards
from retoma.cards.model import Card, Column
from retoma.core.errors import InvalidError
from retoma.core.status import Command
from retoma.executions import service as executions
from retoma.executions.model import Execution
from retoma.projects import service as projects
from retoma.rehearsal.script import ScriptError, find_script, parse_script
from retoma.storage.connection import Connection

# Where a card stands while a command works on it.
COLUMNS = {
    Command.PLAN: Column.PLAN,
    Command.IMPLEMENT: Column.IMPLEMENT,
    Command.TEST: Column.TEST,
    Command.REVIEW: Column.REVIEW,
}


def start_execution(
    connection: Connection,
    *,
    card_id: str,
    command: str,
    agent: str | None,
    prompt: str | None,
    idempotency_key: str | None,
    now: datetime,
) -> tuple[Execution, bool]:
    """Store a queued execution and put its card into the command's column, in one write transaction.

    `agent` None means the card's, else the project's. Returns the execution and whether it is new. NotFoundError,
    InvalidError (unknown command or agent, a rehearsal script with a wrong line) and ConflictError change nothing.
    """
    card = cards.get_card(connection, card_id)
    known = _command(command)
    name = agent or card.agent or projects.get_project(connection, card.project_id).agent
    get_adapter(name)
    if name == "rehearsal":
        _check_script(card)
    return store_in_column(
        connection, card, command=known, agent=name, prompt=prompt, idempotency_key=idempotency_key, now=now
    )


def store_in_column(
    connection: Connection,
    card: Card,
    *,
    command: Command,
    agent: str,
    prompt: str | None,
    idempotency_key: str | None,
    now: datetime,
    resumes: Execution | None = None,
) -> tuple[Execution, bool]:
    """Store a queued execution (see executions.service.start) and put its card into the command's column."""
    execution, is_new = executions.start(
        connection,
        card_id=card.id,
        command=command,
        agent=agent,
        prompt=prompt,
        idempotency_key=idempotency_key,
        now=now,
        resumes=resumes,
    )
    if is_new and card.column is not COLUMNS[command]:
        cards.move_card(connection, card.id, COLUMNS[command], None, now)
    return execution, is_new


def _command(command: str) -> Command:
    try:
        return Command(command)
    except ValueError:
        sentence = f"There is no command {command!r}; there are {', '.join(Command)}."
        raise InvalidError(sentence, errors=[{"field": "command", "message": sentence}]) from None


def _check_script(card: Card) -> None:
    script = find_script(card.description)
    if script is None:
        return
    try:
        parse_script(script)
    except ScriptError as error:
        sentence = f"The card's rehearsal script can't be played: {error}"
        raise InvalidError(sentence, errors=[{"field": "description", "message": str(error)}]) from None
