"""What every test may ask for by name."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, event

from support.board import Board
from support.claude import offline_settings, require_claude
from support.model_server import ModelServer
from support.postgres import PostgresUnavailableError, empty_database, postgres_server
from support.preloaded import Preloaded
from support.repositories import make_repository


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI everything is there, so a skipped test is a failed one: a promise that nobody checked."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_skipped_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a file that skips itself as a whole."""
    report = yield
    _fail_skipped_in_ci(report)
    return report


def _fail_skipped_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which fails in CI: {report.longrepr}"


@pytest.fixture(scope="session", autouse=True)
def _preloaded() -> Iterator[None]:
    """Load the program once, for all servers, workers and commands that the tests start."""
    Preloaded.shared = Preloaded()
    yield
    Preloaded.shared = None


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home folder without anybody's settings of git."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return folder


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests (`pytest.mark.anyio`) run on asyncio, as the product does."""
    return "asyncio"


@pytest.fixture(scope="session", name="postgres_server")
def _postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Give the maintenance database of the one PostgreSQL server of this test session."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    try:
        with postgres_server(shared) as server:
            yield server
    except PostgresUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database of this test's own."""
    with empty_database(postgres_server) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'retoma.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """Give a loopback model server of this test's own."""
    with ModelServer() as server:
        yield server


@pytest.fixture
def claude_board(tmp_path: Path, model: ModelServer) -> Iterator[Board]:
    """Give a board with one project, whose agent is the real claude program on a loopback model server."""
    program = require_claude()
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **offline_settings(model.url),
        "RETOMA_CLAUDE_COMMAND": " ".join(program),
        "HOME": str(home),
    }
    with Board(tmp_path / "data", environment=environment) as running:
        running.project(make_repository(tmp_path / "repository"), agent="claude-code")
        yield running


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Give the list of SQL statements that any connection runs from now on."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)
