"""Takes a journal in, again and again, each time with another system call made the n-th of its writer's thread.

`sweeping_program.py FOLDER CALL FIRST LAST ALL LINES PUBLIC_ID`: for each n from FIRST to LAST a child works in
`FOLDER/n`, where `retoma.db` and a run directory are. Under strace, which lets the ALL-th call fail, its n-th fails.
Each prints a line of JSON: n, the writer's thread, what was shown, whether the writer has stopped.
"""

import contextlib
import json
import os
import sys
from pathlib import Path

from sqlalchemy import event

from retoma.core.errors import StorageError
from retoma.executions import service
from retoma.storage.database import Database
from support.following import Following, WrittenRun, burn

AT_ONCE = 5


def work(folder: Path, call: str, burned: int, lines: int, public_id: str) -> None:
    file = folder / "retoma.db"
    database = Database(f"sqlite:///{file}")
    threads: list[int] = []

    @event.listens_for(database._write_engine, "do_connect")
    def burn_first(*_: object) -> None:
        if not threads:
            threads.append(burn(Path(f"{file}-wal"), call, burned))

    following = _claim(database, folder, public_id)
    if following is not None:
        _follow(following, lines)
    report = {
        "n": int(folder.name),
        "thread": threads[0],
        "shown": [] if following is None else [entry.content for entry in following.feed.shown],
        "stopped": _is_stopped(database),
    }
    os.write(1, json.dumps(report).encode() + b"\n")


def _claim(database: Database, folder: Path, public_id: str) -> Following | None:
    """Claim as the engine lets the worker do it: again, where the database failed for a moment."""
    with database.read() as connection:
        execution = service.get_execution(connection, public_id)
    while not _is_stopped(database):
        with contextlib.suppress(StorageError):
            return Following(database, execution, WrittenRun(folder / "run"))
    return None


def _follow(following: Following, lines: int) -> None:
    """Write line by line, each when the one before is shown; give up when the writer has."""
    shown, run = following.feed.shown, following.run

    def went_on(head: int) -> bool:
        return (len(shown) > 0 and shown[-1].sequence >= head) or _is_stopped(following.database)

    for line in range(1, lines + 1):
        run.write(line, 1)
        following.until(lambda line=line: went_on(line))  # type: ignore[misc]
    run.end()
    following.until(lambda: following.follower.over or _is_stopped(following.database))


def _is_stopped(database: Database) -> bool:
    return any("started again" in ailment for ailment in database.ailments())


def main() -> None:
    folder, call, public_id = Path(sys.argv[1]), sys.argv[2], sys.argv[7]
    first, last, everything, lines = map(int, sys.argv[3:7])
    children: list[int] = []
    for n in range(first, last + 1):
        if len(children) == AT_ONCE:
            os.waitpid(children.pop(0), 0)
        child = os.fork()
        if child == 0:
            try:
                work(folder / str(n), call, everything - n, lines, public_id)
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
