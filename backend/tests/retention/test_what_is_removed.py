"""Whatever boards there are: a sweep removes just the logs that are due, and never one of a run that goes on."""

import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retoma.core.status import UNFINISHED, Status
from retoma.executions.model import Execution
from retoma.settings import Settings
from retoma.storage.database import Database
from support import factories
from support.past import NEVER, NOW, Past

_OVER = sorted(set(Status) - UNFINISHED)


@dataclass(frozen=True)
class Run:
    """A run that ended so many days ago; None: it goes on."""

    days: int | None
    entries: int
    status: Status


@dataclass(frozen=True)
class Card:
    """A card with its runs, the oldest first."""

    pinned: bool
    runs: list[Run]


_over = st.builds(
    Run,
    days=st.integers(min_value=0, max_value=80),
    entries=st.integers(min_value=0, max_value=5),
    status=st.sampled_from(_OVER),
)
_goes_on = st.builds(Run, days=st.none(), entries=st.integers(min_value=0, max_value=5), status=st.just(Status.RUNNING))
_cards = st.builds(
    lambda pinned, over, last: Card(pinned, [*over, *last]),
    pinned=st.sampled_from([False, False, True]),
    over=st.lists(_over, max_size=4),
    last=st.lists(_goes_on, max_size=1),
)
_projects = st.lists(
    st.tuples(st.sampled_from([None, 0, 1, 10, 30, 365]), st.lists(_cards, max_size=3)), min_size=1, max_size=3
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(projects=_projects, default=st.sampled_from([0, 30]), jump=st.sampled_from([0, 0, 5, 4000]), yes=st.booleans())
def test_just_what_is_due_is_removed(
    migrated_file: Path, projects: list[tuple[int | None, list[Card]]], default: int, jump: int, *, yes: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(migrated_file, Path(folder) / "retoma.db")
        board = Settings(data=Path(folder), retention_days=default, seal_after=NEVER)
        with closing(Database(board.url)) as database:
            past = Past(database, board)
            made = _make(past, projects)
            due = {
                execution.public_id
                for execution, run, days, pinned in made
                if run.days is not None and days and run.days + jump > days and not pinned
            }
            now = NOW + timedelta(days=jump)
            if yes:
                past.sweeper.begin(yes=True, now=now)[1]()
            else:
                past.sweeper.sweep(now)
            expected = due if yes or len(due) * 2 <= len(made) else set()
            for execution, run, _, _ in made:
                is_gone = execution.public_id in expected
                assert past.is_removed(execution) == is_gone
                assert past.is_whole(execution) == (not is_gone)
                assert run.days is not None or not is_gone


def _make(past: Past, projects: list[tuple[int | None, list[Card]]]) -> list[tuple[Execution, Run, int, bool]]:
    made = []
    for days, cards in projects:
        project = factories.create_project(past.database)
        past.keep(project, days)
        for wanted in cards:
            card = factories.create_card(past.database, project)
            runs = [(past.run(card, days=run.days, entries=run.entries, status=run.status), run) for run in wanted.runs]
            if wanted.pinned:
                past.pin(card)
            kept = past.settings.retention_days if days is None else days
            made += [(execution, run, kept, wanted.pinned) for execution, run in runs]
    return made
