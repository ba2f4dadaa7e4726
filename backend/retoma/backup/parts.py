"""What of a board goes into a backup, and what stays where it is."""

from collections.abc import Mapping

# The tables that there are: each room's are known once they were imported.
import retoma.cards.tables
import retoma.executions.tables
import retoma.logs.tables
import retoma.projects.tables  # noqa: F401 - see above

ENGINE = "engine.db"

# What belongs to the place where the board is and not to the board: who works there, and who has which run; where the
# worktrees are, which are not in the backup (their branches are in the users' repositories). A restored board that
# knew these would work in the original's worktrees.
LEFT_OUT = frozenset({"workers"})
BLANKS: Mapping[str, frozenset[str]] = {
    "cards": frozenset({"workspace"}),
    "executions": frozenset({"owner", "lease_until"}),
}
