"""Every SQL statement of the statistics: the database adds up and ranks; no execution is read one by one.

They come from the record of each execution alone, so they stay when retention removes logs.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Subquery, Text, case, cast, func, literal, select, type_coerce

from retoma.cards.tables import CardRow
from retoma.core.status import Status, Usage
from retoma.core.zones import offsets
from retoma.executions.history_store import conditions
from retoma.executions.model import Selection
from retoma.executions.statistics import Figures, Grouping, Statistics, median_rank, rank_95
from retoma.executions.tables import ExecutionRow
from retoma.storage.base import table_of

_table = table_of(ExecutionRow)
_cards = table_of(CardRow)
_COUNTED = [figure.name for figure in fields(Usage) if figure.name != "cost_usd"]
_MEASURED = ["cost_usd", "duration"]
_ONE_GROUP = ""  # the key where nothing is grouped
_SECOND = len("2026-11-24 19:36:00")
_DAY = len("2026-11-24")


def read_statistics(
    connection: Connection, selection: Selection, by: Grouping | None, zone: ZoneInfo | None
) -> Statistics:
    """Return what the chosen executions came to, in all and by group; a day is one of `zone`, None = of UTC.

    Two statements; one more where they are grouped, and one more for the days of a zone that is not UTC.
    """
    chosen = _chosen(connection, selection, by, zone)
    sums = _read_sums(connection, chosen)
    ranked = _read_ranked(connection, chosen)
    groups = {key: sums[key].figures(ranked.get(key, {})) for key in sorted(sums)}
    if by is None:
        return Statistics(total=groups.get(_ONE_GROUP) or _Sums().figures({}), groups={})
    total = _Sums()
    for group in sums.values():
        total.add(group)
    return Statistics(total=total.figures(_read_ranked_in_all(connection, chosen, total.durations)), groups=groups)


@dataclass(slots=True, kw_only=True)
class _Sums:
    """What the executions of one group add up to."""

    by_status: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    durations: int = 0  # how many have one
    counted: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(_COUNTED))
    measured: dict[str, float | None] = field(default_factory=lambda: dict.fromkeys(_MEASURED))

    def add(self, other: "_Sums") -> None:
        """Take the executions of another group in."""
        for status, executions in other.by_status.items():
            self.by_status[status] += executions
        self.durations += other.durations
        for name, count in other.counted.items():
            if count is not None:
                self.counted[name] = (self.counted[name] or 0) + count
        for name, value in other.measured.items():
            if value is not None:
                self.measured[name] = (self.measured[name] or 0.0) + value

    def figures(self, ranked: Mapping[int, float]) -> Figures:
        """Return the figures of the group; `ranked` has its durations by their places."""
        usage = Usage(**self.counted, cost_usd=_rounded(self.measured["cost_usd"], 9))
        return Figures(
            by_status=self.by_status,
            duration_p50=ranked.get(median_rank(self.durations)),
            duration_p95=ranked.get(rank_95(self.durations)),
            duration_total=_rounded(self.measured["duration"], 3),
            usage=None if usage == Usage() else usage,
        )


def _rounded(value: float | None, digits: int) -> float | None:
    """Return a sum without what adding in another order would change."""
    return None if value is None else round(value, digits)


def _chosen(connection: Connection, selection: Selection, by: Grouping | None, zone: ZoneInfo | None) -> Subquery:
    """Return the chosen executions: the key of each one's group, its status, and what is added up."""
    summed = [_table.c[name] for name in (*_COUNTED, *_MEASURED)]
    key: ColumnElement[str] = literal(_ONE_GROUP, Text)
    source = _table.join(_cards, _cards.c.id == _table.c.card_id) if by is Grouping.PROJECT else _table
    if by is Grouping.DAY:
        key = _day(connection, selection, zone)
    elif by is Grouping.PROJECT:
        key = _cards.c.project_id
    elif by is not None:
        key = _table.c[by.value]
    columns = [key.label("key"), _table.c.status, *summed]
    return select(*columns).select_from(source).where(*conditions(selection)).subquery("chosen")


def _read_sums(connection: Connection, chosen: Subquery) -> Mapping[str, _Sums]:
    statement = select(
        chosen.c.key,
        chosen.c.status,
        func.count().label("executions"),
        func.count(chosen.c.duration).label("durations"),
        *(func.sum(chosen.c[name]).label(name) for name in (*_COUNTED, *_MEASURED)),
    ).group_by(chosen.c.key, chosen.c.status)
    found: dict[str, _Sums] = defaultdict(_Sums)
    for row in connection.execute(statement).mappings():
        group = _Sums(
            by_status={Status(row["status"]): row["executions"]},
            durations=row["durations"],
            # PostgreSQL's sum of whole numbers is a decimal one.
            counted={name: None if row[name] is None else int(row[name]) for name in _COUNTED},
            measured={name: row[name] for name in _MEASURED},
        )
        found[row["key"]].add(group)
    return found


def _read_ranked(connection: Connection, chosen: Subquery) -> Mapping[str, Mapping[int, float]]:
    """Return, by group, the durations at its two ranks, by rank."""
    place = func.row_number().over(partition_by=chosen.c.key, order_by=chosen.c.duration)
    among = func.count().over(partition_by=chosen.c.key)
    columns = [chosen.c.key, chosen.c.duration, place.label("place"), among.label("among")]
    ranked = select(*columns).where(chosen.c.duration.is_not(None)).subquery()
    # As median_rank and rank_95 have it.
    wanted = [(ranked.c.among + 1) // 2, (95 * ranked.c.among + 99) // 100]
    statement = select(ranked.c.key, ranked.c.place, ranked.c.duration).where(ranked.c.place.in_(wanted))
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for key, rank, duration in connection.execute(statement):
        found[key][rank] = duration
    return found


def _read_ranked_in_all(connection: Connection, chosen: Subquery, durations: int) -> Mapping[int, float]:
    """Return the durations at the two ranks of all `durations` that there are, by rank."""
    place = func.row_number().over(order_by=chosen.c.duration).label("place")
    ranked = select(place, chosen.c.duration).where(chosen.c.duration.is_not(None)).subquery()
    wanted = [median_rank(durations), rank_95(durations)]
    found = connection.execute(select(ranked.c.place, ranked.c.duration).where(ranked.c.place.in_(wanted)))
    return {row.place: row.duration for row in found}


def _day(connection: Connection, selection: Selection, zone: ZoneInfo | None) -> ColumnElement[str]:
    """Return the expression of the day (2026-11-24) on which an execution was created, in `zone`.

    How far the zone is from UTC is told to the database: what it knows of zones itself may differ from what we do, or
    be nothing at all.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    moment = _table.c.created_at
    as_text = type_coerce(moment, Text)
    if zone is None:
        return func.substr(as_text, 1, _DAY) if is_sqlite else func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD")
    ahead = _seconds_ahead(connection, selection, zone)
    if is_sqlite:
        # Without the fraction, which SQLite would round up over midnight.
        return func.date(func.substr(as_text, 1, _SECOND), cast(ahead, Text) + " seconds")
    shift = func.make_interval(0, 0, 0, 0, 0, 0, ahead)
    return func.to_char(func.timezone("UTC", moment) + shift, "YYYY-MM-DD")


def _seconds_ahead(connection: Connection, selection: Selection, zone: ZoneInfo) -> ColumnElement[int]:
    first, last = (select(extreme(_table.c.created_at)).scalar_subquery() for extreme in (func.min, func.max))
    oldest, newest = connection.execute(select(first, last)).one()
    if oldest is None:
        return literal(0)
    start = oldest if selection.start is None else max(oldest, selection.start)
    (_, ahead), *changes = offsets(zone, start, newest)
    later = [(_table.c.created_at >= moment, seconds) for moment, seconds in reversed(changes)]
    return case(*later, else_=ahead) if later else literal(ahead)
