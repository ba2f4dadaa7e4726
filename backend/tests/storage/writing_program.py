"""A program that writes and says what was acknowledged, until it is killed: `writing_program.py URL CARD`."""

import sys

from retoma.storage.database import Database
from support import factories


def main() -> None:
    url, card_id = sys.argv[1:]
    database = Database(url)
    execution, fence = factories.run(database, card_id)
    print(execution.public_id, flush=True)
    head = 0
    while True:
        size = head % 7 + 1
        factories.append(database, execution, fence, factories.make_entries(head + 1, size))
        head += size
        print(head, flush=True)


if __name__ == "__main__":
    main()
