"""Processes of runs that are over, or another worker's: they are ended, so that no agent is there twice."""

import logging
import signal
from collections.abc import Set as AbstractSet
from pathlib import Path

from retoma.executions import store
from retoma.storage.database import Database
from retoma.worker.environment import MARKER
from retoma.worker.rundir import RunDirectory, find_marked
from retoma.worker.settle import end_tree

_logger = logging.getLogger(__name__)


def living_runs() -> AbstractSet[str]:
    """Return the public ids of the runs of which a process lives on this machine: recorder, agent or what that left."""
    return {public_id for _, public_id in find_marked(MARKER)}


def end_strays(database: Database, runs: Path) -> None:
    """End what lives of the runs in this folder that are over: they were taken from a worker that was lost then.

    What the database does not know is let alone: it may be another board's.
    """
    marked = sorted(public_id for public_id in living_runs() if (runs / public_id).is_dir())
    with database.read() as connection:
        stands = store.list_stands(connection, marked)
    for stand in stands:
        if stand.status.over:
            end_stray(stand.public_id, RunDirectory(runs / stand.public_id))


def end_stray(public_id: str, run: RunDirectory) -> None:
    """End the tree of one run: by its recorder, where that lives, which takes up to 8 s and is not waited for."""
    if not run.may_have_processes:
        return
    _logger.warning("Execution %s is not this worker's any more: its processes are ended", public_id)
    recorder = run.recorder()
    if recorder is not None and recorder.is_alive():
        recorder.send(signal.SIGTERM)
    else:
        end_tree(run)
