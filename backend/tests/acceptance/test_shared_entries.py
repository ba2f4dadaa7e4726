"""Two servers and a worker on one PostgreSQL, with a real Redis between them that comes and goes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.board import Board
from support.command import retoma
from support.redis import RedisServer, redis_server
from support.repositories import make_repository
from support.team import Team

pytestmark = pytest.mark.timeout(120)

_PASSWORD = "very-secret"
_READERS = 3  # of each server
_LINES = 400
_TOKEN = "one-token-for-both-servers"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path, password=_PASSWORD) as server:
        yield server


def _environment(postgres_url: str, redis: RedisServer) -> dict[str, str]:
    return {"RETOMA_DATABASE_URL": postgres_url, "RETOMA_REDIS_URL": redis.url, "RETOMA_TOKEN": _TOKEN}


def _part(gate: Path) -> tuple[str, ...]:
    return (f"run until [ -e {gate} ]; do sleep 0.05; done", f"lines {_LINES} rate 800")


def test_readers_of_two_servers_get_all_entries_in_order_while_redis_dies_and_comes_back(
    tmp_path: Path, postgres_url: str, redis: RedisServer
) -> None:
    gates = [tmp_path / f"gate-{number}" for number in range(3)]
    environment = _environment(postgres_url, redis)
    with (
        Team(tmp_path / "one", postgres_url, environment=environment) as team,
        Board(tmp_path / "two", environment=environment, command=["serve"]) as other,
        ThreadPoolExecutor(2 * _READERS) as threads,
    ):
        (tmp_path / "two" / "token").write_text(_TOKEN)
        (tmp_path / "one" / "token").write_text(_TOKEN)
        team.project(make_repository(tmp_path / "repository"))
        worker = team.worker("one", data=tmp_path / "three")
        steps = [step for gate in gates for step in _part(gate)]
        run = team.run(team.script("Card", "say begin", *steps, "exit 0"))
        team.follow(run, until="until [")
        readers = [threads.submit(board.follow, run) for board in (team, other) for _ in range(_READERS)]
        watched = 0
        for number, gate in enumerate(gates):
            gate.touch()
            watched = _await_part(team, run, watched)
            if number == 0:
                assert redis.reads > 0, "the servers read from Redis"
                redis.kill()
                for process in (team, other, worker):
                    process.await_output("Redis does not answer")
            elif number == 1:
                redis.start()
                for process in (team, other, worker):
                    process.await_output("Redis answers again")
        log = team.log(run)
        for reader in readers:
            assert reader.result(60) == log
        assert team.get("/api/health")["status"] == "ok"
        assert redis.reads > 0, "and again, after it was back"
        said = "".join([*team.output, *other.output, *worker.output])
        assert said.count("Redis does not answer") == 3
        assert _PASSWORD not in said


def _await_part(team: Team, run: str, after: int) -> int:
    entries = team.follow(run, until=f"line {_LINES:06d}", after=after)
    return int(str(entries[-1]["sequence"]))


def test_a_start_without_an_answering_redis_is_a_start_and_doctor_says_so(
    tmp_path: Path, postgres_url: str, redis: RedisServer
) -> None:
    redis.kill()
    environment = _environment(postgres_url, redis)
    with Team(tmp_path / "data", postgres_url, environment=environment) as team:
        team.await_output("Redis does not answer")
        away = retoma("doctor", "--data", tmp_path / "data", environment=environment | {"PATH": ""})
        redis.start()
        there = retoma("doctor", "--data", tmp_path / "data", environment=environment | {"PATH": ""})
    assert "LOOK redis: does not answer" in away.stdout
    assert "ok   redis: " in there.stdout
    assert _PASSWORD not in away.stdout + away.stderr + there.stdout + there.stderr
