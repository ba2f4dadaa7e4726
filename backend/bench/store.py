"""Data folders to measure on: a migrated database with a project, cards, executions and entries of a known size."""

import inspect
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from retoma.cards import service as cards
from retoma.cards.model import Card, Column
from retoma.core.clock import utc_now
from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.ids import new_id
from retoma.core.status import Command, Status
from retoma.executions import store as executions
from retoma.logs import store as logs
from retoma.projects import service as projects
from retoma.projects import store as project_store
from retoma.projects.model import Project
from retoma.rehearsal.player import numbered_lines
from retoma.settings import Settings, load_settings
from retoma.storage import migrate
from retoma.storage.database import Database

PROJECT = "bench"
TEXT_BYTES = 170  # with the rest of a rehearsal line: about 200 bytes
_SEED_GROUP = 20_000
_SEED = 9


@contextmanager
def data_folder(options: Mapping[str, str | int | None] | None = None) -> Iterator[Settings]:
    """Yield the settings of a fresh data folder with a migrated SQLite database; it is removed afterwards."""
    with TemporaryDirectory(prefix="retoma-bench-", dir=os.environ.get("RETOMA_BENCH_FOLDER")) as folder:
        settings = load_settings({"data": folder, **(options or {})}, {})
        migrate.upgrade(settings.url)
        yield settings


def add_project(connection: Connection, path: Path, agent: str = "rehearsal") -> None:
    """Store the one project of a measure."""
    projects.create_project(
        connection,
        Project(
            id=PROJECT,
            name="Bench",
            path=str(path),
            default_branch="main",
            test_command=None,
            agent=agent,
            created_at=utc_now(),
        ),
    )


def add_card(connection: Connection, description: str = "") -> Card:
    """Store one card."""
    number = project_store.take_card_number(connection, PROJECT)
    return cards.create_card(
        connection,
        project_id=PROJECT,
        number=number,
        title=f"Card {number}",
        description=description,
        column=Column.BACKLOG,
        agent=None,
        labels=[],
        now=utc_now(),
    )


def add_execution(
    connection: Connection,
    card_id: str,
    *,
    status: Status = Status.RUNNING,
    head: int = 0,
    agent: str = "rehearsal",
    owner: str | None = None,
) -> tuple[int, str]:
    """Store an execution as the card's active one, `owner`'s if it is to be followed; return its key and public id."""
    public_id, now = new_id(), utc_now()
    values = {
        "public_id": public_id,
        "card_id": card_id,
        "command": Command.IMPLEMENT,
        "agent": agent,
        "status": status,
        "is_active": True,
        "agent_session": public_id,
        "created_at": now,
        "started_at": now,
        "completed_at": now if status.over else None,
        "duration": 1.0 if status.over else None,
        "head_sequence": head,
        "last_line": f"line {head:06d}",
        "journal_offset": 0,
        "stderr_offset": 0,
        "owner": owner,
        "fence": 0,
    }
    return executions.insert_execution(connection, values), public_id


def add_entries(database: Database, execution_id: int, count: int) -> None:
    """Store `count` entries of TEXT_BYTES each, about a millisecond apart; the execution's head is the caller's."""
    texts, chance, moment = source_texts(), Random(_SEED), utc_now() - timedelta(seconds=count / 1000)
    for first in range(1, count + 1, _SEED_GROUP):
        entries = []
        for sequence in range(first, min(count, first + _SEED_GROUP - 1) + 1):
            moment += timedelta(microseconds=chance.randrange(2000))
            text = texts[sequence % len(texts)]
            entries.append(LogEntry(sequence, moment, EntryType.INFO, EntryKind.MESSAGE, text))
        database.write(partial(logs.append, execution_id=execution_id, entries=entries))


@cache
def source_texts() -> Sequence[str]:
    """Return pieces of TEXT_BYTES of what agents print most, source text: that of Python's own library.

    Padding would compress to nothing, and prove nothing.
    """
    files = sorted(Path(str(inspect.__file__)).parent.glob("*.py"))
    text = "".join(file.read_text("utf-8").encode("ascii", "replace").decode() for file in files)
    return [text[place : place + TEXT_BYTES] for place in range(0, len(text) - TEXT_BYTES, TEXT_BYTES)]


def journal(count: int) -> bytes:
    """Return the journal of a rehearsal agent's `lines COUNT size 170`."""
    return numbered_lines(1, count, TEXT_BYTES)


def repository(folder: Path) -> None:
    """Make a git repository with one commit."""
    folder.mkdir()
    (folder / "README.md").write_text("A repository to measure on.\n", "utf-8")
    identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.invalid", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], [*identity, "commit", "-q", "-m", "First"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
