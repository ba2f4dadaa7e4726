"""Taking an exported card into a board: all of it in one transaction, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path

from retoma.backup.archive import Stream
from retoma.backup.document import IMPORTED, Run, read_whole
from retoma.backup.reading import Document, is_same, read_document
from retoma.cards import store as card_store
from retoma.core.clock import utc_now
from retoma.core.errors import ConflictError
from retoma.executions import message_store, request_store, store
from retoma.executions.model import Execution
from retoma.logs import chunk_store
from retoma.projects import service as projects
from retoma.projects import store as project_store
from retoma.storage.connection import Connection
from retoma.storage.database import Database

# A number so far behind the last one would leave the board's own count there for ever.
_NUMBERS_AHEAD = 10_000
_KEY = "id"  # the tables give it


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """The card that was taken in; `is_new`: False where it was there already, with the same content."""

    card_id: str
    project_id: str
    number: int
    executions: int
    entries: int
    is_new: bool


def import_card(database: Database, stream: Stream, *, project_id: str | None, folder: Path) -> TakenIn:
    """Take an exported card into a project (None: the default one); `folder` is for what passes.

    InvalidError where the file can't be read; ConflictError, naming what, where the card or an execution of it is
    there already with other content. Then nothing was changed.
    """
    with read_document(stream, folder=folder) as document:
        with database.read() as connection:
            if project_id is None:
                project_id = projects.default_project(connection).id
            project = projects.get_project(connection, project_id)
            there = card_store.get_card(connection, document.card.id)
        if there is not None:
            if not is_same(document, database, read_whole(database, there.id)):
                raise ConflictError(f"Card {there.id} (#{there.number}) is there already, with other content.")
            return _taken(document, there.project_id, there.number, is_new=False)
        # The logs are packed already: what is left to be written is short, also where they are long.
        number = database.write(lambda connection: _store(connection, document, project.id, utc_now()))
        return _taken(document, project.id, number, is_new=True)


def _taken(document: Document, project_id: str, number: int, *, is_new: bool) -> TakenIn:
    return TakenIn(
        card_id=document.card.id,
        project_id=project_id,
        number=number,
        executions=len(document.runs),
        entries=sum(stored.chunk.entries for one in document.runs for stored in one.log),
        is_new=is_new,
    )


def _store(connection: Connection, document: Document, project_id: str, now: datetime) -> int:
    projects.get_project(connection, project_id)
    card = document.card
    if card_store.get_card(connection, card.id) is not None:
        raise ConflictError(f"Card {card.id} came just now; import it again to compare.")
    known = store.list_stands(connection, [one.run.execution.public_id for one in document.runs])
    if known:
        raise ConflictError(f"Execution {known[0].public_id} is there already, on another card.")
    number = _number(connection, project_id, card.number)
    last = card_store.last_position(connection, project_id, card.column)
    position = 1.0 if last is None else last + 1
    card_store.insert_card(connection, replace(card, project_id=project_id, number=number, position=position))
    for one in document.runs:
        key = _store_run(connection, one.run, now)
        for stored in one.log:
            chunk_store.insert_chunk(connection, key, stored.chunk, document.body(stored))
    return number


def _number(connection: Connection, project_id: str, wanted: int) -> int:
    last = project_store.take_card_number(connection, project_id)
    if wanted > last + _NUMBERS_AHEAD or card_store.has_number(connection, project_id, wanted):
        return last
    project_store.give_back_card_number(connection, project_id, last, keeps=wanted)
    return wanted


def _store_run(connection: Connection, run: Run, now: datetime) -> int:
    execution = run.execution
    values: Mapping[str, object] = {
        **{field.name: getattr(execution, field.name) for field in fields(Execution) if field.name != _KEY},
        "evidence": {**(execution.evidence or {}), IMPORTED: True},
        "sealed_at": now,
    }
    key = store.insert_execution(connection, values)
    for request in run.requests:
        request_store.insert_request(connection, replace(request, execution_id=key))
    taken = message_store.find_keys(connection, [message.key for message in run.messages])
    if taken:
        raise ConflictError(f"Message {taken[0]} of execution {execution.public_id} is there already, on another one.")
    for message in run.messages:
        message_store.insert_message(connection, replace(message, execution_id=key))
    return key
