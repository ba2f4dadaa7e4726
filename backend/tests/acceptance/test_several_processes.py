"""One `retoma serve` and several `retoma worker` on one PostgreSQL: whoever is killed or stopped, no run is lost."""

import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from retoma.core.clock import utc_now
from retoma.core.status import Status
from retoma.executions import claim_store, store
from support.team import Team

pytestmark = pytest.mark.timeout(120)


def _gated(gate: Path, *more: str) -> tuple[str, ...]:
    """Return a script that waits in the middle until the test makes the file `gate`: no clock decides."""
    return ("say begin", "lines 30", f"run until [ -e {gate} ]; do sleep 0.05; done", "lines 30", *more, "exit 0")


def _assert_whole(entries: list[dict[str, object]]) -> None:
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    lines = [str(entry["content"]) for entry in entries if str(entry["content"]).startswith("line ")]
    assert [line.split()[1] for line in lines] == 2 * [f"{number:06d}" for number in range(1, 31)]


def test_ten_runs_end_whole_though_the_server_and_a_worker_are_killed(team: Team, tmp_path: Path) -> None:
    assert team.get("/api/health")["status"] == "degraded", "no worker is there"
    gate = tmp_path / "gate"
    first = team.worker("first")
    team.worker("second")
    scripts = [_gated(gate, *more) for more in [("ask Go on?",), ("hang",), *[()] * 8]]
    runs = [team.run(team.script(f"Card {number}", *script)) for number, script in enumerate(scripts)]
    seen = [team.follow(run, until="until [") for run in runs]
    assert Counter(team.owners().values()) == {"first": 5, "second": 5}, "each as many as it may, all at once"
    team.kill()
    first.kill()
    assert all(team.processes_of(run) for run in runs), "no agent has noticed"
    team.start()
    first.start()
    assert team.get("/api/health")["status"] == "ok"
    asking, hanging = runs[:2]
    # To one of each worker, at least: nobody tells the server who has which.
    for run in runs[2:]:
        team.post(f"/api/executions/{run}/messages", {"text": "Mind the tests."}, status=202)
        team.follow(run, until="Mind the tests.")
    gate.touch()
    assert any(
        name == "status" and isinstance(data, dict) and data["openRequests"] for name, data in team.stream(asking)
    )
    team.post(f"/api/executions/{asking}/requests/1", {"decision": "allow"})
    team.follow(hanging, until="line 000030", after=int(str(seen[1][-1]["sequence"])))
    team.post(f"/api/executions/{hanging}/cancel", status=202)
    for run, before in zip(runs, seen, strict=True):
        rest = team.follow(run, after=int(str(before[-1]["sequence"])))
        assert before + rest == team.log(run)
        _assert_whole(before + rest)
        assert team.execution(run)["status"] == ("cancelled" if run == hanging else "success")
        assert team.processes_of(run) == []
        heard = sum("You wrote: Mind the tests." in str(entry["content"]) for entry in before + rest)
        assert heard == (run in runs[2:])


def test_a_lost_worker_is_noticed_and_its_runs_end_as_interrupted(team: Team, tmp_path: Path) -> None:
    lost = team.worker("lost", data=tmp_path / "elsewhere")
    run = team.run(team.script("Long", "say begin", "hang"))
    team.follow(run, until="begin")
    lost.kill()
    # Another one died when it had taken this and not begun it.
    queued = team.run(team.script("Next", "say hello", "exit 0"))
    with team.database() as database:
        database.write(lambda c: claim_store.take(c, owner="never-back", room=1, lease_until=utc_now()))
    team.worker("other")
    ended = team.finish(run)
    assert (ended["status"], ended["exitCode"]) == ("interrupted", None)
    assert isinstance(ended["evidence"], dict)
    assert ended["evidence"]["lostWorker"] == "lost"
    assert "lost" in str(ended["error"])
    assert team.processes_of(run) == []
    assert team.finish(queued)["status"] == "success"


def test_what_a_stopped_worker_writes_after_the_takeover_is_refused(team: Team, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    stopped = team.worker("stopped", data=tmp_path / "elsewhere")
    run = team.run(team.script("Long", *_gated(gate, "hang")))
    team.follow(run, until="until [")
    stopped.send(signal.SIGSTOP)
    gate.touch()  # 30 more lines, which the stopped one finds when it goes on
    other = team.worker("other")
    ended = team.finish(run)
    assert ended["status"] == "interrupted"
    log = team.log(run)
    stopped.send(signal.SIGCONT)
    assert run in stopped.await_output("its processes are ended")
    other.stop()
    # It is a worker again, and what it does now counts.
    assert team.finish(team.run(team.script("Next", "say hello", "exit 0")))["status"] == "success"
    assert team.log(run) == log
    assert team.execution(run) == ended
    assert team.processes_of(run) == []


def _take_over(team: Team, lost: str, *, end: bool) -> None:
    """Do what the worker of another machine would do, which does not see the processes of this one."""

    def write(connection) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - SQLAlchemy's connection
        taken = claim_store.take_over(connection, lost, by="elsewhere", lease_until=utc_now() + timedelta(hours=1))
        assert taken
        for execution in [store.get_execution(connection, public_id) for public_id in taken] if end else []:
            assert execution is not None
            assert store.move(connection, execution.id, Status.INTERRUPTED, {"completed_at": utc_now()})

    with team.database() as database:
        database.write(write)


@pytest.mark.parametrize("team", [600], indirect=True)
def test_a_worker_writes_nothing_more_of_a_run_that_another_has_now_and_ends_its_agent(
    team: Team, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    worker = team.worker("first")
    run = team.run(team.script("Long", *_gated(gate, "hang")))
    team.follow(run, until="until [")
    worker.send(signal.SIGSTOP)
    _take_over(team, "first", end=False)
    gate.touch()  # 30 more lines, which the stopped one finds when it goes on
    log = team.log(run)
    assert team.processes_of(run)
    worker.send(signal.SIGCONT)
    assert run in worker.await_output("its processes are ended")
    team.await_end_of(run)
    assert team.log(run) == log
    assert team.owners() == {run: "elsewhere"}


def test_a_worker_that_comes_back_ends_what_lives_of_runs_that_are_over(team: Team) -> None:
    worker = team.worker("first")
    run = team.run(team.script("Long", "say begin", "hang"))
    team.follow(run, until="begin")
    worker.kill()
    _take_over(team, "first", end=True)
    assert team.processes_of(run)
    worker.start()
    team.await_end_of(run)
    assert team.execution(run)["status"] == "interrupted"


def test_a_worker_says_at_its_end_which_runs_go_on_and_goes_on_with_them(team: Team, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    worker = team.worker("first")
    run = team.run(team.script("Long", *_gated(gate)))
    team.follow(run, until="until [")
    assert worker.stop() == 0
    assert run in "".join(worker.output)
    assert team.processes_of(run)
    gate.touch()
    worker.start()
    assert team.finish(run)["status"] == "success"
    _assert_whole(team.log(run))


def test_of_two_workers_with_one_name_the_newer_one_works(team: Team, tmp_path: Path) -> None:
    older = team.worker("twin")
    team.worker("twin", data=tmp_path / "elsewhere")
    assert older.wait() == 1
    assert "twin" in older.output[-1]
    assert team.finish(team.run(team.script("Next", "say hello", "exit 0")))["status"] == "success"


def test_a_wish_is_passed_on_to_the_workers_at_once(team: Team, postgres_url: str) -> None:
    team.worker("first")
    run = team.run(team.script("Long", "say begin", "hang"))
    team.follow(run, until="begin")
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as listener:
        listener.execute("LISTEN retoma_workers")
        team.post(f"/api/executions/{run}/cancel", status=202)
        [heard] = listener.notifies(timeout=20, stop_after=1)
    assert heard.payload.split(" ")[1] == run
    assert team.finish(run)["status"] == "cancelled"
