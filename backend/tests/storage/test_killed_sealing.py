"""A sealing that is killed at each of its steps, again and again: no page differs, and the next one completes it."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from retoma.core.crash import CrashPoint
from retoma.executions.model import Execution
from retoma.live.frames import encode_entry
from retoma.logs import store
from retoma.storage.database import Database
from support import factories
from support.sealing import CHUNK_POINTS, seal

ENTRIES = 45


def _pages(url: str, execution: Execution) -> Sequence[object]:
    with closing(Database(url)) as database, database.read() as connection:
        return [
            *[
                [encode_entry(entry) for entry in read(connection, execution.id, place, 20)]
                for place in range(ENTRIES + 2)
                for read in (store.read_after, store.read_before)
            ],
            [encode_entry(entry, whole=True) for entry in store.scan(connection, execution.id)],
        ]


@pytest.mark.parametrize("point", CHUNK_POINTS)
def test_no_page_differs_whatever_point_a_sealing_dies_at(url: str, tmp_path: Path, point: CrashPoint) -> None:
    with closing(Database(url)) as database:
        execution, fence = factories.run(database, factories.create_card(database).id)
        factories.append(database, execution, fence, factories.make_entries(1, ENTRIES))
        factories.finish(database, execution)
    before = _pages(url, execution)
    deaths = 0
    while deaths < 2 and not seal(url, tmp_path, chunk_entries=20, dies_at=point):
        deaths += 1
        assert _pages(url, execution) == before
    assert deaths == (1 if point is CrashPoint.SEAL_STORED else 2)
    assert seal(url, tmp_path, chunk_entries=20)
    assert _pages(url, execution) == before
    with closing(Database(url)) as database, database.read() as connection:
        assert not store.has_rows(connection, execution.id)
        assert factories.reload(database, execution).sealed_at is not None
