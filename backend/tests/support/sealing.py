"""A process that seals everything, and that may be made to die of it: `sealing.py URL RUNS CHUNK_ENTRIES`."""

import os
import signal
import subprocess
import sys
from collections.abc import Set as AbstractSet
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import retoma
from retoma.core.clock import utc_now
from retoma.core.crash import VARIABLE, CrashPoint
from retoma.logs import service
from retoma.retention.sealing import compress_cooled, seal_cooled
from retoma.storage.database import Database

CHUNK_POINTS = (CrashPoint.CHUNK_PACKED, CrashPoint.CHUNK_INSERTED, CrashPoint.CHUNK_STORED, CrashPoint.SEAL_STORED)
JOURNAL_POINTS = (CrashPoint.JOURNAL_PACKED, CrashPoint.JOURNAL_COMPRESSED)

_SOURCES = [str(Path(str(retoma.__file__)).parents[1]), str(Path(__file__).parents[1])]


def seal(url: str, runs: Path, *, chunk_entries: int, dies_at: CrashPoint | None = None) -> bool:
    """Seal all that is over in a process of its own; return whether it lived to the end (else it was killed)."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(_SOURCES)}
    if dies_at is not None:
        environment[VARIABLE] = dies_at
    argv = [sys.executable, __file__, url, str(runs), str(chunk_entries)]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode == 0


def main() -> None:
    url, runs, chunk_entries = sys.argv[1:]
    service.CHUNK_ENTRIES = int(chunk_entries)
    soon = utc_now() + timedelta(seconds=1)
    with closing(Database(url)) as database:
        for _ in seal_cooled(database, soon, utc_now(), _always):
            pass
        for _ in compress_cooled(database, Path(runs), soon, _nobody, _always):
            pass


def _always() -> bool:
    return True


def _nobody() -> AbstractSet[str]:
    return frozenset()


if __name__ == "__main__":
    main()
