"""Whatever an agent prints: the server's memory stays small, nothing is lost unmarked, the run ends right."""

import hashlib
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil
import pytest

from retoma.agents.raw import decode
from support.board import Board
from support.command import retoma
from support.repositories import make_repository

MEBI = 1024 * 1024
GROWTH = 64_000_000


@contextmanager
def ugly_board(folder: Path, output: Path, **settings: str) -> Iterator[Board]:
    """Yield a board whose Claude Code prints the file `output`, says `the end` and goes."""
    program = folder / "agent"
    program.write_text(f"#!/bin/sh\nread -r prompt\ncat {output}\necho; echo the end\n")
    program.chmod(0o755)
    environment = {"RETOMA_CLAUDE_COMMAND": str(program), **settings}
    with Board(folder / "data", environment=environment) as board:
        project = board.project(make_repository(folder / "repository"))
        # The engine is loaded beside the server: the memory it takes is not that of what is printed.
        board.finish(board.run(board.script("The engine is there")))
        with board.client() as client:
            client.patch(f"/api/projects/{project}", json={"agent": "claude-code"}).raise_for_status()
        yield board


class Highest:
    """The largest resident memory of a process while the block runs, above what it had before."""

    def __init__(self, pid: int) -> None:
        self.growth = 0
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._before = self._process.memory_info().rss
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.005):
            self.growth = max(self.growth, self._process.memory_info().rss - self._before)


def raw_hash(board: Board, run: str) -> str:
    """Return the hash of the journal as it is handed out."""
    digest = hashlib.sha256()
    with board.client() as client, client.stream("GET", f"/api/executions/{run}/raw") as answer:
        for chunk in answer.iter_bytes():
            digest.update(chunk)
    return digest.hexdigest()


def hash_of(*files: bytes | Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file if isinstance(file, bytes) else file.read_bytes())
    return digest.hexdigest()


def whole(board: Board, run: str, entries: list[dict[str, object]]) -> list[str]:
    """Return the entries' contents, however long they are."""
    with board.client() as client:
        return [client.get(f"/api/executions/{run}/logs/{e['sequence']}").json()["content"] for e in entries]


def line_of(kind: str, size: int) -> bytes:
    chance = random.Random(kind)
    match kind:
        case "plain":
            return b"x" * size
        case "nul":
            return b"\0" * size
        case "bad-utf-8":
            return chance.randbytes(size).replace(b"\n", b"\xff")
        case "emoji":
            return "\U0001f680é".encode() * (size // 6)
        case _:
            return b'{"type": "' + b"\xc3" * size


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("plain", 100_000_000),
        ("nul", 20_000_000),
        ("bad-utf-8", 20_000_000),
        ("emoji", 20_000_000),
        ("bad-utf-8", 4 * MEBI),
        ("broken-event", 4 * MEBI - 10),
    ],
)
def test_a_huge_line_is_kept_byte_by_byte_in_little_memory(tmp_path: Path, kind: str, size: int) -> None:
    output, content = tmp_path / "output", line_of(kind, size)
    output.write_bytes(content)
    with ugly_board(tmp_path, output) as board:
        with Highest(board.pid) as memory:
            run = board.run(board.card("Huge"))
            board.follow(run)
            entries = board.log(run)
        assert memory.growth <= GROWTH
        assert board.execution(run)["status"] == "error", "it gave no result"
        assert raw_hash(board, run) == hash_of(content, b"\nthe end\n")
        kept = [entry for entry in entries if entry["kind"] == "raw"]
        assert kept[-1]["content"] == "the end"
        texts = whole(board, run, kept[:-1])
    # Cut between characters: so the parts are the line, also where its bytes had to be replaced.
    assert "".join(texts) == decode(content)[0]
    marks = [entry["data"] for entry in kept[:-1]]
    assert all(isinstance(mark, dict) for mark in marks)
    if len(texts) > 1:
        told = [(mark["part"], mark["lastPart"]) for mark in marks if isinstance(mark, dict)]
        assert told == [(n, n == len(texts)) for n in range(1, len(texts) + 1)]
    if kind in {"bad-utf-8", "broken-event"}:
        assert all(mark["invalidUtf8"] is True for mark in marks if isinstance(mark, dict))


@pytest.mark.timeout(90)
def test_tiny_lines_at_full_speed_are_all_there_in_little_memory(tmp_path: Path) -> None:
    """A million of them take longer: `make bench ARGS="p7 --full"`."""
    total = 200_000
    output = tmp_path / "output"
    output.write_text("".join(f"{n}\n" for n in range(1, total + 1)))
    with ugly_board(tmp_path, output) as board:
        with Highest(board.pid) as memory:
            card = board.card("Many")
            run = board.run(card)
            with board.client() as client:
                # The state alone: a reader in this process would take the machine's other core.
                while client.get(f"/api/executions/{run}").json()["completedAt"] is None:
                    threading.Event().wait(0.2)
        assert memory.growth <= GROWTH
        with board.client() as client, client.stream("GET", f"/api/logs/{card}") as answer:
            log = b"".join(answer.iter_bytes())
    missing = [n for n in range(1, total + 1, 97) if b'"content":"%d"' % n not in log]
    assert missing == []
    assert log.count(b'"timestamp"') == total + len(["the end", "how it ended"])


UGLY = b"".join(
    [
        b"progress 1%\rprogress 100%\r\n",
        b"\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07\n",
        b"nul \0 in it\n",
        b"cut \xe2\x82 and \xff\xfe and \xf0\x9f\x9a\n",
        "next\x85line\u2028separators\u2029\n".encode(),
        b"[1, 2\n",
        b"not ended",
    ]
)


def test_control_signs_and_bad_bytes_are_kept_and_what_was_replaced_is_marked(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.write_bytes(UGLY)
    with ugly_board(tmp_path, output) as board:
        run = board.run(board.card("Ugly"))
        live = board.follow(run)
        assert live == board.log(run)
        assert raw_hash(board, run) == hash_of(UGLY, b"\nthe end\n")
    lines = UGLY.split(b"\n")
    kept = [entry for entry in live if entry["kind"] == "raw"][:-1]
    assert [entry["content"] for entry in kept] == [decode(line)[0] for line in lines]
    marked = [isinstance(entry["data"], dict) and entry["data"].get("invalidUtf8") is True for entry in kept]
    assert marked == [not decode(line)[1] for line in lines]


# ---- the cap --------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(60)
def test_behind_its_cap_a_run_goes_on_and_questions_results_and_the_end_are_still_told(tmp_path: Path) -> None:
    with Board(tmp_path / "data", environment={"RETOMA_LOG_CAP_MIB": "2"}) as board:
        board.project(make_repository(tmp_path / "repository"))
        card = board.script(
            "Loud", "say before", "lines 20000 size 500", "ask Go on?", "lines 20000 size 500", "exit 3"
        )
        run = board.run(card)
        board.follow(run, until="Go on?")
        assert board.execution(run)["status"] == "waiting"
        board.kill()
        board.start()
        board.post(f"/api/executions/{run}/requests/1", {"decision": "allow"})
        ended = board.finish(run)
        entries = board.log(run)
        journal = (board.data / "runs" / run / "out.jsonl").read_bytes()
        assert raw_hash(board, run) == hash_of(journal)
        board.kill()
        verified = retoma("verify", "--data", board.data)
        assert verified.returncode == 0, verified.stdout
    assert (ended["status"], ended["exitCode"]) == ("error", 3), "the script says so at its very end"
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    [marker] = [n for n, entry in enumerate(entries) if "RETOMA_LOG_CAP_MIB" in str(entry["content"])]
    told = entries[marker]["data"]
    assert isinstance(told, dict)
    assert (told["by"], told["capBytes"]) == ("retoma", 2 * MEBI)
    # Whole up to the line with which the cap set in, which is the first that goes beyond it.
    at = told["cappedAt"][0]
    lines = [entry for entry in entries[:marker] if str(entry["content"]).startswith("line ")]
    assert len(lines) == journal[:at].count(b'"type":"line"')
    assert at <= 2 * MEBI < at + journal[at:].index(b"\n") + 1
    behind = [(entry["kind"], str(entry["content"])) for entry in entries[marker + 1 :]]
    asked = [("request", "Go on?"), ("request", "Allowed by the user.")]
    assert [entry for entry in behind if entry[0] == "request"] == asked
    # The rest are ours (the restart, the end) and the agent's result.
    assert {kind for kind, _ in behind} == {"request", "result", "system"}


@pytest.mark.timeout(60)
def test_much_output_behind_the_cap_takes_little_memory_and_the_end_is_right(tmp_path: Path) -> None:
    """2 GiB take longer: `make bench ARGS="p7 --full"`."""
    size = 256 * MEBI
    output = tmp_path / "output"
    with output.open("wb") as file:
        file.truncate(size // 2)  # of NULs, in one line
        file.seek(0, 2)
        for _ in range(size // 2 // MEBI):
            file.write((b"y" * 1023 + b"\n") * 1024)
    with ugly_board(tmp_path, output, RETOMA_LOG_CAP_MIB="32") as board:
        with Highest(board.pid) as memory:
            run = board.run(board.card("Huge"))
            execution = board.finish(run)
        assert memory.growth <= GROWTH
        assert execution["status"] == "error", "it gave no result"
        assert execution["exitCode"] == 0
        assert sum("RETOMA_LOG_CAP_MIB" in str(entry["content"]) for entry in board.log(run)) == 1
        assert (board.data / "runs" / run / "out.jsonl").stat().st_size == size + len("\nthe end\n")
