"""The parts of which `retoma up`, `serve` and `worker` are made. Each is closed in the reverse order."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from retoma.cli.late_engine import LateEngine
from retoma.cli.terminal import say
from retoma.executions.model import Recovery, RecoveryOutcome
from retoma.live.feed import Feed
from retoma.live.hub import Hub
from retoma.live.look import SlowLook
from retoma.live.notify import Relay
from retoma.retention.sweep import Sweeper
from retoma.search.indexer import Indexer
from retoma.settings import Settings
from retoma.storage import migrate
from retoma.storage.database import Database
from retoma.web.access import Access, read_token
from retoma.web.services import Services
from retoma.worker.recovery import summary
from retoma.worker.strays import living_runs
from retoma.worker.worker import Worker

Poke = Callable[[str], None]


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Open the database, brought to the newest schema."""
    migrate.upgrade(settings.url)
    with closing(Database(settings.url)) as database:
        yield database


@contextmanager
def relayed(settings: Settings, hub: Hub, poke: Poke, *, serves: bool) -> Iterator[Poke]:
    """Let wake-ups pass between the processes of one PostgreSQL. Yields how to poke whoever has an execution.

    `poke` reaches the worker of this process; `serves`: it also has readers.
    """
    if settings.uses_sqlite:
        yield poke
        return
    with closing(Relay(settings.url, hub=hub if serves else None, poke=poke)) as relay:
        hub.pass_on_to(relay.wake)
        yield relay.poke


@contextmanager
def readers_looked_after(settings: Settings, database: Database, feed: Feed) -> Iterator[None]:
    """Make good, for the readers of this process, what wake-ups of other processes were lost."""
    if settings.uses_sqlite:
        yield
        return
    with closing(SlowLook(database, feed.hub, feed.saw)):
        yield


@contextmanager
def fed(settings: Settings, database: Database) -> Iterator[Feed]:
    """Give the live source of this process; with a Redis where the settings name one and others share the database."""
    if not settings.redis_url or settings.uses_sqlite:
        yield Feed(database)
        return
    from retoma.live.shared import Shared  # only who has a Redis pays for loading its client

    with closing(Shared(settings.redis_url)) as shared:
        yield Feed(database, shared)


@contextmanager
def working(settings: Settings, worker: Worker) -> Iterator[LateEngine]:
    """Let the worker and its engine run."""
    engine = LateEngine(settings, worker)
    worker.start(engine)
    engine.start()
    try:
        yield engine
    finally:
        worker.stop()
        engine.close()


def make_sweeper(settings: Settings, database: Database, feed: Feed, *, name: str) -> Sweeper:
    """Return what sweeps in this process."""
    return Sweeper(database, feed, settings, name=name, living=living_runs)


@contextmanager
def indexing(database: Database) -> Iterator[None]:
    """Fill the search index. Begun once the worker has taken up what it found: that goes before."""
    with closing(Indexer(database)):
        yield


def make_worker(
    settings: Settings, database: Database, feed: Feed, *, name: str, sweeper: Sweeper, speaks_json: bool
) -> Worker:
    """Return the worker of this process, which says in the terminal what it found at its start."""

    def announce(recovery: Recovery) -> None:
        text = summary(recovery)
        if text:
            counts = {outcome.value: recovery.count(outcome) for outcome in RecoveryOutcome}
            say({"event": "recovery", **counts, "caughtUp": recovery.caught_up}, text, speaks_json=speaks_json)

    return Worker(database, feed, settings, name=name, sweeper=sweeper, announce=announce)


def make_services(
    settings: Settings,
    database: Database,
    feed: Feed,
    *,
    sweeper: Sweeper,
    poke: Poke,
    ailments: Callable[[], Sequence[str]],
) -> Services:
    """Return what the edge is given to work with."""
    access = Access(settings.data, read_token(settings.data, settings.token))
    return Services(
        database=database,
        feed=feed,
        settings=settings,
        access=access,
        sweeper=sweeper,
        poke=poke,
        ailments=ailments,
    )
