"""The sealing of a real board's past, killed at each of its steps: `retoma verify` finds nothing, no byte differs."""

from collections.abc import Mapping
from contextlib import closing

import pytest

from retoma.core.crash import CrashPoint
from retoma.live.frames import encode_entry
from retoma.logs import store
from retoma.logs.journal import NAMES, Journal
from retoma.storage.database import Database
from support.sealing import CHUNK_POINTS, JOURNAL_POINTS, seal
from verification.conftest import Spoilt


def _everything(board: Spoilt) -> Mapping[str, object]:
    """Each entry as it goes onto the wire, and each byte that an agent wrote."""
    with closing(Database(board.settings.url)) as database, database.read() as connection:
        logs = {end: [encode_entry(entry) for entry in store.scan(connection, board.key(end))] for end in board.runs}
    journals = {(end, name): b"".join(Journal(board.folder(end) / name).read()) for end in board.runs for name in NAMES}
    return {"logs": logs, "journals": journals}


@pytest.mark.parametrize("point", [*CHUNK_POINTS, *JOURNAL_POINTS])
def test_nothing_is_lost_whatever_point_a_sealing_dies_at(spoilt: Spoilt, point: CrashPoint) -> None:
    before, url, runs = _everything(spoilt), spoilt.settings.url, spoilt.settings.runs
    assert not seal(url, runs, chunk_entries=200, dies_at=point), f"{point} was not hit"
    assert _everything(spoilt) == before
    report = spoilt.verify()
    assert (list(report.differences), list(report.remarks)) == ([], [])
    assert seal(url, runs, chunk_entries=200)
    assert _everything(spoilt) == before
    assert spoilt.verify().found == 0
    left = {path.name for path in runs.glob("*/*") if "out.jsonl" in path.name or path.stat().st_size == 0}
    assert "out.jsonl.zst" in left
    assert not {name for name in left if name.endswith(".tmp")} | ({"out.jsonl"} & left)
