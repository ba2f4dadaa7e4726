"""From each schema that was ever released, with a board in the middle of its work: up and down, killed anywhere."""

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, inspect, make_url, text

import retoma
from retoma.core.errors import ConflictError
from retoma.core.status import Usage
from retoma.executions import message_store, request_store, store
from retoma.logs import store as logs
from retoma.storage.base import encode_json
from retoma.storage.database import Database, is_sqlite, migration_engine, sqlite_file
from retoma.storage.migrate import LOCK, current, downgrade, head, upgrade
from support.postgres import empty_database
from support.schema import describe, describe_models

HERE = Path(__file__).parent
PROGRAM = HERE / "killed_upgrade.py"
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(Path(str(retoma.__file__)).parents[1]), str(HERE.parent)]),
}
RELEASED = ["0001", "0002", "0003", "0005"]
EARLIER = [revision for revision in RELEASED if revision != head()]
MODELS = [import_module(f"retoma.{room}.tables") for room in ("projects", "cards", "executions", "logs", "search")]
TABLES = (
    *("projects", "cards", "executions", "execution_logs", "requests", "messages", "recoveries", "workers"),
    *("execution_log_chunks", "sweeps", "search_blocks"),
)
USAGE = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd")

Rows = Mapping[str, Sequence[tuple[object, ...]]]


def load(url: str, revision: str) -> None:
    """Make the database what a user of that release has."""
    kind = "sqlite" if is_sqlite(url) else "postgresql"
    script = "".join((HERE / "released" / f"{revision}.{part}.sql").read_text() for part in (kind, "rows"))
    file = sqlite_file(url)
    if file is not None:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(script)
        return
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as server:
        server.execute(re.sub(r"X'([0-9a-f]*)'", r"'\\x\1'", script).encode())


def columns(url: str) -> Mapping[str, Sequence[str]]:
    engine = migration_engine(url)
    try:
        with engine.connect() as connection:
            there = [table for table in TABLES if inspect(connection).has_table(table)]
            return {table: list(connection.execute(text(f"SELECT * FROM {table} LIMIT 0")).keys()) for table in there}
    finally:
        engine.dispose()


def rows(url: str, named: Mapping[str, Sequence[str]]) -> Rows:
    """Return what the named columns hold, table by table."""
    engine = migration_engine(url)
    try:
        with engine.connect() as connection:
            found = {}
            for table, names in named.items():
                chosen = ", ".join(f'"{name}"' for name in names)
                result = connection.execute(text(f"SELECT {chosen} FROM {table} ORDER BY 1, 2"))
                found[table] = [tuple(row) for row in result]
            return found
    finally:
        engine.dispose()


def only(found: Rows, named: Mapping[str, Sequence[str]], kept: Mapping[str, Sequence[str]]) -> Rows:
    """Return of `found`, which holds the columns `named`, the columns `kept`."""
    places = {table: [named[table].index(name) for name in names] for table, names in kept.items()}
    return {table: [tuple(row[place] for place in places[table]) for row in lines] for table, lines in found.items()}


def usage(url: str) -> Mapping[int, Sequence[float | None]]:
    """Return what each execution used, from the text that earlier schemas have or from the columns of later ones."""
    if "usage" not in columns(url)["executions"]:
        found = rows(url, {"executions": ["id", *USAGE]})["executions"]
        return {int(str(key)): [None if value is None else float(str(value)) for value in used] for key, *used in found}
    texts = rows(url, {"executions": ["id", "usage"]})["executions"]
    told = {int(str(key)): json.loads(str(text or "{}")) for key, text in texts}
    return {key: [used.get(name) for name in USAGE] for key, used in told.items()}


def migrate_killed_at_each_statement(url: str, *revision: str) -> Sequence[object]:
    """Migrate, in children that are killed one after the other; return the schemas that they left."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), url, *revision], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("revision", RELEASED)
def test_each_released_schema_is_kept_as_it_was_with_rows_in_each_table(
    database_url: str, revision: str, postgres_server: URL, tmp_path: Path
) -> None:
    load(database_url, revision)
    assert current(database_url) == revision
    assert all(rows(database_url, columns(database_url)).values())
    if is_sqlite(database_url):
        made = f"sqlite:///{tmp_path / 'made.db'}"
        upgrade(made, revision)
        assert describe(made) == describe(database_url)
        return
    with empty_database(postgres_server) as other:
        made = other.render_as_string(hide_password=False)
        upgrade(made, revision)
        assert describe(made) == describe(database_url)


@pytest.mark.parametrize("revision", EARLIER)
def test_an_upgrade_of_a_working_board_killed_at_any_statement_keeps_everything_and_so_does_the_way_back(
    database_url: str, revision: str, tmp_path: Path
) -> None:
    load(database_url, revision)
    schema, named = describe(database_url), columns(database_url)
    before, used = rows(database_url, named), usage(database_url)
    assert all(before.values()), "each table has rows"
    assert any(figure for figures in used.values() for figure in figures)

    whole = int(head()) - int(revision) + 1  # schemas on the way: a migration stands as a whole, or not at all
    left = migrate_killed_at_each_statement(database_url)
    newest = describe_models(database_url, tmp_path)
    assert len(left) > 2
    assert len({json.dumps(found) for found in left}) <= whole
    assert left[0] == schema
    assert describe(database_url) == newest
    assert current(database_url) == head()
    # Nothing is gone but the text of what a run used, which has become columns.
    there = columns(database_url)
    kept = {table: [name for name in names if name in there[table]] for table, names in named.items()}
    assert {(table, name) for table, names in named.items() for name in names if name not in there[table]} <= {
        ("executions", "usage")
    }
    assert rows(database_url, kept) == only(before, named, kept)
    assert usage(database_url) == used

    left = migrate_killed_at_each_statement(database_url, revision)
    assert len(left) > 2
    assert len({json.dumps(found) for found in left}) <= whole
    assert left[0] == newest
    assert describe(database_url) == schema
    assert current(database_url) == revision
    assert rows(database_url, named) == before


@pytest.mark.parametrize("revision", RELEASED)
def test_a_board_of_an_earlier_release_goes_on_where_it_was(database_url: str, revision: str) -> None:
    load(database_url, revision)
    upgrade(database_url)
    with closing(Database(database_url)) as database, database.read() as connection:
        unfinished = store.list_unfinished(connection)
        assert [execution.status for execution in unfinished] == ["queued", "running", "waiting"]
        for execution in unfinished:
            entries = logs.read_after(connection, execution.id, 0)
            assert [entry.sequence for entry in entries] == list(range(1, execution.head_sequence + 1))
        _, running, waiting = unfinished
        assert (running.journal_offset, running.stderr_offset, running.fence) == (210, 17, 3)
        assert waiting.cancel_requested_at is not None
        assert [message.key for message in message_store.list_undelivered(connection, waiting.id)] == [
            "message-sending"
        ]
        asked = request_store.list_requests(connection, [waiting.id], open_only=False)
        assert [(request.state, request.delivered_at) for request in asked] == [("answered", None), ("open", None)]
        assert len(store.list_executions(connection, {}, limit=100)) == 8
        success = store.get_execution(connection, "execution-success-5")
        assert success is not None
        assert success.usage == Usage(input_tokens=10, output_tokens=20, cost_usd=0.0123)
        # Its log is sealed in some of these schemas, and can't be told from one that is not.
        entries = logs.read_after(connection, success.id, 0)
        assert [entry.content.splitlines()[0] for entry in entries] == ["line 1", "line 2", "line 3"]


@pytest.mark.parametrize("revision", [None, "0003"])
def test_two_processes_that_upgrade_one_database_at_once_both_succeed(postgres_url: str, revision: str | None) -> None:
    if revision is not None:
        load(postgres_url, revision)
    upgrading = [sys.executable, "-c", "import sys; from retoma.storage.migrate import upgrade; upgrade(sys.argv[1])"]
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        both = [subprocess.Popen([*upgrading, postgres_url], env=ENVIRONMENT) for _ in range(2)]
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while server.execute(waiting).fetchone() != (2,):
            assert [process.poll() for process in both] == [None, None], "they wait for their turn"
        assert current(postgres_url) == revision
        server.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        assert [process.wait(20) for process in both] == [0, 0]
    assert current(postgres_url) == head()


def test_no_schema_changes_under_an_older_process_that_is_connected(postgres_url: str) -> None:
    load(postgres_url, "0003")
    schema = describe(postgres_url)
    with closing(Database(postgres_url)) as older:
        assert older.ailments() == []  # it has a connection that writes
        with pytest.raises(ConflictError, match="end every `retoma up`"):
            upgrade(postgres_url)
        assert (describe(postgres_url), current(postgres_url)) == (schema, "0003")
    upgrade(postgres_url)
    with closing(Database(postgres_url)) as newer:
        assert newer.ailments() == []
        upgrade(postgres_url)  # nothing changes, so nobody has to go
    assert current(postgres_url) == head()


def test_a_large_upgrade_and_its_way_back_tell_how_far_they_are_and_keep_what_each_run_used(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    load(database_url, "0003")
    made, figures = 11_000, random.Random(5)
    told: list[dict[str, float | None]] = [
        dict(zip(USAGE, [*(figures.randrange(10**9) for _ in range(4)), figures.random()], strict=True))
    ]
    told += [{**told[0], "cost_usd": None}, {**dict.fromkeys(USAGE), "output_tokens": 0}]
    numbered = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :made) "
    engine = migration_engine(database_url)
    try:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO executions (id, public_id, card_id, command, agent, status, is_active, agent_session,"
                    ' created_at, "usage", head_sequence, journal_offset, stderr_offset, fence) '
                    f"{numbered if is_sqlite(database_url) else ''} SELECT i + 100, 'many-' || i, 'card-success',"
                    " '/plan', 'rehearsal', 'success', FALSE, 's', '2026-11-24 09:00:00.123000',"
                    " CASE i % 3 WHEN 0 THEN :a WHEN 1 THEN :b ELSE :c END, 0, 0, 0, 0 FROM "
                    + ("n" if is_sqlite(database_url) else "generate_series(1, :made) AS i")
                ),
                {"made": made, **dict(zip("abc", map(encode_json, told), strict=True))},
            )
    finally:
        engine.dispose()
    named = columns(database_url)
    before, used = rows(database_url, named), usage(database_url)
    upgrade(database_url)
    assert usage(database_url) == used
    assert used[101] == list(told[1].values())
    said = [record.getMessage() for record in caplog.records]
    assert said[0].endswith("5,000 of 11,001 runs")
    assert said[-1].endswith("11,001 of 11,001 runs")
    downgrade(database_url, "0003")
    assert rows(database_url, named) == before
