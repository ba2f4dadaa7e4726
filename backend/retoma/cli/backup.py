"""`retoma backup` and `retoma restore`."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from retoma.backup.restore import examine, restore
from retoma.backup.take import take_backup
from retoma.cli.data_folder import RESTORING, locked
from retoma.core.errors import ConflictError
from retoma.settings import Settings
from retoma.verification.report import Report
from retoma.verification.verify import Verification

_EACH_SECONDS = 1.0


def back_up(settings: Settings, file: Path, *, replaces: bool, speaks_json: bool) -> int:
    """Write the board into a file. A server that runs is not disturbed."""
    if (settings.data / RESTORING).exists():
        raise ConflictError(f"A restore into {settings.data} was not finished: there is no whole board to back up.")
    with _ends_tidily(), _progress("backed up") as progress:
        taken = take_backup(settings, file.absolute(), replaces=replaces, progress=progress)
    if speaks_json:
        told = {"file": str(file), "rows": taken.rows, "runs": taken.runs, "missing": taken.missing}
        print(json.dumps({**told, "bytes": taken.size}))
    else:
        print(f"{file}: {_counted(taken.rows, taken.runs)}, {taken.size} bytes.")
        if taken.missing:
            print(f"{taken.missing} of the executions have no run directory here: removed, or another machine's.")
    return 0


def restore_backup(settings: Settings, file: Path, *, speaks_json: bool) -> int:
    """Make a board of a backup, and verify it. Returns 1 where it differs from what its journals tell."""
    with _ends_tidily(), _progress("restored") as progress:
        contents = examine(settings, file)
        with locked(settings.data, restores=True):
            restored = restore(settings, file, contents, progress)
        progress("verifying")
        report = Verification(settings, served=False).run()
    if speaks_json:
        told = {"rows": restored.rows, "runs": restored.runs, "notOver": restored.not_over, "differences": report.found}
        print(json.dumps(told))
    else:
        print(f"Restored into {settings.data}: {_counted(restored.rows, restored.runs)}.")
        if restored.not_over:
            print(
                f"{restored.not_over} runs were not over when the backup was made. This board ends them at its start, "
                "and touches no process of the original."
            )
        print(_verified(report))
    return 1 if report.found else 0


def _counted(rows: Mapping[str, int], runs: int) -> str:
    cards, executions = rows.get("cards", 0), rows.get("executions", 0)
    return f"{cards} cards, {executions} executions, {sum(rows.values())} rows in all, {runs} run directories"


def _verified(report: Report) -> str:
    if report.found:
        return f"`retoma verify` finds {report.found} differences; run it to see them."
    return f"Verified: {report.counts['entries']} entries of {report.counts['executions']} executions, no difference."


@contextmanager
def _ends_tidily() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does: nothing half-made stays."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[str], None]]:
    """Yield what tells a person at a terminal how far it is, once a second."""
    shown_at = time.monotonic()
    is_shown = False

    def show(done: str) -> None:
        nonlocal shown_at, is_shown
        if sys.stderr.isatty() and time.monotonic() - shown_at >= _EACH_SECONDS:
            shown_at, is_shown = time.monotonic(), True
            print(f"\r\033[K{what}: {done}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if is_shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
