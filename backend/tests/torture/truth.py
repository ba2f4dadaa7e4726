"""What an agent has really done, by its plan and its ledger, against what the journal and the log say of it."""

import bisect
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retoma.core.entries import LogEntry
from torture.plan import End, Plan

# The recorder marks the journal's length twice a second; on a busy machine a mark comes later than that.
_MARK_SECONDS = 1.5
# What was written in an outage and was not marked yet at its end has the time of that end.
_UNMARKED_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Run:
    """One execution of the suite: what was ordered, and what was done to it."""

    execution: str
    card: str
    plan: Plan
    kills: int = 0  # of whatever, while it was not over
    recorder_killed: bool = False
    agent_killed: bool = False
    cancelled: bool = False  # the cancel was accepted
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which no server read: unix seconds."""

    began: float
    ended: float


class Evidence:
    """What the agent of one run left in the suite's own folder, and in its run directory."""

    def __init__(self, run: Run, ledger_folder: Path, run_folder: Path, *, keeps_nul: bool) -> None:
        self._keeps_nul = keeps_nul
        folder = ledger_folder / run.execution
        self.run = run
        self.starts = len(_read(folder / "starts").splitlines())
        self.echo = _read(folder / "echo")
        self.ledger = [tuple(map(float, line.split())) for line in _read(folder / "ledger").splitlines()]
        self.journals = {1: _read(run_folder / "out.jsonl"), 2: _read(run_folder / "err.log")}
        told = _read(run_folder / "exit.json")
        self.end: dict[str, object] | None = json.loads(told) if told else None

    @property
    def wrote_all(self) -> bool:
        """Whether the plan was written to its last byte."""
        return all(len(self.journals[stream]) == len(self._planned(stream)) for stream in (1, 2))

    def check_journal(self) -> None:
        """The journal is what the plan says, as far as the agent came, and holds all that the ledger says is out."""
        for stream in (1, 2):
            journal, planned = self.journals[stream], self._planned(stream)
            if journal != planned[: len(journal)]:
                self.run.problems.append(f"the journal of stream {stream} is not what the agent wrote")
            out = int(self.ledger[-1][stream]) if self.ledger else 0
            if len(journal) < out:
                self.run.problems.append(f"{out} bytes were written to stream {stream}, {len(journal)} are there")

    def check_starts(self) -> None:
        """Just one agent was started; none only where the recorder was killed or the run cancelled first."""
        least = 0 if self.run.recorder_killed or self.run.cancelled or self.run.agent_killed else 1
        if not least <= self.starts <= 1:
            self.run.problems.append(f"{self.starts} agents were started")

    def expected_status(self) -> str:
        """Return the one true status, judged without any code of the product."""
        plan = self.run.plan
        if self.run.cancelled:
            return "cancelled"
        tells_result = plan.end in {End.RESULT, End.STAYS, End.FAILED}
        if tells_result and len(self.journals[1]) == len(self._planned(1)):
            return "error" if plan.end is End.FAILED else "success"
        if self.end is None or self.end["signal"] is not None:
            return "interrupted"
        return "error"

    def expected_says(self, stream: int) -> list[str]:
        """Return the contents of the entries that the journal of a stream must have become."""
        length = len(self.journals[stream]) - (len(self.echo) if stream == 1 else 0)
        says = self.run.plan.says(stream, max(0, length))
        # PostgreSQL's text can't hold NUL; what stands for it there is documented.
        return says if self._keeps_nul else [said.replace("\0", "␀") for said in says]

    def check_log(self, entries: Sequence[LogEntry], outages: Sequence[Outage]) -> None:
        """Every line once, in order, with a true time; and nothing else but what is Retoma's own."""
        mine = [entry for entry in entries if (entry.data or {}).get("by") != "retoma"]
        for stream in (1, 2):
            found = [entry for entry in mine if ((entry.data or {}).get("stream") == "stderr") == (stream == 2)]
            said, expected = [entry.content for entry in found], self.expected_says(stream)
            if said != expected:
                at = next((i for i, (a, b) in enumerate(zip(said, expected, strict=False)) if a != b), None)
                where = f"first at {at}: {said[at][:80]!r}" if at is not None else "one is the other's beginning"
                counts = f"{len(said)} entries where {len(expected)} are right"
                self.run.problems.append(f"the log of stream {stream} is not what was written: {counts}; {where}")
            else:
                self._check_times(stream, found, outages)

    def _planned(self, stream: int) -> bytes:
        return (self.echo if stream == 1 else b"") + self.run.plan.written(stream)

    def _check_times(self, stream: int, entries: Sequence[LogEntry], outages: Sequence[Outage]) -> None:
        """An entry is never older than its line; what was written in an outage has the time of the marks around it."""
        lengths = [int(row[stream]) for row in self.ledger]
        end = len(self.echo) if stream == 1 else 0
        steps = [step for step in self.run.plan.steps if step.stream == stream and step.data]
        for entry, step in zip(entries, steps, strict=False):
            begin, end = end, end + len(step.data)
            first, last = bisect.bisect_right(lengths, begin), bisect.bisect_left(lengths, end)
            if last >= len(self.ledger):
                return
            begun, done = self.ledger[first][0], self.ledger[last][0]
            stored = entry.timestamp.timestamp()
            in_outage = any(outage.began < done < outage.ended for outage in outages)
            # Without a recorder there are no more marks: then nobody knows how late it was.
            early = stored < begun - _MARK_SECONDS and not self.run.recorder_killed
            if early or (in_outage and stored > done + _UNMARKED_SECONDS):
                words = f"was written from {begun:.3f} to {done:.3f}, and has the time {stored:.3f}"
                self.run.problems.append(f"entry {entry.sequence} {words}")
                return


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
