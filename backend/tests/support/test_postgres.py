"""The server that the tests run on keeps its own promises: shared, empty for each, and gone afterwards."""

import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import URL, make_url

from support.postgres import empty_database, postgres_server

USER_PROGRAM = """
import sys
from pathlib import Path
from support.postgres import postgres_server
with postgres_server(Path(sys.argv[1])) as url:
    print(url.render_as_string(), flush=True)
    sys.stdin.read()
"""


def connect(url: URL) -> psycopg.Connection:
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True)


def test_each_database_is_empty_and_gone_afterwards(postgres_server: URL) -> None:
    with empty_database(postgres_server) as first, empty_database(postgres_server) as second:
        with connect(first) as connection:
            connection.execute("CREATE TABLE seen (n int)")
        with connect(second) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'seen'").fetchone() == (0,)
    with connect(postgres_server) as connection:
        names = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    assert not {first.database, second.database} & names


def test_two_processes_share_one_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RETOMA_TEST_DATABASE_URL", raising=False)
    with postgres_server(tmp_path) as url, _user(tmp_path) as other:
        assert other.stdout is not None
        assert make_url(other.stdout.readline().strip()) == url
        other.communicate(timeout=30)
        with connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_test_run_leaves_no_server_and_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RETOMA_TEST_DATABASE_URL", raising=False)
    with _user(tmp_path) as user:
        assert user.stdout is not None
        folder = Path(str(make_url(user.stdout.readline().strip()).query["host"])).parent
        processes = [process for process in psutil.process_iter() if _is_of(process, folder, tmp_path)]
        assert folder.exists()
        assert "postgres" in {process.name() for process in processes}
        user.kill()
        _, alive = psutil.wait_procs(processes, timeout=30)
    assert alive == []
    assert not folder.exists()


def _is_of(process: psutil.Process, folder: Path, shared: Path) -> bool:
    """Whether a process is the server in `folder`, or the guard of `shared`."""
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return str(folder) in command or command.endswith(f"postgres.py {shared}")


def _user(shared: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", USER_PROGRAM, str(shared)],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
