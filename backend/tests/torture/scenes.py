"""Scenes in which one thing happens for certain; the kill loop waits for it to happen by chance."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import httpx
import psutil

from retoma.core.crash import VARIABLE, CrashPoint
from torture.killing import Torture
from torture.plan import End
from torture.truth import Outage, Run

_LOCKED_SECONDS = 1.0


def killed_after_a_commit(torture: Torture) -> Run:
    """The server dies when a question is committed and nothing else has happened (it was started for that)."""
    run = torture.prepare(seconds=1.0, end=End.RESULT, asks=True)
    with suppress(httpx.HTTPError):
        run.execution = torture.board.run(run.card)
    torture.board.await_death()
    torture.board.set(VARIABLE, None)
    torture.board.start()
    return run


def database_locked_under_a_reader(torture: Torture) -> Run:
    """Nothing can be committed for a second, while the agent writes on and a reader follows."""
    run = torture.order(seconds=4.0, end=End.RESULT, asks=False)
    reader = threading.Thread(target=_read_live, args=(torture, run))
    reader.start()
    while not torture.board.execution(run.execution)["headSequence"]:
        time.sleep(0.02)
    with _locked(torture):
        time.sleep(_LOCKED_SECONDS)
    reader.join()
    return run


def whole_process_group_killed(torture: Torture) -> Run:
    """Everything in the server's process group dies, as with a terminal that is closed."""
    # Longer than any restart takes: who comes back too late to find the agent at work finds nothing wrong.
    run = torture.order(seconds=8.0, end=End.RESULT, asks=False)
    while not torture.board.execution(run.execution)["headSequence"]:
        time.sleep(0.02)
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.Error):
            if os.getpgid(process.pid) == torture.board.pid:
                process.send_signal(signal.SIGKILL)
    torture.board.await_death()
    torture.board.start()
    return run


def ended_while_nobody_read(torture: Torture) -> Run:
    """The agent goes on and ends while there is no server."""
    run = torture.order(seconds=1.0, end=End.RESULT, asks=False)
    while not torture.board.execution(run.execution)["headSequence"]:
        time.sleep(0.02)
    torture.board.kill()
    began = time.time()
    while torture.is_live(run):
        time.sleep(0.02)
    torture.outages.append(Outage(began=began, ended=time.time()))
    torture.board.start()
    return run


SCENES: Mapping[str, Callable[[Torture], Run]] = {
    "offset-apart-from-rows": killed_after_a_commit,
    "commit-after-wake-up": database_locked_under_a_reader,
    "sequence-by-count": database_locked_under_a_reader,
    "recorder-in-the-servers-group": whole_process_group_killed,
    "settled-before-drained": ended_while_nobody_read,
}


def play(scene: Callable[[Torture], Run], torture: Torture) -> Run:
    """Play a scene to the end of its run, and check it."""
    run = scene(torture)
    if not run.execution:
        items = torture.board.get(f"/api/cards/{run.card}/executions")["items"]
        assert isinstance(items, list)
        run.execution = str(items[0]["id"])
    shown_early = list(run.problems)
    run.problems.clear()
    torture.await_ends([run])
    torture.check(run)
    run.problems += shown_early
    return run


def environment_of(scene: Callable[[Torture], Run]) -> Mapping[str, str]:
    """Return what the server is to be started with for a scene."""
    return {VARIABLE: CrashPoint.QUESTION_STORED.value} if scene is killed_after_a_commit else {}


def _read_live(torture: Torture, run: Run) -> None:
    """Follow the log live; what is shown must be stored at that moment (guarantee G1)."""
    for name, entries in torture.board.stream(run.execution):
        if name != "logs":
            continue
        assert isinstance(entries, list)
        shown, stored = entries[-1]["sequence"], _stored_head(torture, run)
        if shown > stored:
            run.problems.append(f"entry {shown} was shown when {stored} were stored")
            return


def _stored_head(torture: Torture, run: Run) -> int:
    with sqlite3.connect(torture.settings.data / "retoma.db") as connection:
        statement = "SELECT head_sequence FROM executions WHERE public_id = ?"
        (head,) = connection.execute(statement, (run.execution,)).fetchone()
    connection.close()
    return int(head)


@contextmanager
def _locked(torture: Torture) -> Iterator[None]:
    connection = sqlite3.connect(torture.settings.data / "retoma.db", isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()
