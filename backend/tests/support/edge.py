"""The shipped application behind a real server on a free port, with a real database and no worker: pokes are noted."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.ids import new_id
from retoma.core.status import Status
from retoma.executions import request_store
from retoma.executions import store as execution_store
from retoma.executions.model import Execution, Progress, Request, RequestState
from retoma.live.feed import Feed
from retoma.logs import store as log_store
from retoma.projects import store as project_store
from retoma.projects.model import Project
from retoma.retention.sweep import Sweeper
from retoma.settings import Settings
from retoma.storage import migrate
from retoma.storage.database import Database
from retoma.web.access import Access
from retoma.web.app import create_app
from retoma.web.serve import Server
from retoma.web.services import Services

TOKEN = "a-token-for-the-tests-0123456789"
NOW = datetime(2026, 11, 22, 19, 36, 0, 123000, tzinfo=UTC)


@dataclass(kw_only=True)
class Edge:
    """The running application, and what a worker would do to its executions."""

    services: Services
    url: str = ""
    ailments: list[str] = field(default_factory=list)
    poked: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Host and port, as in the Host header."""
        return self.url.removeprefix("http://")

    def client(self, *, token: str | None = TOKEN) -> httpx.Client:
        """Return a client with the token as its credential."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20, verify=False)

    def cookie(self) -> str:
        """Return a Cookie header that is a credential."""
        return f"{self.services.access.cookie_name}={self.services.access.new_cookie()}"

    # ---- what is there ----------------------------------------------------------------------------------------

    def add_project(self, name: str = "Board", path: str = "/nowhere") -> Project:
        """Store a project without a repository."""
        project = Project(
            id=new_id(),
            name=name,
            path=f"{path}/{new_id()}",
            default_branch="main",
            test_command=None,
            agent="rehearsal",
            created_at=NOW,
        )
        self.services.database.write(lambda connection: project_store.insert_project(connection, project))
        return project

    def add_card(self, project: Project, title: str = "A card") -> str:
        """Create a card by the API; return its id."""
        with self.client() as client:
            answer = client.post("/api/cards", json={"title": title, "projectId": project.id})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def start(self, card_id: str, command: str = "/plan") -> str:
        """Start a command by the API; return the execution's id."""
        with self.client() as client:
            answer = client.post(f"/api/cards/{card_id}/executions", json={"command": command})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    # ---- what a worker does -----------------------------------------------------------------------------------

    def execution(self, public_id: str) -> Execution:
        """Read the execution."""
        with self.services.database.read() as connection:
            execution = execution_store.get_execution(connection, public_id)
        assert execution is not None
        return execution

    def move(self, public_id: str, to: Status, **values: object) -> None:
        """Move the execution's status and tell it."""
        execution = self.execution(public_id)
        moved = self.services.database.write(
            lambda connection: execution_store.move(connection, execution.id, to, values)
        )
        assert moved, f"{execution.status} → {to}"
        self.publish(public_id)

    def run(self, public_id: str) -> None:
        """Let a queued execution run."""
        self.move(public_id, Status.RUNNING, started_at=NOW)

    def finish(self, public_id: str, to: Status = Status.SUCCESS, **values: object) -> None:
        """End the execution."""
        ended = {"completed_at": NOW, "duration": 1.5, "result": "done", "exit_code": 0, "evidence": {"exitCode": 0}}
        self.move(public_id, to, **{**ended, **values})

    def write(
        self,
        public_id: str,
        count: int,
        *,
        content: str = "line {n}",
        kind: EntryKind = EntryKind.MESSAGE,
        wakes: bool = True,
    ) -> None:
        """Store `count` more entries with the head, in one transaction, then wake the readers."""
        first = self.execution(public_id).head_sequence + 1
        entries = [
            LogEntry(n, NOW, EntryType.INFO, kind, content.format(n=n), None) for n in range(first, first + count)
        ]
        self.append(public_id, entries, wakes=wakes)

    def append(self, public_id: str, entries: Sequence[LogEntry], *, wakes: bool = True) -> None:
        """Store the next entries with the head, in one transaction, then wake the readers."""
        execution = self.execution(public_id)
        progress = Progress(
            head_sequence=entries[-1].sequence,
            journal_offset=0,
            stderr_offset=0,
            adapter_state={},
            last_line=entries[-1].content[:80],
            usage=None,
        )

        def store(connection) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - SQLAlchemy's connection
            log_store.append(connection, execution.id, entries)
            assert execution_store.advance(
                connection, execution.id, fence=execution.fence, old_head=execution.head_sequence, progress=progress
            )

        stored = self.services.database.submit(store, entries=len(entries))
        if wakes:
            # In the writer's thread, as a worker does.
            stored.add_done_callback(lambda _: self.services.feed.publish_entries(public_id, entries))
        stored.result()
        self.services.database.write(lambda _: None)  # behind all that belongs to the one before

    def write_in_bursts(self, public_id: str, bursts: int) -> None:
        """Store 1 to 7 more entries, over and over."""
        for burst in range(bursts):
            self.write(public_id, burst % 7 + 1)

    def ask(self, public_id: str, n: int = 1) -> None:
        """Let the agent ask something."""
        request = Request(
            execution_id=self.execution(public_id).id,
            n=n,
            key=f"key-{n}",
            sequence=1,
            question="May I?",
            tool="Bash",
            input={"command": "true"},
            state=RequestState.OPEN,
            decision=None,
            message=None,
            created_at=NOW,
            answered_at=None,
            delivered_at=None,
        )
        self.services.database.write(lambda connection: request_store.insert_request(connection, request))
        self.move(public_id, Status.WAITING)

    def publish(self, public_id: str) -> None:
        """Tell that the execution changed."""
        execution = self.execution(public_id)
        with self.client() as client:
            card = client.get(f"/api/cards/{execution.card_id}").json()
        self.services.feed.publish_execution(public_id)
        self.services.feed.publish_card(card["projectId"], card["id"])


@contextmanager
def running_edge(data: Path, url: str = "", *, allowed_hosts: str = "") -> Iterator[Edge]:
    """Serve the application on a free port until the block ends."""
    settings = Settings(data=data, database_url=url, allowed_hosts=allowed_hosts)
    migrate.upgrade(settings.url)
    database = Database(settings.url)
    poked: list[str] = []
    ailments: list[str] = []
    feed = Feed(database)
    services = Services(
        database=database,
        feed=feed,
        settings=settings,
        sweeper=Sweeper(database, feed, settings, name="edge", living=frozenset),
        access=Access(data, TOKEN),
        poke=poked.append,
        ailments=lambda: ailments,
    )
    ready = threading.Event()
    server = Server(create_app(services), ready.set)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=lambda: server.serve_until_told(listener, by_signals=False), name="edge")
        thread.start()
        try:
            assert ready.wait(20)
            yield Edge(services=services, url=address, ailments=ailments, poked=poked)
        finally:
            server.end()
            thread.join(20)
            database.close()
