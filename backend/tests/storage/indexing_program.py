"""Fills the search index of a database in blocks of four entries, and dies by SIGKILL before its n-th write.

`indexing_program.py URL N`
"""

import os
import signal
import sys
from contextlib import closing

from sqlalchemy import Connection, Engine, event

from retoma.search import indexer
from retoma.storage.database import Database


def main() -> None:
    left = int(sys.argv[2])

    def count(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        nonlocal left
        if statement.startswith(("INSERT", "UPDATE executions")):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)
    setattr(indexer, "BLOCK_ENTRIES", 4)  # noqa: B010 - a constant that the test makes small
    with closing(Database(sys.argv[1])) as database:
        indexer.catch_up(database)


if __name__ == "__main__":
    main()
