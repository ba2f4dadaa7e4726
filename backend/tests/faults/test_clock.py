"""The wall clock jumps by an hour or a day, either way, in the middle of runs: order, durations and deadlines stand."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from retoma.core.ids import new_id
from retoma.storage.database import Database
from retoma.storage.migrate import upgrade
from support import factories
from support.board import Board
from support.false_clock import FalseClock
from support.following import Following, WrittenRun, assert_whole
from support.recorder import ENVIRONMENT, Run, until
from support.repositories import make_repository
from support.waiting_run import WaitingRun

HOUR, DAY = 3600, 86_400
JUMPS = [HOUR, -HOUR, DAY, -DAY]


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> FalseClock:
    return FalseClock(tmp_path_factory.mktemp("clock") / "offset")


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory, clock: FalseClock) -> Iterator[Board]:
    """Give a board whose server has the false clock; its runs have the true one."""
    folder = tmp_path_factory.mktemp("board")
    with Board(folder / "data", environment=clock.for_the_server) as running:
        running.project(make_repository(folder / "repository"))
        yield running


@pytest.mark.parametrize("jump", JUMPS)
def test_a_jump_of_the_servers_clock_in_mid_run_changes_no_order_and_no_duration_and_ends_nothing(
    board: Board, clock: FalseClock, tmp_path: Path, jump: int
) -> None:
    clock.set(0)
    began = time.monotonic()
    run = WaitingRun(board, tmp_path / "gate")
    asking = board.run(board.script("Asks", "ask May I?", "say Thank you", "exit 0"))
    board.follow(asking, until="May I?")
    clock.set(jump)
    shown = datetime.fromisoformat(str(board.get(f"/api/cards/{board.card('Made after it')}")["createdAt"]))
    assert abs((shown - datetime.now(UTC)).total_seconds() - jump) < 60, "the server has the false clock"
    head = run.head()
    run.go_on()
    run.assert_whole()
    took = time.monotonic() - began
    ended = board.execution(run.id)
    assert int(str(ended["headSequence"])) > head
    assert 0 <= float(str(ended["duration"])) <= took
    assert ended["duration"] == json.loads(run.end_file.read_text())["duration"]
    assert str(ended["startedAt"]) <= str(ended["completedAt"])
    assert board.execution(asking)["status"] == "waiting", "nothing has expired"
    board.post(f"/api/executions/{asking}/requests/1", {"decision": "allow"})
    answered = board.finish(asking)
    assert answered["status"] == "success"
    assert str(answered["startedAt"]) <= str(answered["completedAt"])


def test_a_link_is_good_after_a_jump_and_so_is_the_cookie_that_it_gave(board: Board, clock: FalseClock) -> None:
    clock.set(0)
    link = str(board.post("/api/links", status=201)["url"])
    clock.set(DAY)
    with httpx.Client(base_url=board.url, follow_redirects=False, verify=False) as browser:
        assert browser.get(link).status_code in {302, 303, 307}
        assert browser.get("/api/cards").status_code == 200
        clock.set(-DAY)
        assert browser.get("/api/cards").status_code == 200


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Give a run directory of the test's own, whose processes are ended with it."""
    folder = tmp_path / "run"
    folder.mkdir()
    made = Run(folder, new_id())
    yield made
    made.end()


@pytest.mark.parametrize("jump", JUMPS)
def test_a_recorder_measures_the_duration_by_the_clock_that_counts_since_boot(
    clock: FalseClock, run: Run, tmp_path: Path, jump: int
) -> None:
    clock.set(0)
    gate = tmp_path / "gate"
    began = time.monotonic()
    subprocess.run(
        run.argv(["/bin/sh", "-c", f"echo one; until [ -e {gate} ]; do sleep 0.05; done; echo two"]),
        env={**ENVIRONMENT, **clock.for_any_program, "RETOMA_EXECUTION": run.mark},
        check=True,
    )
    has_begun = time.monotonic()
    until(lambda: " 4 0\n" in (run.folder / "marks").read_text(), 5)
    clock.set(jump)
    jumped = time.monotonic()
    gate.touch()
    ended = run.exit_file()
    assert jumped - has_begun <= ended["duration"] <= time.monotonic() - began
    # The wall clock itself is told as it is: whoever settles the run sees to it that no end is before its start.
    wall = datetime.fromisoformat(ended["completedAt"]) - datetime.fromisoformat(run.run_file()["startedAt"])
    assert abs(wall.total_seconds() - ended["duration"] - jump) < 1
    marks = [line.split() for line in (run.folder / "marks").read_text().splitlines()]
    lengths = [int(out) for _, out, _ in marks]
    assert (lengths, lengths[-1]) == (sorted(lengths), 8)


def test_an_end_is_never_before_its_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'retoma.db'}"
    upgrade(url)
    with closing(Database(url)) as database:
        execution, _ = factories.run(database, factories.create_card(database).id)
        started = datetime.now(UTC) + timedelta(days=3650)  # the recorder's clock was set back by ten years
        database.write(
            lambda connection: (
                connection.exec_driver_sql(
                    "UPDATE executions SET started_at = ?", (started.replace(tzinfo=None).isoformat(sep=" "),)
                ).rowcount
            )
        )
        run = WrittenRun(tmp_path / "run")
        run.write(1, 3)
        run.end()
        following = Following(database, execution, run)
        following.until_over()
        assert_whole(database, execution, 3)
        ended = factories.reload(database, execution)
    assert ended.started_at is not None
    assert (ended.completed_at, ended.duration) == (ended.started_at + timedelta(seconds=10), 10)


def test_a_run_that_was_starting_a_day_ago_when_the_server_died_is_started_and_not_given_up(tmp_path: Path) -> None:
    with Board(tmp_path / "data", environment={"RETOMA_CONCURRENCY": "1"}) as board:
        board.project(make_repository(tmp_path / "repository"))
        first = WaitingRun(board, tmp_path / "gate")
        second = board.run(board.script("Second", "say hello", "exit 0"))
        board.kill()
        with closing(sqlite3.connect(board.data / "retoma.db")) as connection, connection:
            # As it stands where a server dies between this write and the start of the recorder.
            started = "status = 'running', owner = 'local', fence = 1, started_at = '2026-01-01 00:00:00.000000'"
            connection.execute(f"UPDATE executions SET {started} WHERE public_id = ?", [second])
        board.start()
        first.go_on()
        first.assert_whole()
        assert board.finish(second)["status"] == "success"
