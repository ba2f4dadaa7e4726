"""`retoma up` and the commands beside it, as a person uses them: real processes."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.board import Board
from support.command import retoma

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Give a running board on a fresh data folder."""
    with Board(tmp_path / "data") as board:
        yield board


class TestStart:
    def test_one_address_lets_one_browser_in(self, board: Board) -> None:
        assert sum("http://" in line for line in board.output) == 1
        with httpx.Client(base_url=board.url, verify=False) as browser:
            assert browser.get("/api/session").status_code == 401
            assert browser.get(board.link).status_code == 303
            assert browser.get("/api/session").status_code == 200
            assert browser.get(board.link).status_code == 401
            cookie = dict(browser.cookies)
        board.stop()
        board.start()
        with httpx.Client(base_url=board.url, verify=False, cookies=cookie) as browser:
            assert browser.get("/api/session").status_code == 200

    def test_the_token_is_never_printed(self, board: Board) -> None:
        with board.client() as client:
            for path in ("/api/cards", "/api/nothing", "/", "/launch/x"):
                client.get(path)
                client.get(path, headers={"host": "evil.example"})
        token = board.token
        board.stop()
        assert token not in "".join(board.output)

    def test_the_data_folder_is_its_owners_only(self, board: Board) -> None:
        assert board.data.stat().st_mode & 0o777 == 0o700
        for name in ("token", "server.json", "lock"):
            assert (board.data / name).stat().st_mode & 0o777 == 0o600

    def test_its_note_tells_where_it_is_and_goes_with_it(self, board: Board) -> None:
        note = json.loads((board.data / "server.json").read_text())
        assert (note["pid"], note["url"]) == (board.pid, board.url)
        assert note["startedAt"].endswith("Z")
        board.stop()
        assert not (board.data / "server.json").exists()

    def test_a_second_one_on_the_same_data_ends_at_once_and_changes_nothing(self, board: Board) -> None:
        note = (board.data / "server.json").read_bytes()
        second = retoma("up", "--data", board.data, "--port", "0", "--no-open")
        assert second.returncode == 1
        assert str(board.pid) in second.stderr
        assert board.url in second.stderr
        assert (board.data / "server.json").read_bytes() == note
        assert board.get("/api/health")["status"] == "ok"

    def test_after_a_kill_it_starts_again(self, board: Board) -> None:
        board.kill()
        assert (board.data / "server.json").exists()
        board.start()
        assert json.loads((board.data / "server.json").read_text())["pid"] == board.pid

    def test_a_port_in_use_is_one_clear_sentence(self, tmp_path: Path) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            refused = retoma("up", "--data", tmp_path / "data", "--port", str(port), "--no-open")
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert str(port) in refused.stderr
        assert "--port" in refused.stderr

    @pytest.mark.parametrize(
        ("options", "environment", "named"),
        [
            (["--host", "0.0.0.0"], {}, "host"),
            (["--port", "70000"], {}, "port"),
            ([], {"RETOMA_TOKEN": "short"}, "RETOMA_TOKEN"),
            ([], {"RETOMA_CONCURRENCY": "many"}, "RETOMA_CONCURRENCY"),
            ([], {"RETOMA_DATABASE_URL": "mysql://x"}, "RETOMA_DATABASE_URL"),
            ([], {"RETOMA_CRASH_AT": "nonsense"}, "RETOMA_CRASH_AT"),
        ],
    )
    def test_a_wrong_setting_stops_the_start_and_is_named(
        self, tmp_path: Path, options: list[str], environment: dict[str, str], named: str
    ) -> None:
        refused = retoma("up", "--data", tmp_path, "--no-open", *options, environment=environment)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert named in refused.stderr


class TestEnd:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_it_says_which_runs_go_on_and_how_to_stop_them(self, board: Board, number: signal.Signals) -> None:
        board.post("/api/projects/sample")
        run = board.run(board.script("long", "say here", "hang"))
        board.follow(run, until="here")
        assert board.stop(number) == 0
        said = "".join(board.output)
        assert run in said
        assert "retoma cancel --all" in said
        assert board.processes_of(run) != []
        board.start()
        stopped = retoma("cancel", "--all", "--data", board.data)
        assert (stopped.returncode, run in stopped.stdout) == (0, True)
        assert board.finish(run)["status"] == "cancelled"
        assert board.processes_of(run) == []

    def test_an_open_stream_does_not_hold_it_up(self, board: Board) -> None:
        board.post("/api/projects/sample")
        run = board.run(board.script("long", "say here", "hang"))
        events = board.stream(run)
        next(events)
        assert board.stop() == 0
        assert "end" not in [name for name, _ in events], "the run goes on"
        assert "Traceback" not in "".join(board.output)


class TestCalls:
    def test_a_command_is_run_followed_and_read_again(self, board: Board) -> None:
        board.post("/api/projects/sample")
        card = board.script("Two words", "say first", "say second")
        followed = retoma("run", "#4", "/plan", "--follow", "--data", board.data)
        assert followed.returncode == 0, followed.stderr
        assert followed.stdout.index("first") < followed.stdout.index("second")
        assert followed.stdout.rstrip().endswith("[success]")
        execution = followed.stdout.split()[1]
        again = retoma("logs", execution, "--after", "1", "--data", board.data, "--json")
        entries = [json.loads(line) for line in again.stdout.splitlines()]
        assert [entry["sequence"] for entry in entries] == list(range(2, len(entries) + 2))
        assert entries == board.log(execution)[1:]
        by_id = retoma("run", card, "/plan", "--json", "--data", board.data)
        assert json.loads(by_id.stdout)["status"] == "queued"

    def test_a_run_that_fails_is_a_failure(self, board: Board) -> None:
        board.post("/api/projects/sample")
        board.script("Bad", "say no", "exit 3")
        assert retoma("run", "4", "/plan", "--follow", "--data", board.data).returncode == 1

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
    def test_who_follows_is_told_that_the_server_is_lost_and_how_to_go_on(
        self, board: Board, number: signal.Signals
    ) -> None:
        board.post("/api/projects/sample")
        run = board.run(board.script("Long", "say here", "hang"))
        seen = board.follow(run, until="here")[-1]["sequence"]
        command = [sys.executable, "-m", "retoma.cli", "logs", run, "--follow", "--data", str(board.data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as follower:
            assert follower.stdout is not None
            assert any("here" in line for line in iter(follower.stdout.readline, ""))
            board.stop(number)
            rest, said = follower.communicate(timeout=15)
        assert (follower.returncode, rest, said.count("\n")) == (1, "", 1)
        assert "lost" in said
        assert f"--after {seen}" in said

    def test_what_the_server_refuses_is_said_in_its_words(self, board: Board) -> None:
        board.post("/api/projects/sample")
        for arguments, named in (
            (["run", "99", "/plan"], "#99"),
            (["run", "nope", "/plan"], "nope"),
            (["logs", "nope"], "nope"),
            (["logs", "nope", "--follow"], "nope"),
            (["cancel", "nope"], "nope"),
        ):
            refused = retoma(*arguments, "--data", board.data)
            assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), arguments
            assert named in refused.stderr

    def test_a_command_that_there_is_not_is_a_wrong_use(self, board: Board) -> None:
        refused = retoma("run", "1", "/deploy", "--data", board.data)
        assert (refused.returncode, "/implement" in refused.stderr) == (2, True), refused.stderr

    def test_a_new_link_opens_the_board(self, board: Board) -> None:
        link = retoma("link", "--data", board.data)
        assert link.returncode == 0
        with httpx.Client(verify=False) as browser:
            assert browser.get(link.stdout.strip()).status_code == 303

    def test_a_token_that_the_server_was_not_started_with_is_told_apart(self, tmp_path: Path) -> None:
        environment = {"RETOMA_TOKEN": "a-token-of-its-own-012345"}
        with Board(tmp_path / "data", environment=environment) as board:
            for other in ({}, {"RETOMA_TOKEN": "quite-another-token-012345"}):
                refused = retoma("link", "--data", board.data, environment=other)
                assert (refused.returncode, refused.stdout) == (1, "")
                assert "RETOMA_TOKEN" in refused.stderr
            assert retoma("link", "--data", board.data, environment=environment).returncode == 0

    def test_what_ends_while_all_is_cancelled_hinders_nothing(self, board: Board) -> None:
        board.post("/api/projects/sample")
        cards = [board.script(f"Short {n}", "say done") for n in range(4)]
        stays = board.run(board.script("Long", "hang"))
        runs = [board.run(card) for card in cards]
        stopped = retoma("cancel", "--all", "--data", board.data)
        assert (stopped.returncode, stopped.stderr) == (0, "")
        assert stays in stopped.stdout
        assert {board.finish(run)["status"] for run in runs} <= {"success", "cancelled"}

    def test_with_nothing_going_on_there_is_nothing_to_cancel(self, board: Board) -> None:
        assert "Nothing" in retoma("cancel", "--all", "--data", board.data).stdout

    @pytest.mark.parametrize("command", [["link"], ["cancel", "--all"], ["logs", "x"], ["run", "1", "/plan"]])
    def test_without_a_server_they_say_so(self, tmp_path: Path, command: list[str]) -> None:
        # What a killed server left behind counts for nothing, whoever listens there now.
        with socket.socket() as stranger:
            stranger.bind(("127.0.0.1", 0))
            stranger.listen()
            url = f"http://127.0.0.1:{stranger.getsockname()[1]}"
            (tmp_path / "server.json").write_text(json.dumps({"pid": 1, "url": url}))
            (tmp_path / "lock").touch()
            (tmp_path / "token").write_text("x" * 40)
            refused = retoma(*command, "--data", tmp_path)
            stranger.setblocking(False)
            with pytest.raises(BlockingIOError):
                stranger.accept()
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "retoma up" in refused.stderr
        as_json = retoma(*command, "--json", "--data", tmp_path)
        assert "retoma up" in json.loads(as_json.stdout)["error"]


class TestUse:
    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["dance"],
            ["up", "--port", "x"],
            ["up", "now"],
            ["run", "1"],
            ["logs"],
            ["logs", "x", "--after", "-1"],
            ["cancel"],
            ["cancel", "x", "--all"],
            ["db"],
            ["db", "downgrade"],
        ],
    )
    def test_a_wrong_use_exits_2(self, arguments: list[str]) -> None:
        wrong = retoma(*arguments)
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert "usage:" in wrong.stderr


class TestDatabase:
    def test_up_twice_down_and_up_again(self, tmp_path: Path) -> None:
        def db(*arguments: str) -> str:
            done = retoma("db", *arguments, "--data", tmp_path, "--json")
            assert done.returncode == 0, done.stdout
            revision: str | None = json.loads(done.stdout)["revision"]
            return revision or "empty"

        assert db("current") == "empty"
        newest = db("upgrade")
        assert newest not in {"", "empty"}
        assert db("upgrade") == db("current") == newest
        assert db("downgrade", "base") == "empty"
        assert db("upgrade") == newest

    def test_an_unknown_revision_is_one_sentence(self, tmp_path: Path) -> None:
        refused = retoma("db", "downgrade", "zzz", "--data", tmp_path)
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
        assert "zzz" in refused.stderr

    def test_not_beside_a_running_server(self, board: Board) -> None:
        refused = retoma("db", "downgrade", "base", "--data", board.data)
        assert refused.returncode == 1
        assert str(board.pid) in refused.stderr

    def test_a_file_that_is_no_database_stops_the_start_in_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "retoma.db").write_text("this is no database, whatever its name says")
        refused = retoma("up", "--data", tmp_path, "--port", "0", "--no-open")
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
        assert "database" in refused.stderr


class TestDoctor:
    def test_it_says_what_is_here(self, tmp_path: Path) -> None:
        looked = retoma("doctor", "--json", "--data", tmp_path)
        assert looked.returncode == 0
        findings = {finding["name"]: finding for finding in json.loads(looked.stdout)}
        assert findings["git"]["good"] is True
        assert findings["server"]["says"] == "not running"
        assert findings["rehearsal"]["good"] is True
        assert not (tmp_path / "retoma.db").exists()
