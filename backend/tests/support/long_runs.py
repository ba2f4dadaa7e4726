"""Runs with logs of any length that go on growing, and their readers."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from retoma.search.indexer import catch_up
from support.edge import Edge
from support.log_reader import LogReader
from support.long_log import entries, write_log

RATE = 500  # entries a second


class LongRuns:
    """Executions that go on, each by the length of its log when it was made."""

    def __init__(self, edge: Edge, *sizes: int) -> None:
        self.edge = edge
        self._project = edge.add_project()
        self.cards: dict[int, str] = {}
        self.runs: dict[int, str] = {}
        for size in sizes:
            self.add(size)

    def add(self, size: int) -> str:
        """Start one more run, with a log of this length; return its id."""
        self.cards[size] = self.edge.add_card(self._project)
        self.runs[size] = run = self.edge.start(self.cards[size])
        self.edge.run(run)
        write_log(self.edge.services.database, self.edge.execution(run).id, 1, size)
        return run

    def index(self) -> None:
        """Index what there is, as a server does beside its runs."""
        catch_up(self.edge.services.database)

    def reader(self, page: Page, size: int) -> LogReader:
        """Let a page read one of them."""
        name, _, value = self.edge.cookie().partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": self.edge.url}])
        return LogReader(page, f"{self.edge.url}/cards/{self.cards[size]}")

    def head(self, size: int) -> int:
        """Return how far a log goes now."""
        return self.edge.execution(self.runs[size]).head_sequence

    @contextmanager
    def growing(self, size: int, lines: int) -> Iterator[threading.Thread]:
        """Append so many lines to a log, 500 a second."""
        thread = threading.Thread(target=self._append, args=(size, lines))
        thread.start()
        try:
            yield thread
        finally:
            thread.join()

    def _append(self, size: int, lines: int) -> None:
        first, step, began = self.head(size) + 1, 10, time.monotonic()
        for done in range(0, lines, step):
            time.sleep(max(0, began + done / RATE - time.monotonic()))
            self.edge.append(self.runs[size], entries(first + done, first + done + step - 1))
