"""A run that waits in the middle until the test opens a gate, and what must be true of its log at the end."""

from pathlib import Path

from support.board import Board
from support.recorder import until


class WaitingRun:
    """A run with `lines` lines before the gate and as many behind it."""

    def __init__(self, board: Board, gate: Path, *, lines: int = 30) -> None:
        self._board, self._gate, self._lines = board, gate, lines
        steps = (f"lines {lines}", f"run until [ -e {gate} ]; do sleep 0.05; done", f"lines {lines}", "exit 0")
        self.id = board.run(board.script(f"Waits for {gate.name}", *steps))
        self.end_file = board.data / "runs" / self.id / "exit.json"
        self.seen = board.follow(self.id, until="until [")

    def go_on(self) -> None:
        """Open the gate."""
        self._gate.touch()

    def wait_for_the_agents_end(self) -> None:
        """Wait until the recorder has told the end, whatever the server knows."""
        until(self.end_file.exists, 20)

    def head(self) -> int:
        """Return how far the server shows it."""
        return int(str(self._board.execution(self.id)["headSequence"]))

    def assert_whole(self) -> None:
        """Wait for the end; each line is there once, in order, behind what was seen before."""
        assert self._board.finish(self.id)["status"] == "success"
        entries = self._board.log(self.id)
        assert entries[: len(self.seen)] == self.seen
        assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
        lines = [str(entry["content"]) for entry in entries if str(entry["content"]).startswith("line ")]
        assert [line.split()[1] for line in lines] == 2 * [f"{number:06d}" for number in range(1, self._lines + 1)]
