"""Every SQL statement about the history of all executions: which are asked for, and a page of them.

A page is read off an index (executions/tables.py), so that it takes as long however many executions there are. Where
several filters leave few of many, what the best of their indexes names is looked through.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select, tuple_

from retoma.cards.tables import CardRow
from retoma.core.status import Status
from retoma.executions.model import Execution, Place, Selection
from retoma.executions.store import execution_of
from retoma.executions.tables import ExecutionRow
from retoma.storage.base import table_of

_table = table_of(ExecutionRow)
_cards = table_of(CardRow)


def list_history(
    connection: Connection, selection: Selection, *, behind: Place | None, limit: int
) -> Sequence[Execution]:
    """Return the chosen executions that come behind `behind`, the newest first.

    In the order of their creation, and of two at the same moment by their keys: nothing that is created or deleted
    meanwhile moves another one.
    """
    statement = select(_table).where(*conditions(selection)).limit(limit)
    statement = statement.order_by(_table.c.created_at.desc(), _table.c.id.desc())
    if behind is not None:
        statement = statement.where(tuple_(_table.c.created_at, _table.c.id) < (behind.created_at, behind.id))
    return [execution_of(row) for row in connection.execute(statement)]


def list_named(connection: Connection, public_ids: Sequence[str]) -> Sequence[Execution]:
    """Return those of the executions with these public ids that there are."""
    return [execution_of(row) for row in connection.execute(select(_table).where(_table.c.public_id.in_(public_ids)))]


def list_in_need(connection: Connection, *, limit: int) -> Sequence[Execution]:
    """Return the active executions that a person is to look at, waiting or interrupted: the newest first."""
    needy = (Status.WAITING, Status.INTERRUPTED)
    statement = select(_table).where(_table.c.is_active, _table.c.status.in_(needy)).limit(limit)
    return [execution_of(row) for row in connection.execute(statement.order_by(_table.c.created_at.desc()))]


def conditions(selection: Selection) -> Sequence[ColumnElement[bool]]:
    """Return what has to hold of an execution that is asked for."""
    columns = _table.c
    wanted: list[ColumnElement[bool]] = []
    if selection.statuses:
        # In order, so that the statement is the same text each time.
        wanted.append(columns.status.in_(sorted(selection.statuses)))
    if selection.command is not None:
        wanted.append(columns.command == selection.command)
    if selection.agent is not None:
        wanted.append(columns.agent == selection.agent)
    if selection.card_id is not None:
        wanted.append(columns.card_id == selection.card_id)
    if selection.project_id is not None:
        its_cards = select(_cards.c.id).where(_cards.c.project_id == selection.project_id)
        wanted.append(columns.card_id.in_(its_cards))
    if selection.start is not None:
        wanted.append(columns.created_at >= selection.start)
    if selection.end is not None:
        wanted.append(columns.created_at < selection.end)
    return wanted
