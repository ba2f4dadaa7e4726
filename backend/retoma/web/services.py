"""What the edge is given to work with. Built once, in the command line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from retoma.live.feed import Feed
from retoma.retention.sweep import Sweeper
from retoma.search.in_log import LogSearches
from retoma.settings import Settings
from retoma.storage.database import Database
from retoma.web.access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a route may use. The edge knows no worker: only how to poke it, and how to ask what ails it."""

    database: Database
    feed: Feed
    settings: Settings
    access: Access
    sweeper: Sweeper
    poke: Callable[[str], None]  # something is to be done now for the execution with this public id
    ailments: Callable[[], Sequence[str]]  # one sentence for each thing that keeps executions from being carried out
    log_searches: LogSearches = field(default_factory=LogSearches)
