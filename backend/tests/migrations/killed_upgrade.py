"""Upgrades a database in children that are killed before the 1st, the 2nd … statement that changes something.

`killed_upgrade.py URL` prints for each kill a line of JSON: the schema that it left. Ends when an upgrade gets through.
"""

import json
import os
import signal
import sys

from sqlalchemy import Connection, Engine, event

from retoma.storage.migrate import upgrade
from support.schema import describe


def upgrade_and_die(url: str, statements: int) -> None:
    left = statements

    def count(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        nonlocal left
        if statement.lstrip().startswith(("CREATE", "INSERT", "UPDATE", "ALTER", "DROP")):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    event.listen(Engine, "before_cursor_execute", count)
    upgrade(url)


def main() -> None:
    url = sys.argv[1]
    for statements in range(1000):
        child = os.fork()
        if child == 0:
            upgrade_and_die(url, statements)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            return
        assert os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps(describe(url)), flush=True)


if __name__ == "__main__":
    main()
