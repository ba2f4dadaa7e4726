"""`sweeping.py DATA`: one sweep over a data folder at the moment of the tests, which may be told where to die."""

import sys
from contextlib import closing
from pathlib import Path

from retoma.core.crash import CrashPoint
from retoma.settings import Settings
from retoma.storage.database import Database
from support.past import NOW, Past

# No run comes to these: tests/torture/test_killed_sweeps.py does.
SWEEP_POINTS = frozenset(
    {
        CrashPoint.LOG_REMOVAL_STORED,
        CrashPoint.ENTRIES_DELETED,
        CrashPoint.RUN_DIRECTORY_SET_ASIDE,
        CrashPoint.WORKTREE_KEPT,
        CrashPoint.WORKTREE_SET_ASIDE,
        CrashPoint.CHUNK_PACKED,
        CrashPoint.CHUNK_INSERTED,
        CrashPoint.CHUNK_STORED,
        CrashPoint.SEAL_STORED,
        CrashPoint.JOURNAL_PACKED,
        CrashPoint.JOURNAL_COMPRESSED,
        CrashPoint.SPACE_GIVEN_BACK,
    }
)


def main() -> None:
    """Sweep."""
    settings = Settings(data=Path(sys.argv[1]))
    with closing(Database(settings.url)) as database:
        Past(database, settings).sweeper.sweep(NOW)


if __name__ == "__main__":
    main()
