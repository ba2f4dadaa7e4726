"""Statistics are what a naive count over all executions gives, on both databases."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil, isclose
from zoneinfo import ZoneInfo

import pytest

from retoma.core.ids import new_id
from retoma.core.status import Command, Status, Usage
from retoma.core.zones import find_zone, offsets
from retoma.executions import store
from retoma.executions.model import Execution, Selection
from retoma.executions.statistics import Figures, Grouping, Statistics
from retoma.executions.statistics_store import read_statistics
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from support import factories, many_runs

AGENTS = ("claude-code", "rehearsal", "codex")
# Days on which clocks are set, in one zone or the other, and the last microsecond of a day.
MOMENTS = (
    datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 11, 1, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 11, 2, tzinfo=UTC),
)
ZONES = [None, *map(ZoneInfo, ("Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe"))]


def make_runs(database: Database, number: int, seed: int) -> Mapping[str, str]:
    """Store runs of any kind; return the projects of their cards."""
    chance = random.Random(seed)
    projects = [factories.create_project(database) for _ in range(3)]
    made = [factories.create_card(database, chance.choice(projects)) for _ in range(12)]

    def write(connection: Connection) -> None:
        unfinished = {card.id for card in made}  # no card has two runs that are not over
        for _ in range(number):
            card_id = chance.choice(made).id
            status = chance.choice(list(Status))
            if not status.over and card_id not in unfinished:
                status = Status.SUCCESS
            if not status.over:
                unfinished.remove(card_id)
            values = {
                "public_id": new_id(),
                "card_id": card_id,
                "command": chance.choice(list(Command)),
                "agent": chance.choice(AGENTS),
                "status": status,
                "is_active": False,
                "agent_session": "s",
                "created_at": chance.choice(MOMENTS) + timedelta(hours=chance.randrange(-40, 40)),
                "usage": any_usage(chance),
                "duration": chance.choice([0.0, 1.5, chance.random() * 1000]) if status.over else None,
                "head_sequence": 0,
                "journal_offset": 0,
                "stderr_offset": 0,
                "fence": 0,
            }
            store.insert_execution(connection, values)

    database.write(write)
    return {card.id: card.project_id for card in made}


def any_usage(chance: random.Random) -> Usage | None:
    if chance.random() < 0.3:
        return None
    return Usage(
        input_tokens=chance.choice([None, 0, chance.randrange(10**9)]),
        output_tokens=chance.choice([None, chance.randrange(10**4)]),
        cache_read_tokens=chance.choice([None, chance.randrange(10**4)]),
        cost_usd=chance.choice([None, 0.0, chance.random()]),
    )


def naive(executions: Sequence[Execution], key: Callable[[Execution], str] | None) -> Statistics:
    """Count as anybody would."""
    keys = sorted({key(execution) for execution in executions}) if key is not None else []
    groups = {one: [execution for execution in executions if key is not None and key(execution) == one] for one in keys}
    return Statistics(total=naive_figures(executions), groups={one: naive_figures(groups[one]) for one in keys})


def naive_figures(executions: Sequence[Execution]) -> Figures:
    durations = sorted(execution.duration for execution in executions if execution.duration is not None)
    used = [execution.usage for execution in executions if execution.usage is not None]
    usage = Usage(
        input_tokens=total([one.input_tokens for one in used]),
        output_tokens=total([one.output_tokens for one in used]),
        cache_read_tokens=total([one.cache_read_tokens for one in used]),
        cache_write_tokens=total([one.cache_write_tokens for one in used]),
        cost_usd=measured([one.cost_usd for one in used], 9),
    )
    return Figures(
        by_status={status: sum(execution.status is status for execution in executions) for status in Status},
        duration_p50=durations[ceil(len(durations) * 0.5) - 1] if durations else None,
        duration_p95=durations[ceil(len(durations) * 95 / 100) - 1] if durations else None,
        duration_total=measured([*durations], 3),
        usage=None if usage == Usage() else usage,
    )


def total(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def measured(values: Sequence[float | None], digits: int) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known), digits) if known else None


def day_of(zone: ZoneInfo | None) -> Callable[[Execution], str]:
    return lambda execution: execution.created_at.astimezone(zone or UTC).date().isoformat()


def same(found: Statistics, expected: Statistics) -> bool:
    """Say whether they are the same; of sums of fractions the last digits depend on the order."""
    pairs = [(found.total, expected.total)]
    pairs += [(found.groups[key], expected.groups[key]) for key in expected.groups]
    return list(found.groups) == list(expected.groups) and all(same_figures(*pair) for pair in pairs)


def same_figures(found: Figures, expected: Figures) -> bool:
    one, other = found.usage or Usage(), expected.usage or Usage()
    return (
        close(found.duration_total, expected.duration_total, 2e-3)
        and close(one.cost_usd, other.cost_usd, 2e-9)
        and replace(found, duration_total=None, usage=replace(one, cost_usd=None))
        == replace(expected, duration_total=None, usage=replace(other, cost_usd=None))
    )


def close(found: float | None, expected: float | None, difference: float) -> bool:
    if found is None or expected is None:
        return found is expected
    return isclose(found, expected, rel_tol=1e-12, abs_tol=difference)


@pytest.mark.parametrize("seed", [1, 2])
def test_statistics_of_any_selection_by_anything_are_what_a_naive_count_gives(database: Database, seed: int) -> None:
    project_of = make_runs(database, 700, seed)
    chance = random.Random(seed)
    keys: Mapping[Grouping, Callable[[Execution], str]] = {
        Grouping.COMMAND: lambda execution: execution.command,
        Grouping.AGENT: lambda execution: execution.agent,
        Grouping.STATUS: lambda execution: execution.status,
        Grouping.PROJECT: lambda execution: project_of[execution.card_id],
    }
    wanted: list[tuple[Selection, Grouping | None, ZoneInfo | None]] = [(Selection(), by, None) for by in (None, *keys)]
    wanted += [(Selection(), Grouping.DAY, zone) for zone in ZONES]
    wanted += [
        (any_selection(chance, project_of), chance.choice([None, *Grouping]), chance.choice(ZONES)) for _ in range(40)
    ]
    with database.read() as connection:
        history = store.list_executions(connection, {}, limit=1_000)
        assert len(history) == 700
        for selection, by, zone in wanted:
            key = None if by is None else day_of(zone) if by is Grouping.DAY else keys[by]
            expected = naive([one for one in history if many_runs.holds(one, selection, project_of)], key)
            found = read_statistics(connection, selection, by, zone)
            assert same(found, expected), (selection, by, zone, found, expected)


def any_selection(chance: random.Random, project_of: Mapping[str, str]) -> Selection:
    start, end = sorted(chance.sample(MOMENTS, 2))
    return Selection(
        statuses=frozenset(chance.sample(list(Status), chance.choice([0, 0, 1, 3]))),
        command=chance.choice([None, None, *Command]),
        agent=chance.choice([None, None, *AGENTS]),
        project_id=chance.choice([None, *project_of.values()]),
        card_id=chance.choice([None, None, None, *project_of]),
        start=chance.choice([None, start]),
        end=chance.choice([None, end]),
    )


def test_statistics_of_nothing_are_empty(database: Database) -> None:
    with database.read() as connection:
        for by in (None, *Grouping):
            found = read_statistics(connection, Selection(), by, ZoneInfo("Asia/Tokyo"))
            assert found.groups == {}
            assert (found.total.executions, found.total.success_rate, found.total.usage) == (0, None, None)
            assert (found.total.duration_p50, found.total.duration_total) == (None, None)


def test_a_figure_that_no_agent_can_mean_breaks_no_sum(database: Database) -> None:
    for usage in (
        Usage(input_tokens=10**30, cost_usd=float("inf")),
        Usage(input_tokens=-1, cost_usd=float("nan")),
        Usage(input_tokens=5, cost_usd=0.5),
    ):
        execution, fence = factories.run(database, factories.create_card(database).id)
        progress = factories.progress_to(1, usage=usage)
        move = partial(store.advance, execution_id=execution.id, fence=fence, old_head=0, progress=progress)
        assert database.write(move)
    with database.read() as connection:
        found = read_statistics(connection, Selection(), None, None).total.usage
    assert found == Usage(input_tokens=10**12 + 5, cost_usd=0.5)


@pytest.mark.parametrize(
    "name", ["", "Nowhere/City", "../etc/passwd", "/etc/passwd", "America", "é", "A" * 300, "a\0b"]
)
def test_a_name_of_no_time_zone_is_none(name: str) -> None:
    assert find_zone(name) is None


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone is not None], ids=str)
def test_each_change_of_a_zones_clock_is_found_to_the_second(zone: ZoneInfo) -> None:
    start = datetime(1999, 12, 31, 17, 30, 0, 500, tzinfo=UTC)
    changes = list(offsets(zone, start, datetime(2026, 12, 1, tzinfo=UTC)))
    assert changes[0][0] == start
    for moment, seconds in changes[1:]:
        assert moment.astimezone(zone).utcoffset() == timedelta(seconds=seconds)
        assert (moment - timedelta(seconds=1)).astimezone(zone).utcoffset() != timedelta(seconds=seconds)
    assert len(changes) == {"Europe/Berlin": 55, "Asia/Kathmandu": 1}.get(zone.key, len(changes))
