"""An exported card as JSON: its shape (docs/http-api.md), and how our values get into it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from retoma.cards import service as cards
from retoma.cards.model import Card
from retoma.core.entries import LogEntry
from retoma.core.errors import UnavailableError
from retoma.core.json import JsonObject, JsonValue
from retoma.core.status import Usage
from retoma.executions import message_store, request_store, store
from retoma.executions.model import Execution, Message, Request
from retoma.logs import store as logs
from retoma.projects import service as projects
from retoma.projects.model import Project
from retoma.storage.database import Database

FORMAT = "retoma-card"
VERSION = 1
# In the evidence of an execution that came from such a document. It has no journal here, and never had.
IMPORTED = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution with all but its log."""

    execution: Execution
    requests: Sequence[Request]
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A card with all its runs, the oldest first, as they were at one moment."""

    project: Project
    card: Card
    runs: Sequence[Run]


# The log of a run, read as it is written out.
Log = Callable[[Execution], Iterator[LogEntry]]


def read_whole(database: Database, card_id: str) -> Whole:
    """Read a card; NotFoundError where there is none."""
    with database.read() as connection:
        card = cards.get_card(connection, card_id)
        found = store.list_executions(connection, {"card_id": card_id}, limit=None)[::-1]
        keys = [execution.id for execution in found]
        requests = request_store.list_requests(connection, keys, open_only=False)
        messages = message_store.list_messages(connection, keys)
        project = projects.get_project(connection, card.project_id)
    runs = [
        Run(
            execution=execution,
            requests=[one for one in requests if one.execution_id == execution.id],
            messages=[one for one in messages if one.execution_id == execution.id],
        )
        for execution in found
    ]
    return Whole(project=project, card=card, runs=runs)


def read_entries(database: Database, execution: Execution) -> Iterator[LogEntry]:
    """Yield the log of an execution up to the head that it had when it was read; nothing where it was removed.

    Page by page: whoever takes long to read holds nothing up. UnavailableError where it was removed in between.
    """
    cursor = execution.head_sequence if execution.log_removed_at is not None else 0
    while cursor < execution.head_sequence:
        with database.read() as connection:
            limit = min(logs.PAGE_LIMIT, execution.head_sequence - cursor)
            entries = logs.read_after(connection, execution.id, cursor, limit)
        if not entries:
            raise UnavailableError(f"The log of execution {execution.public_id} was removed just now; export again.")
        yield from entries
        cursor = entries[-1].sequence


# ---- the shape ------------------------------------------------------------------------------------------------------


def card_document(card: Card) -> JsonObject:
    """Return a card as a document has it: what is its own, whatever board it is on."""
    return {
        "id": card.id,
        "number": card.number,
        "title": card.title,
        "description": card.description,
        "column": card.column,
        "labels": list(card.labels),
        "pinned": card.pinned,
        "agent": card.agent,
        "plan": card.plan,
        "branch": card.branch,
        "createdAt": exact_time(card.created_at),
        "updatedAt": exact_time(card.updated_at),
    }


def run_document(run: Run) -> JsonObject:
    """Return an execution as a document has it, without its entries."""
    execution = run.execution
    evidence = {name: value for name, value in (execution.evidence or {}).items() if name != IMPORTED}
    return {
        "id": execution.public_id,
        "command": execution.command,
        "agent": execution.agent,
        "status": execution.status,
        "isActive": execution.is_active,
        "attemptOf": execution.attempt_of,
        "agentSession": execution.agent_session,
        "prompt": execution.prompt,
        "createdAt": exact_time(execution.created_at),
        "startedAt": _time(execution.started_at),
        "completedAt": _time(execution.completed_at),
        "cancelRequestedAt": _time(execution.cancel_requested_at),
        "logRemovedAt": _time(execution.log_removed_at),
        "duration": execution.duration,
        "result": execution.result,
        "error": execution.error,
        "exitCode": execution.exit_code,
        "evidence": evidence or None,
        "usage": _usage(execution.usage),
        "headSequence": execution.head_sequence,
        "lastLine": execution.last_line,
        "requests": [_request(request) for request in run.requests],
        "messages": [_message(message) for message in run.messages],
    }


def entry_document(entry: LogEntry) -> JsonObject:
    """Return an entry as a document has it."""
    return {
        "sequence": entry.sequence,
        "timestamp": exact_time(entry.timestamp),
        "type": entry.type,
        "kind": entry.kind,
        "content": entry.content,
        "data": entry.data,
    }


def exact_time(moment: datetime) -> str:
    """Return a moment as it is stored: UTC, with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _request(request: Request) -> JsonObject:
    return {
        "n": request.n,
        "key": request.key,
        "sequence": request.sequence,
        "question": request.question,
        "tool": request.tool,
        "input": request.input,
        "state": request.state,
        "decision": request.decision,
        "message": request.message,
        "createdAt": exact_time(request.created_at),
        "answeredAt": _time(request.answered_at),
        "deliveredAt": _time(request.delivered_at),
    }


def _message(message: Message) -> JsonObject:
    return {
        "n": message.n,
        "key": message.key,
        "text": message.text,
        "state": message.state,
        "createdAt": exact_time(message.created_at),
        "deliveredAt": _time(message.delivered_at),
    }


USAGE: Mapping[str, str] = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "cacheReadTokens": "cache_read_tokens",
    "cacheWriteTokens": "cache_write_tokens",
    "costUsd": "cost_usd",
}


def _usage(usage: Usage | None) -> JsonValue:
    if usage is None:
        return None
    values = asdict(usage)
    return {name: values[ours] for name, ours in USAGE.items()}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else exact_time(moment)
