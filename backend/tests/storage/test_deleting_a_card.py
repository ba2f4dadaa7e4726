"""A card is deleted with all of its executions, however many, on both databases."""

from pathlib import Path

from retoma.executions import store
from retoma.pipeline.removal import delete_card
from retoma.settings import Settings
from retoma.storage.database import Database
from support import factories


def test_a_card_goes_with_its_executions_and_their_run_directories(
    database: Database, url: str, tmp_path: Path
) -> None:
    card = factories.create_card(database)
    settings = Settings(data=tmp_path, database_url=url)
    runs = []
    for _ in range(3):
        execution, _ = factories.run(database, card.id)
        factories.finish(database, execution)
        (settings.runs / execution.public_id).mkdir(parents=True)
        runs.append(execution)
    delete_card(database, settings, card.id)
    assert list(settings.runs.iterdir()) == []
    with database.read() as connection:
        assert [store.get_execution(connection, execution.public_id) for execution in runs] == [None] * 3
