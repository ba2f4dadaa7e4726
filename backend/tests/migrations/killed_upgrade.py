"""Migrates a database in children that are killed before the 1st, the 2nd … statement that changes something.

`killed_upgrade.py URL [REVISION]` upgrades, or takes the database down to REVISION. It prints for each kill a line of
JSON: the schema that it left. Ends when a child gets through.
"""

import json
import os
import signal
import sys

from sqlalchemy import Connection, Engine, event

from retoma.storage.migrate import downgrade, upgrade
from support.schema import describe


def migrate_and_die(url: str, down_to: str | None, statements: int) -> None:
    left = statements

    def count(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        nonlocal left
        if statement.lstrip().startswith(("CREATE", "INSERT", "UPDATE", "DELETE", "ALTER", "DROP")):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    event.listen(Engine, "before_cursor_execute", count)
    if down_to is None:
        upgrade(url)
    else:
        downgrade(url, down_to)


def main() -> None:
    url, down_to = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    for statements in range(1000):
        child = os.fork()
        if child == 0:
            migrate_and_die(url, down_to, statements)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            return
        assert os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps(describe(url)), flush=True)


if __name__ == "__main__":
    main()
