"""A board with a past: thousands of cards and as many runs as asked for, made by the database itself in a moment."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from retoma.executions.model import Execution, Selection
from retoma.storage.database import Database

PROJECTS = 10  # and one more, "project-rare", with one card
CARDS = 2_000

_CARDS = """
    INSERT INTO cards (id, project_id, number, title, description, "column", position, labels, pinned,
                       created_at, updated_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :cards)
    SELECT 'card-' || i, CASE i WHEN 7 THEN 'project-rare' ELSE 'project-' || (i % :projects) END, i, 'Card ' || i,
           'What is to be done.', 'backlog', i, '[]', FALSE, '2025-01-01 00:00:00.000000', '2025-01-01 00:00:00.000000'
      FROM n
"""
_PROJECTS = """
    INSERT INTO projects (id, name, path, default_branch, agent, last_card_number, created_at)
    VALUES (:id, :id, '/repositories/' || :id, 'main', 'rehearsal', 0, '2025-01-01 00:00:00.000000')
"""
# Ten minutes between one run and the next. Whatever differs comes from `h`, a number that jumps about. Few runs are
# of the rare agent, and all of those old; run 7 is the one of the rare project.
_RUNS = """
    INSERT INTO executions (id, public_id, card_id, command, agent, status, is_active, agent_session, created_at,
                            started_at, completed_at, duration, result, input_tokens, output_tokens, cost_usd,
                            head_sequence, journal_offset, stderr_offset, fence, sealed_at, indexed_at)
    WITH RECURSIVE n(i) AS (SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :last),
         numbered AS (SELECT i, (i * 48271) % 2147483647 AS h, {moment} AS moment FROM n)
    SELECT i, 'run-' || i, 'card-' || (CASE WHEN i > 7 AND i % :cards = 7 THEN 8 ELSE 1 + (i - 1) % :cards END),
           CASE h % 4 WHEN 0 THEN '/plan' WHEN 1 THEN '/implement' WHEN 2 THEN '/test' ELSE '/review' END,
           CASE WHEN i <= 10 THEN 'rare' WHEN h % 3 = 0 THEN 'claude-code' ELSE 'rehearsal' END,
           CASE WHEN h % 10 < 7 THEN 'success' WHEN h % 10 = 7 THEN 'error' WHEN h % 10 = 8 THEN 'cancelled'
                ELSE 'interrupted' END,
           FALSE, 'session', moment, moment, moment, (h % 100000) / 100.0, 'What came out of it. What came out of it.',
           h % 5000, h % 700, (h % 900) / 1000.0, 10, 0, 0, 1, moment, moment
      FROM numbered
"""
_MOMENTS = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', '2025-01-01', (i * 600) || ' seconds') || '000'",
    "postgresql": "TIMESTAMPTZ '2025-01-01 00:00:00Z' + i * INTERVAL '10 minutes'",
}


def make_board(database: Database) -> None:
    """Store the projects and their cards."""

    def write(connection: Connection) -> None:
        names = [*(f"project-{number}" for number in range(PROJECTS)), "project-rare"]
        connection.execute(text(_PROJECTS), [{"id": name} for name in names])
        connection.execute(text(_CARDS), {"cards": CARDS, "projects": PROJECTS})

    database.write(write)


def add_runs(database: Database, first: int, last: int) -> None:
    """Store the runs numbered from `first` to `last`, which are over; let the database look at what it has."""

    def write(connection: Connection) -> None:
        runs = _RUNS.format(moment=_MOMENTS[connection.dialect.name])
        connection.execute(text(runs), {"first": first, "last": last, "cards": CARDS})
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))  # as its autovacuum does

    database.write(write)


def holds(execution: Execution, selection: Selection, project_of: Mapping[str, str]) -> bool:
    """Whether an execution is one of those that are asked for: the same as the filters, the naive way."""
    return (
        (not selection.statuses or execution.status in selection.statuses)
        and selection.command in {None, execution.command}
        and selection.agent in {None, execution.agent}
        and selection.card_id in {None, execution.card_id}
        and selection.project_id in {None, project_of[execution.card_id]}
        and (selection.start is None or execution.created_at >= selection.start)
        and (selection.end is None or execution.created_at < selection.end)
    )
