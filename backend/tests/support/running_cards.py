"""A board on which everything runs, and what its workers do to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from retoma.cards import service as cards
from retoma.cards.model import Column
from retoma.core.clock import utc_now
from retoma.core.status import Status
from retoma.executions import claim_store, store
from retoma.executions.model import Execution
from retoma.projects import store as project_store
from retoma.projects.model import Project
from retoma.storage.connection import Connection
from support import factories
from support.edge import Edge

_TURNS = 5  # so many turns until each card has changed once


@dataclass(kw_only=True)
class RunningCards:
    """Cards of one project, each with a run that goes on."""

    edge: Edge
    project: Project
    runs: list[Execution]
    step: int = 1

    def __post_init__(self) -> None:
        self._heads = {run.id: run.head_sequence for run in self.runs}

    def print_line(self, some: Sequence[Execution]) -> None:
        """Let these runs print one more line each."""
        self.step += 1
        step = self.step

        def write(connection: Connection) -> None:
            for run in some:
                key, line = run.id, f"line {step} of {run.card_id[:8]}"
                head = self._heads[key] + 1
                progress = factories.progress_to(head, last_line=line)
                assert store.advance(connection, key, fence=run.fence, old_head=head - 1, progress=progress)

        self.edge.services.database.write(write)
        for run in some:
            self._heads[run.id] += 1
            self.edge.services.feed.publish_card(self.project.id, run.card_id)

    def end(self, run: Execution, status: Status = Status.SUCCESS) -> None:
        """Let a run end."""
        self.runs.remove(run)
        factories.finish(self.edge.services.database, run, status)
        self.edge.services.feed.publish_execution(run.public_id)
        self.edge.services.feed.publish_card(self.project.id, run.card_id)

    def work(self, turn: int) -> None:
        """Do what happens in a tenth of a second: each fifth run prints a line, and one ends."""
        self.print_line(self.runs[turn % _TURNS :: _TURNS])
        self.end(self.runs[-1])


def running_cards(edge: Edge, count: int, *, idle: int = 0) -> RunningCards:
    """Make so many cards, evenly in six columns, each of which runs and has printed a line; below them, idle ones."""
    project = edge.add_project()
    columns = list(Column)

    def make(connection: Connection) -> list[str]:
        names = []
        for n in range(count + idle):
            card = cards.create_card(
                connection,
                project_id=project.id,
                number=project_store.take_card_number(connection, project.id),
                title=f"A card of many, number {n + 1}",
                description="What is to be done.",
                column=columns[n % len(columns)],
                agent=None,
                labels=["one", "two"],
                now=utc_now(),
            )
            if n >= count:
                continue
            execution, _ = factories.start_in(connection, card.id)
            until = utc_now().replace(year=2100)
            fence = claim_store.claim(connection, execution.id, owner=factories.WORKER, lease_until=until)
            assert fence is not None
            started = {"started_at": utc_now()}
            assert store.move(connection, execution.id, Status.RUNNING, started, fence=fence)
            names.append(execution.public_id)
        return names

    made = edge.services.database.write(make)
    made_cards = RunningCards(edge=edge, project=project, runs=[edge.execution(name) for name in made])
    made_cards.print_line(made_cards.runs)
    return made_cards
