"""The same board with its data in PostgreSQL."""

import json
from pathlib import Path

from websockets.sync.client import ClientConnection, connect

from support.board import Board
from support.repositories import make_repository
from support.team import Team


def test_a_run_survives_a_kill_with_its_data_in_postgresql(tmp_path: Path, postgres_url: str) -> None:
    gate = tmp_path / "gate"
    with Board(tmp_path / "data", environment={"RETOMA_DATABASE_URL": postgres_url}) as board:
        board.project(make_repository(tmp_path / "repository"))
        card = board.script("Long", "say begin", f"run until [ -e {gate} ]; do sleep 0.05; done", "say after", "exit 0")
        run = board.run(card)
        seen = board.follow(run, until="until [")
        board.kill()
        gate.touch()
        board.start()
        assert board.finish(run)["status"] == "success"
        entries = board.log(run)
    assert entries[: len(seen)] == seen
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert "after" in [entry["content"] for entry in entries]


def _hear(socket: ClientConnection) -> dict[str, list[dict[str, object]]]:
    frame = json.loads(socket.recv(20))
    assert frame.pop("topic") == "runs"
    return dict(frame)


def test_a_socket_of_one_process_hears_of_all_runs_that_another_carries_out(team: Team, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    team.worker("first")
    asking = team.run(team.script("Asks", "ask Go on?", f"run until [ -e {gate} ]; do sleep 0.05; done", "exit 0"))
    # Its question is stored.
    assert any(
        name == "status" and isinstance(data, dict) and data["openRequests"] for name, data in team.stream(asking)
    )
    address = f"ws://127.0.0.1:{team.port}/api/live"
    headers = {"Authorization": f"Bearer {team.token}"}
    with connect(address, additional_headers=headers, proxy=None) as socket:
        socket.send(json.dumps({"op": "subscribe", "topic": "runs"}))
        assert [(run["id"], run["status"]) for run in _hear(socket)["needy"]] == [(asking, "waiting")]
        team.post(f"/api/executions/{asking}/requests/1", {"decision": "allow"})
        other = team.run(team.script("Other", "exit 3"))
        heard: dict[str, list[object]] = {asking: [], other: []}
        while not all(said and said[-1] in {"success", "error"} for said in heard.values()):
            for run in _hear(socket)["executions"]:
                heard[str(run["id"])].append(run["status"])
                if (run["id"], run["status"]) == (asking, "running"):
                    gate.touch()  # until then nothing ends it
    assert heard[asking][-1] == "success"
    assert heard[other][-1] == "error"
