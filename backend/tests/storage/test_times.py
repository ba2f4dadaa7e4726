"""Times are moments: aware, in UTC, to the microsecond, whatever zone they came in or the session has."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.executions import history_store, store
from retoma.executions.model import Selection
from retoma.logs import store as logs
from retoma.storage.database import Database
from support import factories

TOKYO = timezone(timedelta(hours=9))
MOMENTS = [
    datetime(2026, 7, 1, 8, 30, 15, 123456, tzinfo=TOKYO),
    datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=TOKYO),
    datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 7, 1, 8, 30, tzinfo=UTC),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_moment_comes_back_in_utc_to_the_microsecond(database: Database, moment: datetime) -> None:
    card = factories.create_card(database)
    execution = factories.start(database, card.id, now=moment)
    entry = LogEntry(1, moment, EntryType.INFO, EntryKind.SYSTEM, "now")
    database.write(lambda connection: logs.append(connection, execution.id, [entry]))
    with database.read() as connection:
        stored = store.get_execution(connection, execution.public_id)
        read = logs.get_entry(connection, execution.id, 1)
    assert stored is not None
    assert read is not None
    for found in (stored.created_at, read.timestamp):
        assert found == moment
        assert found.tzinfo is UTC


def test_the_session_s_time_zone_changes_nothing(database: Database, url: str) -> None:
    execution = factories.start(database, factories.create_card(database).id, now=MOMENTS[0])
    with database.read() as connection:
        if url.startswith("postgresql"):
            connection.execute(text("SET TIME ZONE 'Pacific/Auckland'"))
        stored = store.get_execution(connection, execution.public_id)
    assert stored is not None
    assert stored.created_at.isoformat() == "2026-06-30T23:30:15.123456+00:00"


def test_times_are_ordered_as_moments_across_zones(database: Database) -> None:
    made = [factories.start(database, factories.create_card(database).id, now=moment) for moment in MOMENTS]
    bound = MOMENTS[0]
    with database.read() as connection:
        found = history_store.list_history(connection, Selection(start=bound), behind=None, limit=10)
    assert {e.public_id for e in found} == {e.public_id for e in made if e.created_at >= bound}
