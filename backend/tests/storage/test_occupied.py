"""How much disk a database takes, told by itself."""

from retoma.storage.database import Database
from retoma.storage.occupied import database_bytes
from support import factories


def test_a_database_takes_more_with_a_megabyte_of_entries(database: Database, url: str) -> None:
    before = database_bytes(database, url)
    assert before > 100_000
    execution, fence = factories.run(database, factories.create_card(database).id)
    for first in range(1, 10_001, 1_000):
        factories.append(database, execution, fence, factories.make_entries(first, 1_000))
    assert database_bytes(database, url) >= before + 1_000_000
