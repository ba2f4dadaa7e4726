"""`retoma backup` and `retoma restore`: whole or not at all, also across databases, releases and kills."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from retoma.backup import archive
from retoma.core.compression import zstd
from retoma.core.status import UNFINISHED
from retoma.storage.migrate import current, head
from support.board import Board
from support.command import retoma

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def made(board: Board) -> Path:
    """Give a backup of the board, made beside its server."""
    (board.data / "retoma.toml").write_text(
        'port = 8420\ntoken = "a-secret-of-the-owner"\nredis_url = "redis://user:pass@host/1?password=secret"\n'
    )
    file = board.data.parent / "board.backup"
    done = retoma("backup", file, "--data", board.data)
    assert done.returncode == 0, done.stderr
    return file


def _members(file: Path) -> dict[str, bytes]:
    return {member.name: b"".join(member.chunks()) for member in archive.read(file)}


def _rows(file: Path) -> dict[str, bytes]:
    # What each start leaves is another board's own.
    kept = ("rows/projects", "rows/cards", "rows/execution", "rows/requests", "rows/messages")
    return {name: content for name, content in _members(file).items() if name.startswith(kept)}


def test_nothing_secret_is_in_a_backup(board: Board, made: Path) -> None:
    members = _members(made)
    everything = b"".join(members.values())
    assert b"a-secret" not in everything
    assert board.token.encode() not in everything
    assert members["retoma.toml"].decode() == 'port = 8420\nredis_url = "redis://user@host/1"\n'
    assert {name.rpartition("/")[2] for name in members if name.startswith("runs/")} == {
        "run.json", "exit.json", "marks", "out.jsonl", "err.log"
    }  # fmt: skip
    assert made.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_board_is_backed_up_the_same(
    made: Path, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    url = "" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    environment = {"RETOMA_DATABASE_URL": url}
    data = tmp_path / "data"
    done = retoma("restore", made, "--data", data, "--json", environment=environment)
    assert (done.returncode, json.loads(done.stdout)["differences"]) == (0, 0), done.stdout + done.stderr
    assert not (data / "token").exists()
    assert (data / "retoma.toml").read_text() == '# the original\'s: redis_url = "redis://user@host/1"\nport = 8420\n'
    again = retoma("backup", tmp_path / "again", "--data", data, environment=environment)
    assert again.returncode == 0, again.stderr
    nul = b"nul \0 in it"
    before, after = _rows(made), _rows(tmp_path / "again")
    assert nul not in b"".join(before.values()), "JSON has an escape for it"
    if kind == "postgresql":
        before = {name: content.replace(b"\\u0000", b"\xe2\x90\x80") for name, content in before.items()}
        after = {name: content.replace(b'\\"nulReplaced\\":true', b"") for name, content in after.items()}
        before.pop("rows/execution_logs/000001.jsonl")  # one entry of it is marked
        after.pop("rows/execution_logs/000001.jsonl")
    assert after == before
    refused = retoma("restore", made, "--data", data, environment=environment)
    assert (refused.returncode, "not empty" in refused.stderr) == (1, True)


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _with(content: bytes, **changes: object) -> bytes:
    """Return a file that begins as a backup with another head."""
    head = {"retoma": "9.9", "revision": "0001", **changes}
    file = Path(f"/proc/self/fd/{os.memfd_create('backup')}")
    with file.open("w+b") as stream:
        writer = archive.Writer(stream, head)
        if "name" in changes:
            member = tarfile.TarInfo(str(changes["name"]))
            writer._tar.addfile(member)
        writer.finish({})
        stream.seek(0)
        written = stream.read()
    os.close(int(file.name))
    return written


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_cut, "damaged or cut off"),
        (_flipped, "damaged"),
        (lambda content: content + b"more", "damaged"),
        (lambda content: content + zstd.compress(b"more"), "something follows its end"),
        (lambda _: b"something else", "no backup of Retoma"),
        (lambda _: zstd.compress(b"something else"), "damaged or cut off"),
        (lambda content: _with(content, version=2), "newer Retoma (9.9)"),
        (lambda content: _with(content, revision="9999"), "newer Retoma (9.9)"),
        (lambda content: _with(content, name="runs/../../evil"), "does not belong"),
        (lambda content: _with(content, name="/etc/evil"), "does not belong"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_nothing_is_made(
    made: Path, tmp_path: Path, spoil: Callable[[bytes], bytes], named: str
) -> None:
    spoilt = tmp_path / "spoilt"
    spoilt.write_bytes(spoil(made.read_bytes()))
    refused = retoma("restore", spoilt, "--data", tmp_path / "data")
    assert (refused.returncode, named in refused.stderr, refused.stderr.count("\n")) == (1, True, 1), refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_backup_that_can_not_be_made_leaves_nothing(board: Board, made: Path, tmp_path: Path) -> None:
    there = retoma("backup", made, "--data", board.data)
    nowhere = retoma("backup", tmp_path / "none" / "file", "--data", board.data)
    nothing = retoma("backup", tmp_path / "file", "--data", tmp_path / "empty")
    said = [(done.returncode, done.stderr) for done in (there, nowhere, nothing)]
    assert [code for code, _ in said] == [1, 1, 1]
    assert ["--force" in said[0][1], "no folder" in said[1][1], "nothing to back up" in said[2][1]] == [True] * 3
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_is_killed_leaves_the_board_as_it_is_and_the_next_one_takes_its_draft(
    board: Board, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    argv = [sys.executable, "-m", "retoma.cli", "backup", str(file), "--data", str(board.data)]
    seen = random.Random(7)
    for _ in range(3):
        process = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
        while not (tmp_path / "file.unfinished").exists() and process.poll() is None:
            pass
        try:
            process.wait(seen.random() * 0.1)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.wait()
        assert {found.name for found in tmp_path.iterdir()} <= {"file", "file.unfinished", "file.unfinished-engine"}
        file.unlink(missing_ok=True)
    assert board.get("/api/health")["status"] == "ok"
    assert retoma("backup", file, "--data", board.data).returncode == 0
    assert [found.name for found in tmp_path.iterdir()] == ["file"]
    assert retoma("verify", "--data", board.data).returncode == 0


@pytest.mark.parametrize("killed_at", ["load", "adopt", "rename"])
def test_a_restore_that_is_killed_says_so_and_can_be_run_again(made: Path, tmp_path: Path, killed_at: str) -> None:
    data = tmp_path / "data"
    program = f"""
import os, signal, sys
from retoma.backup import restore
from retoma.storage import filling
from retoma.executions import moving_store
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
if {killed_at!r} == "load": restore.load = die
if {killed_at!r} == "adopt": moving_store.adopt = die
if {killed_at!r} == "rename": restore.os.sync = die
from retoma.cli import main
main(["restore", {str(made)!r}, "--data", {str(data)!r}])
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGKILL
    refused = retoma("verify", "--data", data)
    assert refused.returncode == 1
    refused = retoma("db", "current", "--data", data)
    assert (refused.returncode, "not finished" in refused.stderr) == (1, True), refused.stderr
    again = retoma("restore", made, "--data", data)
    assert again.returncode == 0, again.stderr
    there = {found.name for found in data.iterdir() if not found.name.endswith(("-wal", "-shm"))}
    assert there == {"engine.db", "lock", "retoma.db", "retoma.toml", "runs"}


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_a_board_of_an_earlier_release_is_backed_up_as_it_is_and_restored_into_this_one(
    tmp_path: Path, revision: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    released = Path(__file__).parents[1] / "migrations" / "released"
    with closing(sqlite3.connect(data / "retoma.db")) as connection:
        connection.executescript(
            "".join((released / f"{revision}.{part}.sql").read_text() for part in ("sqlite", "rows"))
        )
        begun = connection.execute("SELECT public_id, status FROM executions ORDER BY id").fetchall()
    made = retoma("backup", tmp_path / "file", "--data", data, "--json")
    assert made.returncode == 0, made.stderr
    assert current(f"sqlite:///{data / 'retoma.db'}") == revision, "a backup upgrades nothing"
    restored = retoma("restore", tmp_path / "file", "--data", tmp_path / "new", "--json")
    told = json.loads(restored.stdout)
    assert told["rows"] == json.loads(made.stdout)["rows"], restored.stderr
    assert told["notOver"] == sum(status in UNFINISHED for _, status in begun)
    url = f"sqlite:///{tmp_path / 'new' / 'retoma.db'}"
    assert current(url) == head()
    with closing(sqlite3.connect(tmp_path / "new" / "retoma.db")) as connection:
        there = connection.execute("SELECT public_id, status FROM executions ORDER BY id").fetchall()
    assert [name for name, _ in there] == [name for name, _ in begun]
    assert "queued" not in {status for _, status in there}, "its turn was the original's"
