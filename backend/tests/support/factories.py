"""Projects, cards, executions and entries, made through the services as the product makes them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from retoma.cards import service as cards
from retoma.cards.model import Card, Column
from retoma.core.clock import utc_now
from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.ids import new_id
from retoma.core.status import Command, Status, Usage
from retoma.executions import claim_store, message_store, request_store, service, store
from retoma.executions.model import Execution, Message, MessageState, Progress, Request, RequestState
from retoma.logs import store as logs
from retoma.projects import service as projects
from retoma.projects import store as project_store
from retoma.projects.model import Project
from retoma.storage.connection import Connection
from retoma.storage.database import Database

WORKER = "worker-of-the-tests"
START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

_paths = count(1)


def create_project(database: Database, *, path: str | None = None) -> Project:
    """Store a project; its repository is only a name."""
    project = Project(
        id=new_id(),
        name="A project",
        path=path or f"/repositories/{next(_paths)}",
        default_branch="main",
        test_command=None,
        agent="rehearsal",
        created_at=utc_now(),
    )
    return database.write(lambda connection: projects.create_project(connection, project))


def create_card(
    database: Database, project: Project | None = None, *, title: str = "A card", column: Column = Column.BACKLOG
) -> Card:
    """Store a card at the end of its column, in a project of its own where none is given."""
    owner = create_project(database) if project is None else project

    def write(connection: Connection) -> Card:
        return cards.create_card(
            connection,
            project_id=owner.id,
            number=project_store.take_card_number(connection, owner.id),
            title=title,
            description="What is to be done.",
            column=column,
            agent=None,
            labels=["one", "two"],
            now=utc_now(),
        )

    return database.write(write)


def start_in(
    connection: Connection,
    card_id: str,
    command: Command = Command.PLAN,
    *,
    key: str | None = None,
    now: datetime | None = None,
) -> tuple[Execution, bool]:
    """Start a card inside an open transaction; returns the execution and whether it is new."""
    return service.start(
        connection,
        card_id=card_id,
        command=command,
        agent="rehearsal",
        prompt=None,
        idempotency_key=key,
        now=now or utc_now(),
    )


def start(
    database: Database, card_id: str, command: Command = Command.PLAN, *, now: datetime | None = None
) -> Execution:
    """Start a card: a queued execution."""
    return database.write(lambda connection: start_in(connection, card_id, command, now=now))[0]


def claim(database: Database, execution: Execution) -> int:
    """Claim an execution for the worker of the tests; returns its fence."""
    until = utc_now() + timedelta(seconds=30)
    fence = database.write(
        lambda connection: claim_store.claim(connection, execution.id, owner=WORKER, lease_until=until)
    )
    assert fence is not None
    return fence


def run(database: Database, card_id: str, command: Command = Command.PLAN) -> tuple[Execution, int]:
    """Start, claim and move to running; returns the execution as it then is, and its fence."""
    execution = start(database, card_id, command)
    fence = claim(database, execution)
    assert database.write(lambda connection: store.move(connection, execution.id, Status.RUNNING, fence=fence))
    return reload(database, execution), fence


def finish(database: Database, execution: Execution, status: Status = Status.SUCCESS) -> None:
    """End a running execution."""
    ended = {"completed_at": utc_now(), "duration": 1.5}
    assert database.write(lambda connection: store.move(connection, execution.id, status, ended))


def reload(database: Database, execution: Execution) -> Execution:
    """Return the execution as it is stored now."""
    with database.read() as connection:
        return service.get_execution(connection, execution.public_id)


def make_entries(first: int, number: int) -> Sequence[LogEntry]:
    """Return `number` entries with the sequences from `first` on."""
    return [
        LogEntry(
            sequence,
            START + timedelta(milliseconds=sequence),
            EntryType.INFO,
            EntryKind.MESSAGE,
            f"line {sequence}",
            {"index": sequence} if sequence % 3 == 0 else None,
        )
        for sequence in range(first, first + number)
    ]


def progress_to(head: int, *, last_line: str | None = None, usage: Usage | None = None) -> Progress:
    """Return the progress of a worker that has taken in the log up to `head`."""
    return Progress(
        head_sequence=head,
        journal_offset=head * 10,
        stderr_offset=head,
        adapter_state={"seen": head},
        last_line=last_line,
        usage=usage,
    )


def append(database: Database, execution: Execution, fence: int, entries: Sequence[LogEntry]) -> None:
    """Store entries as a worker does: the head moves in the same transaction."""

    def write(connection: Connection) -> None:
        head = entries[0].sequence - 1
        progress = progress_to(entries[-1].sequence, last_line=entries[-1].content)
        assert store.advance(connection, execution.id, fence=fence, old_head=head, progress=progress)
        logs.append(connection, execution.id, entries)

    database.write(write)


def ask(database: Database, execution: Execution, n: int = 1) -> Request:
    """Store an open question of the agent."""
    request = Request(
        execution_id=execution.id,
        n=n,
        key=f"question-{n}",
        sequence=n,
        question="May I?",
        tool="Bash",
        input={"command": "make test"},
        state=RequestState.OPEN,
        decision=None,
        message=None,
        created_at=utc_now(),
        answered_at=None,
        delivered_at=None,
    )
    database.write(lambda connection: request_store.insert_request(connection, request))
    return request


def send(database: Database, execution: Execution, n: int = 1, *, text: str = "Begin.") -> Message:
    """Store a message to the agent."""
    message = Message(
        execution_id=execution.id,
        n=n,
        key=new_id(),
        text=text,
        wire=text + "\n",
        state=MessageState.SENDING,
        created_at=utc_now(),
        delivered_at=None,
    )
    database.write(lambda connection: message_store.insert_message(connection, message))
    return message
