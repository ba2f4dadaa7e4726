"""Who may run beside whom: servers and workers, their locks and their names."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support.board import Board
from support.command import retoma
from support.process import RetomaProcess
from support.team import Team

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def team(tmp_path: Path, postgres_url: str) -> Iterator[Team]:
    """Give a board that one process serves, without a worker yet."""
    with Team(tmp_path / "data", postgres_url) as running:
        yield running


def refused(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a command that has to be refused; return what it says."""
    done = retoma(*arguments, environment=environment)
    assert done.returncode == 1, done.stdout
    assert (done.stdout + done.stderr).count("\n") == 1
    return done.stdout + done.stderr


def _contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file() and "retoma.db" not in file.name}


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_what_needs_postgresql_refuses_sqlite_with_one_sentence(tmp_path: Path, command: str) -> None:
    assert "PostgreSQL" in refused(command, "--data", tmp_path / "data")
    assert "PostgreSQL" in json.loads(refused(command, "--json", "--data", tmp_path / "data"))["error"]
    assert not (tmp_path / "data").exists()


def test_a_second_server_is_refused_at_once_while_the_first_is_still_starting(tmp_path: Path) -> None:
    # Stopped when it has the lock and nothing else: so busy can a start be.
    data = tmp_path / "data"
    first = Board(data)
    starts = subprocess.Popen(
        [sys.executable, "-c", _STOPS_WITH_THE_LOCK, "up", "--no-open", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starts.stdout is not None
    try:
        os.waitid(os.P_PID, starts.pid, os.WSTOPPED | os.WNOWAIT)
        before = _contents(data)
        begun = time.monotonic()
        said = refused("up", "--no-open", "--data", data, "--port", "0")
        assert time.monotonic() - begun < 2
        assert str(starts.pid) in said
        assert _contents(data) == before
        starts.send_signal(signal.SIGCONT)
        assert "ready" in starts.stdout.readline()
    finally:
        starts.kill()
        starts.wait()
        starts.stdout.close()
    first.start()
    first.stop()


_STOPS_WITH_THE_LOCK = """
import os, signal, sys
from retoma import cli
shown = cli.locked
def locked(*arguments, **more):
    opened = shown(*arguments, **more)
    class Stops:
        def __enter__(self):
            opened.__enter__()
            os.kill(os.getpid(), signal.SIGSTOP)
        def __exit__(self, *why):
            return opened.__exit__(*why)
    return Stops()
cli.locked = locked
sys.exit(cli.main())
"""


def test_a_second_worker_of_one_name_on_one_folder_is_refused_at_once_and_changes_nothing(
    team: Team, postgres_url: str
) -> None:
    first = team.worker("one")
    team.worker("two")  # any other name is welcome
    before, environment = _contents(team.data), {"RETOMA_DATABASE_URL": postgres_url}
    begun = time.monotonic()
    said = refused("worker", "--name", "one", "--data", team.data, environment=environment)
    assert time.monotonic() - begun < 2
    assert str(first.pid) in said
    assert "--name" in said
    assert _contents(team.data) == before


def test_up_and_serve_do_not_share_a_data_folder(team: Team, postgres_url: str) -> None:
    environment = {"RETOMA_DATABASE_URL": postgres_url}
    assert str(team.data) in refused("up", "--no-open", "--data", team.data, environment=environment)
    assert "data folder" in refused("db", "upgrade", "--data", team.data, environment=environment)
    team.kill()
    with Board(team.data, environment=environment) as board:
        assert str(board.pid) in refused("serve", "--data", team.data, environment=environment)
        assert str(board.pid) in refused("worker", "--data", team.data, environment=environment)


def test_a_second_server_on_one_folder_is_refused_at_once_and_changes_nothing(team: Team, postgres_url: str) -> None:
    before, environment = _contents(team.data), {"RETOMA_DATABASE_URL": postgres_url}
    begun = time.monotonic()
    said = refused("serve", "--port", "0", "--data", team.data, environment=environment)
    assert time.monotonic() - begun < 2
    assert str(team.pid) in said
    assert team.url in said
    assert _contents(team.data) == before


def test_no_tables_are_taken_away_from_processes_that_use_them(team: Team, tmp_path: Path, postgres_url: str) -> None:
    environment = {"RETOMA_DATABASE_URL": postgres_url}
    elsewhere = ("--data", tmp_path / "elsewhere")
    assert "serve" in refused("db", "downgrade", "base", *elsewhere, environment=environment)
    team.worker("one")
    team.kill()
    assert "serve" in refused("db", "downgrade", "base", *elsewhere, environment=environment)
    assert retoma("db", "upgrade", *elsewhere, environment=environment).returncode == 0


def test_several_servers_with_folders_of_their_own_share_a_token(tmp_path: Path, postgres_url: str) -> None:
    environment = {"RETOMA_DATABASE_URL": postgres_url, "RETOMA_TOKEN": "one-token-for-all-0123456789"}
    with (
        Board(tmp_path / "one", environment=environment, command=["serve"]) as team,
        Board(tmp_path / "two", environment=environment, command=["serve"]) as second,
    ):
        for board in (team, second):
            (board.data / "token").write_text(environment["RETOMA_TOKEN"])  # where the test's client looks
        made = team.post("/api/projects/sample")
        assert second.get(f"/api/projects/{made['id']}") == team.get(f"/api/projects/{made['id']}")


def test_workers_that_start_together_on_an_empty_database_make_it_once(tmp_path: Path, postgres_url: str) -> None:
    environment = {"RETOMA_DATABASE_URL": postgres_url}
    workers = [
        RetomaProcess(
            ["worker", "--json", "--name", name, "--data", str(tmp_path / "data")],
            ready=f'"worker": "{name}"',
            environment=environment,
        )
        for name in ("one", "two", "three")
    ]
    try:
        for worker in workers:
            worker.launch()
        for worker in workers:
            assert json.loads(worker.await_ready())["event"] == "ready"
        for worker in workers:
            assert worker.stop(signal.SIGTERM) == 0
            assert json.loads(worker.output[-1]) == {"event": "ended", "goingOn": []}
    finally:
        for worker in workers:
            worker.kill()
