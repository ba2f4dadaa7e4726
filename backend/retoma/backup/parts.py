"""What of a board goes into a backup, and what stays where it is."""

from collections.abc import Mapping
from importlib import import_module

# A table is known once its room's module was imported: all must be, whoever asks.
for room in ("projects", "cards", "executions", "logs"):
    import_module(f"retoma.{room}.tables")

ENGINE = "engine.db"

# What belongs to the place where the board is and not to the board: who works there, and who has which run; where the
# worktrees are, which are not in the backup (their branches are in the users' repositories). A restored board that
# knew these would work in the original's worktrees.
LEFT_OUT = frozenset({"workers"})
BLANKS: Mapping[str, frozenset[str]] = {
    "cards": frozenset({"workspace"}),
    "executions": frozenset({"owner", "lease_until", "indexed_at"}),  # the index is made anew
}
