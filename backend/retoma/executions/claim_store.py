"""Every SQL statement about who carries an execution out: taking, claiming, renewing, taking over.

An execution without an owner may be taken by any worker; one with an owner is that worker's until it is lost. Each
claim has a number, the fence, which all writes of its owner carry: an older number writes nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, case, func, literal, null, or_, select, update

from retoma.core.status import UNFINISHED, Status
from retoma.executions.tables import ExecutionRow
from retoma.storage.base import JsonText, table_of

_table = table_of(ExecutionRow)
_UNFINISHED = _table.c.status.in_(UNFINISHED)


def take(connection: Connection, *, owner: str, room: int, lease_until: datetime) -> Sequence[str]:
    """Give `owner` the oldest queued executions that nobody has, so that it has `room` unfinished ones at most.

    Returns their public ids. Several workers may ask at once: none waits for another, and each execution goes to one.
    """
    mine = select(func.count()).where(_table.c.owner == owner, _UNFINISHED).select_from(_table)
    free = room - int(connection.execute(mine).scalar_one())
    if free <= 0:
        return []
    waiting = (
        select(_table.c.id)
        .where(_table.c.status == Status.QUEUED, _table.c.owner.is_(None))
        .order_by(_table.c.id)
        .limit(free)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(_table)
        .where(_table.c.id.in_(connection.execute(waiting).scalars().all()))
        .values(owner=owner, lease_until=lease_until, fence=_table.c.fence + 1)
        .returning(_table.c.public_id)
    )
    return connection.execute(taken).scalars().all()


def is_any_waiting(connection: Connection) -> bool:
    """Whether there is a queued execution that nobody has."""
    waiting = select(_table.c.id).where(_table.c.status == Status.QUEUED, _table.c.owner.is_(None)).limit(1)
    return connection.execute(waiting).first() is not None


def claim(connection: Connection, execution_id: int, *, owner: str, lease_until: datetime) -> int | None:
    """Claim an execution that is the owner's or nobody's; return its new fence. Old fences die by this.

    None where it is over, or another worker's.
    """
    statement = (
        update(_table)
        .where(_table.c.id == execution_id, _UNFINISHED, or_(_table.c.owner.is_(None), _table.c.owner == owner))
        .values(owner=owner, lease_until=lease_until, fence=_table.c.fence + 1)
        .returning(_table.c.fence)
    )
    return connection.execute(statement).scalar_one_or_none()


def renew_leases(connection: Connection, owner: str, lease_until: datetime) -> int:
    """Renew the lease of all executions of `owner` that are not over; return how many there are."""
    statement = update(_table).where(_table.c.owner == owner, _UNFINISHED).values(lease_until=lease_until)
    return connection.execute(statement).rowcount


def release_queued(connection: Connection, owner: str) -> int:
    """Give back what `owner` has taken and not begun; return how many executions that is."""
    statement = update(_table).where(_table.c.owner == owner, _table.c.status == Status.QUEUED)
    return connection.execute(statement.values(owner=None, lease_until=None, fence=_table.c.fence + 1)).rowcount


def list_owners(connection: Connection) -> Sequence[str]:
    """Return the workers that have an execution that is not over."""
    return (
        connection.execute(select(_table.c.owner).where(_UNFINISHED, _table.c.owner.is_not(None)).distinct())
        .scalars()
        .all()
    )


def take_over(connection: Connection, lost: str, *, by: str, lease_until: datetime) -> Sequence[str] | None:
    """Give `by` all executions of the worker `lost` that are not over; return their public ids.

    One that had begun carries `lostWorker` as its evidence from now on. None, and nothing is changed, while `lost`
    (stopped in the middle of a write) holds one of them: the database ends such a write soon.
    """
    theirs = (_table.c.owner == lost) & _UNFINISHED
    free = connection.execute(select(_table.c.id).where(theirs).with_for_update(skip_locked=True)).scalars().all()
    if len(free) < int(connection.execute(select(func.count()).select_from(_table).where(theirs)).scalar_one()):
        return None
    statement = (
        update(_table)
        .where(theirs)
        .values(
            owner=by,
            lease_until=lease_until,
            fence=_table.c.fence + 1,
            evidence=case((_table.c.status == Status.QUEUED, null()), else_=literal({"lostWorker": lost}, JsonText())),
        )
        .returning(_table.c.public_id)
    )
    return connection.execute(statement).scalars().all()
