"""What a verification has looked at, and what it found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """The kinds of comparison; each difference belongs to one."""

    SEQUENCE = "sequence"  # 1, 2, 3 … up to the head, without a gap
    JOURNAL = "journal"  # what is not marked as ours is what the adapter reads out of the journal, in order
    OFFSET = "offset"  # the journal has been taken in exactly so far
    TIME = "time"  # start, end, duration and the entries' times agree
    STATUS = "status"  # the status is what run.json, exit.json and the processes tell
    REMOVAL = "removal"  # of a log that is said to be removed nothing is left
    CARD = "card"  # at most one active and one unfinished execution for each card
    PROCESS = "process"  # no process carries the mark of a run that is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence about one execution (`execution`: its public id; None where it is about none)."""

    check: Check
    execution: str | None
    sentence: str


# So many differences are told of one execution; a log that is wholly wrong would tell millions.
_TOLD = 20


class Report:
    """Collects what was looked at (`counts`), what differs, and what is worth a word but is no difference."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(
            executions=0, entries=0, own_entries=0, journal_bytes=0, cards=0, removed_logs=0, imported=0
        )
        self._differences: list[Finding] = []
        self._remarks: list[Finding] = []
        self._of_execution: Counter[str | None] = Counter()

    @property
    def differences(self) -> Sequence[Finding]:
        """What is not as it must be; not all of it where there is very much (`found` counts all)."""
        return self._differences

    @property
    def remarks(self) -> Sequence[Finding]:
        """What could not be compared, or is to be expected, and why."""
        return self._remarks

    @property
    def found(self) -> int:
        """How many differences there are in all."""
        return self._of_execution.total()

    def differs(self, check: Check, execution: str | None, sentence: str) -> None:
        """Note a difference."""
        self._of_execution[execution] += 1
        if self._of_execution[execution] <= _TOLD:
            self._differences.append(Finding(check=check, execution=execution, sentence=sentence))

    def remark(self, check: Check, execution: str | None, sentence: str) -> None:
        """Note what is no difference."""
        self._remarks.append(Finding(check=check, execution=execution, sentence=sentence))
