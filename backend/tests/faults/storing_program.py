"""Takes a journal in and tells what is acknowledged: `storing_program.py FOLDER LINES PUBLIC_ID`.

In FOLDER are `db/retoma.db` and a run directory. Each line on the standard output is the highest sequence that was
shown, or `over`. The log is checkpointed often, so that writes of every kind are among those that are recorded.
"""

import os
import sys
from pathlib import Path

from retoma.executions import service
from retoma.storage.database import Database
from support.following import Following, WrittenRun


def main() -> None:
    folder, lines, public_id = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    database = Database(f"sqlite:///{folder / 'db' / 'retoma.db'}")
    database.write(lambda connection: connection.exec_driver_sql("PRAGMA wal_autocheckpoint=25").scalar())
    with database.read() as connection:
        execution = service.get_execution(connection, public_id)
    run = WrittenRun(folder / "run")
    following = Following(database, execution, run)
    for line in range(1, lines + 1):
        run.write(line, 1)
        following.until(lambda line=line: len(following.feed.shown) >= line)  # type: ignore[misc]
        os.write(1, f"{following.feed.shown[-1].sequence}\n".encode())
    run.end()
    following.until_over()
    os.write(1, b"over\n")
    database.close()


if __name__ == "__main__":
    main()
