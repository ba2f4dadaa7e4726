"""What a start finds and says; going on with what is over; words for an agent at work."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from retoma.worker.rundir import ProcessIdentity, boot_id
from retoma.worker.settle import Loss, loss_of
from support.board import Board

pytestmark = pytest.mark.timeout(120)


def _gate(gate: Path) -> str:
    return f"run until [ -e {gate} ]; do sleep 0.05; done"


def _recovery(board: Board) -> dict[str, object]:
    """Return the finished report; the board has said it, so it is there."""
    return board.get("/api/recovery")


def _markers(board: Board, run: str) -> list[str]:
    entries = board.log(run)
    return [str(entry["content"]) for entry in entries if "recovery" in dict(entry["data"] or {})]  # type: ignore[call-overload]


def test_a_first_start_has_nothing_to_recover(board: Board) -> None:
    report = _recovery(board)
    assert report["completedAt"]
    assert (report["continued"], report["caughtUp"], report["settled"], report["interrupted"]) == (0, 0, 0, 0)
    assert "After the restart" not in "".join(board.output)


def test_a_start_says_what_goes_on_what_had_ended_and_what_was_interrupted(board: Board, tmp_path: Path) -> None:
    gate, end = tmp_path / "gate", tmp_path / "end"
    going_on = board.run(board.script("Goes on", _gate(gate), "lines 7", _gate(end), "exit 0"))
    ends = board.run(board.script("Ends", _gate(gate), "lines 3", "exit 0"))
    lost = board.run(board.script("Is lost", "say here", "hang"))
    for run in (going_on, ends):
        board.follow(run, until="until [")
    board.follow(lost, until="here")
    board.kill()
    gate.touch()
    board.await_end_of(ends)
    psutil.Process(_recorder(board, lost)).kill()
    _wait_for_line(board, going_on, "000007")
    board.start()
    assert board.finish(ends)["status"] == "success"
    assert board.finish(lost)["status"] == "interrupted"
    board.follow(going_on, until="re-attached")
    board.await_output("After the restart")
    report = _recovery(board)
    assert (report["continued"], report["settled"], report["interrupted"]) == (1, 1, 1)
    runs = {run["executionId"]: run for run in report["runs"]}  # type: ignore[attr-defined]
    assert (runs[going_on]["outcome"], runs[going_on]["reason"]) == ("continued", None)
    assert runs[ends]["outcome"] == "settled"
    assert runs[lost]["outcome"] == "interrupted"
    assert "recorder" in runs[lost]["reason"]
    assert report["caughtUp"] == sum(run["caughtUp"] for run in runs.values())
    assert runs[going_on]["caughtUp"] >= 7
    assert _markers(board, going_on) == [
        f"Server restarted; run re-attached; {runs[going_on]['caughtUp']} entries caught up."
    ]
    assert len(_markers(board, ends)) == len(_markers(board, lost)) == 1
    said = next(line for line in board.output if "After the restart" in line)
    assert "1 run going on, 1 run ended meanwhile, 1 run interrupted" in said
    end.touch()
    assert board.finish(going_on)["status"] == "success"


def _recorder(board: Board, run: str) -> int:
    return int(json.loads((board.data / "runs" / run / "run.json").read_text())["recorder"]["pid"])


def _wait_for_line(board: Board, run: str, text: str) -> None:
    """Wait until the agent has written `text`, by its journal: nobody else tells while the server is dead."""
    journal = board.data / "runs" / run / "out.jsonl"
    while text not in journal.read_text():
        assert board.processes_of(run)


@pytest.mark.parametrize(
    ("case", "words"),
    [("rebooted", "The machine was restarted"), ("reused", "The recorder of the run was killed")],
)
def test_a_boot_in_between_and_a_reused_number_are_told_apart(board: Board, case: str, words: str) -> None:
    run = board.run(board.script("Lost", "say here", "hang"))
    board.follow(run, until="here")
    board.kill()
    file = board.data / "runs" / run / "run.json"
    told = json.loads(file.read_text())
    psutil.Process(told["recorder"]["pid"]).kill()
    if case == "rebooted":
        told["bootId"] = "0" * len(boot_id())
    else:  # this very process has the number now, and started at another time
        told["recorder"]["pid"] = psutil.Process().pid
    file.write_text(json.dumps(told))
    board.start()
    execution = board.finish(run)
    assert execution["status"] == "interrupted"
    assert str(execution["error"]).startswith(words)
    assert board.processes_of(run) == []
    assert psutil.Process().is_running()
    assert "resume" in execution["nextActions"]  # type: ignore[operator]


def test_an_interrupted_run_is_resumed_in_its_session_where_it_stood(board: Board, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = board.run(board.script("Cut off", "say first", _gate(gate), "say second", "exit 0"))
    board.follow(run, until="until [")
    psutil.Process(_recorder(board, run)).kill()
    cut_off = board.finish(run)
    assert cut_off["status"] == "interrupted"
    gate.touch()
    resumed = board.post(f"/api/executions/{run}/resume", status=202)
    assert (resumed["attemptOf"], resumed["agentSession"]) == (run, cut_off["agentSession"])
    assert resumed["command"] == cut_off["command"]
    ended = board.finish(str(resumed["id"]))
    assert ended["status"] == "success"
    contents = [entry["content"] for entry in board.log(str(resumed["id"]))]
    assert "second" in contents
    assert "first" not in contents, "it goes on where it stood"
    board.post(f"/api/executions/{resumed['id']}/resume", {"prompt": "And now?"}, status=202)


def test_what_goes_on_or_never_began_is_not_resumed(board: Board) -> None:
    card = board.script("Busy", "say here", "hang")
    run = board.run(card)
    problem = board.post(f"/api/executions/{run}/resume", status=409)
    assert problem["executionId"] == run
    board.follow(run, until="here")
    board.post(f"/api/executions/{run}/cancel", status=202)
    assert board.finish(run)["status"] == "cancelled"
    first = board.post(f"/api/executions/{run}/resume", status=202)
    assert board.post(f"/api/executions/{run}/resume", status=409)["executionId"] == first["id"]
    board.post("/api/executions/nothing/resume", status=404)


def test_a_message_reaches_the_agent_once_and_stands_in_the_log(board: Board, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = board.run(board.script("Listens", _gate(gate), "say after", "exit 0"))
    board.follow(run, until="until [")
    message = board.post(f"/api/executions/{run}/messages", {"text": "Mind the tests."}, status=202)
    assert (message["n"], message["text"]) == (2, "Mind the tests.")
    board.follow(run, until="Mind the tests.")
    board.kill()
    board.start()
    gate.touch()
    assert board.finish(run)["status"] == "success"
    entries = board.log(run)
    mine = [entry for entry in entries if entry["content"] == "Mind the tests."]
    assert [dict(entry["data"])["from"] for entry in mine] == ["user"]  # type: ignore[call-overload]
    assert sum("You wrote: Mind the tests." in str(entry["content"]) for entry in entries) == 1
    assert board.execution(run)["messages"] == []
    problem = board.post(f"/api/executions/{run}/messages", {"text": "Too late"}, status=409)
    assert "Resume" in str(problem["detail"])


def test_a_message_stored_while_the_server_dies_is_delivered_afterwards(board: Board, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = board.run(board.script("Listens", _gate(gate), "say after", "exit 0"))
    board.follow(run, until="until [")
    with board.client() as client:
        key = {"Idempotency-Key": "one"}
        first = client.post(f"/api/executions/{run}/messages", json={"text": "Hear me."}, headers=key)
        board.kill()
        board.start()
        again = client.post(f"/api/executions/{run}/messages", json={"text": "Hear me."}, headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["n"] == first.json()["n"]
    assert again.json()["idempotencyKey"] == "one", "the sender knows its message again"
    gate.touch()
    assert board.finish(run)["status"] == "success"
    assert sum("You wrote: Hear me." in str(entry["content"]) for entry in board.log(run)) == 1


def test_an_approval_that_is_open_over_a_restart_is_answered_afterwards(board: Board) -> None:
    run = board.run(board.script("Asks", "ask May I?", "say going on", "exit 0"))
    board.follow(run, until="May I?")
    board.kill()
    board.start()
    assert board.execution(run)["status"] == "waiting"
    board.post(f"/api/executions/{run}/requests/1", {"decision": "allow"})
    board.post(f"/api/executions/{run}/requests/1", {"decision": "deny"}, status=409)
    assert board.finish(run)["status"] == "success"
    assert "going on" in [entry["content"] for entry in board.log(run)]


@pytest.mark.parametrize("point", ["answer-given", "message-given"])
def test_words_given_just_before_a_death_stand_in_the_log_though_the_agent_has_ended(
    board: Board, tmp_path: Path, point: str
) -> None:
    gate = tmp_path / "gate"
    first = "ask May I?" if point == "answer-given" else _gate(gate)
    run = board.run(board.script("Told", first, "say going on", "exit 0"))
    board.follow(run, until="May I?" if point == "answer-given" else "until [")
    board.kill()
    board.set("RETOMA_CRASH_AT", point)
    board.start()
    words = {"decision": "allow"} if point == "answer-given" else {"text": "Mind the tests."}
    with contextlib.suppress(httpx.HTTPError):
        board.post(f"/api/executions/{run}/{'requests/1' if point == 'answer-given' else 'messages'}", words)
    board.await_death()
    board.set("RETOMA_CRASH_AT", None)
    gate.touch()
    board.await_end_of(run)
    board.start()
    assert board.finish(run)["status"] == "success"
    contents = [str(entry["content"]) for entry in board.log(run)]
    assert contents.count("Allowed by the user." if point == "answer-given" else "Mind the tests.") == 1
    assert board.execution(run)["messages"] == []


def test_a_plan_outlives_a_resume_that_gives_none(board: Board) -> None:
    card = board.script("Plans", "plan <<END", "# The plan", "END")
    run = str(board.finish(board.run(card, "/plan"))["id"])
    with board.client() as client:
        client.patch(f"/api/cards/{card}", json={"description": "```rehearsal\nsay You are welcome.\n```"})
    resumed = board.post(f"/api/executions/{run}/resume", {"prompt": "Thank you."}, status=202)
    assert board.finish(str(resumed["id"]))["status"] == "success"
    assert board.get(f"/api/cards/{card}")["plan"] == "# The plan"


@contextlib.contextmanager
def _process(mark: str = "") -> Iterator[psutil.Process]:
    """Give a process that ignores SIGTERM, and carries the mark of a run."""
    argv = ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]
    environment = {"PATH": os.environ["PATH"], **({"RETOMA_EXECUTION": mark} if mark else {})}
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        try:
            yield psutil.Process(child.pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def test_a_session_is_resumed_only_after_what_is_left_of_the_earlier_run_is_gone(board: Board) -> None:
    run = str(board.finish(board.run(board.script("Once", "say here", "exit 0")))["id"])
    with _process(mark=run) as left:
        resumed = board.post(f"/api/executions/{run}/resume", status=202)
        assert board.finish(str(resumed["id"]))["status"] == "success"
        assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE
        run_file = json.loads((board.data / "runs" / str(resumed["id"]) / "run.json").read_text())
    assert run_file["agent"], "and then it was started"


def test_while_the_earlier_recorder_lives_a_session_is_not_resumed(board: Board) -> None:
    run = str(board.finish(board.run(board.script("Once", "say here", "exit 0")))["id"])
    file = board.data / "runs" / run / "run.json"
    with _process() as alive:
        started = Path(f"/proc/{alive.pid}/stat").read_text().rpartition(")")[2].split()[19]
        told = json.loads(file.read_text())
        file.write_text(json.dumps(told | {"recorder": {"pid": alive.pid, "startTime": int(started)}}))
        resumed = board.finish(str(board.post(f"/api/executions/{run}/resume", status=202)["id"]))
        assert alive.is_running()
    assert resumed["status"] == "error"
    assert f"The recorder of execution {run} still runs" in str(resumed["error"])
    assert not (board.data / "runs" / str(resumed["id"]) / "run.json").exists(), "no second agent was started"


def test_a_recorder_that_never_comes_up_is_told_as_that(board: Board) -> None:
    card = board.script("Never", "say here", "exit 0")
    board.kill()
    board.set("RETOMA_CRASH_AT", "recorder-locked")
    board.start()
    ended = board.finish(board.run(card))
    assert ended["status"] == "error"
    assert str(ended["error"]).startswith("The recorder could not be started")
    assert ended["evidence"]["startError"] == ended["error"]  # type: ignore[index]
    assert "resume" not in ended["nextActions"]  # type: ignore[operator]
    assert board.processes_of(str(ended["id"])) == []


def test_a_run_without_an_end_says_what_is_known_instead() -> None:
    here = ProcessIdentity(pid=1, start_time=1, boot_id=boot_id())
    other = ProcessIdentity(pid=1, start_time=1, boot_id="another")
    assert [loss_of(who) for who in (None, here, other)] == [Loss.NEVER_STARTED, Loss.RECORDER_GONE, Loss.REBOOTED]
