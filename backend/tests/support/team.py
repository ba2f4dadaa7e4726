"""One `retoma serve` and its workers, on one PostgreSQL."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from retoma.executions import store
from retoma.settings import Settings
from retoma.storage.database import Database
from support.board import Board
from support.process import RetomaProcess


class Team(Board):
    """A board that one process serves and others carry out. They share its data folder, if not told otherwise."""

    def __init__(self, data: Path, database_url: str, *, environment: Mapping[str, str] | None = None) -> None:
        self._database_url = database_url
        self._environment = {"RETOMA_DATABASE_URL": database_url, **(environment or {})}
        super().__init__(data, environment=self._environment, command=["serve"])
        self._workers: list[RetomaProcess] = []  # two may have one name
        self._folders = {data}

    def worker(self, name: str, *, data: Path | None = None) -> RetomaProcess:
        """Start a worker and wait until it is ready."""
        folder = data or self.data
        self._folders.add(folder)
        worker = RetomaProcess(
            ["worker", "--name", name, "--data", str(folder)],
            ready=f"The worker {name} is ready.",
            environment=self._environment,
        )
        self._workers.append(worker)
        worker.start()
        return worker

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the database beside the processes, as one more of them would."""
        with closing(Database(Settings(data=self.data, database_url=self._database_url).url)) as opened:
            yield opened

    def owners(self) -> dict[str, str | None]:
        """Return, by the id of each execution that is not over, the worker that has it."""
        with self.database() as database, database.read() as connection:
            return {execution.public_id: execution.owner for execution in store.list_unfinished(connection)}

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.kill()
        self.kill()
        for folder in self._folders:
            self.end_runs(folder)
