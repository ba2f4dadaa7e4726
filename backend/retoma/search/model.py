"""What is looked for, where, and what is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from retoma.core.entries import EntryKind, EntryType, LogEntry
from retoma.core.status import Command, Status

# A block: so many entries of a log, or so many characters. Half of a chunk, so that no block lies in three of them.
BLOCK_ENTRIES = 500
BLOCK_CHARACTERS = 128 * 1024

# Each entry's type and kind as one byte. These bytes are stored: a new word goes to the end.
_TYPES = (
    EntryType.INFO,
    EntryType.ERROR,
    EntryType.WARNING,
    EntryType.SUCCESS,
    EntryType.COMMAND,
    EntryType.SYSTEM,
)
_KINDS = (
    EntryKind.MESSAGE,
    EntryKind.THINKING,
    EntryKind.TOOL,
    EntryKind.RESULT,
    EntryKind.REQUEST,
    EntryKind.SYSTEM,
    EntryKind.RAW,
)
SORTS: Mapping[tuple[EntryType, EntryKind], int] = {
    (entry_type, kind): 16 * high + low for high, entry_type in enumerate(_TYPES) for low, kind in enumerate(_KINDS)
}


class Part(StrEnum):
    """What is searched, in this order."""

    CARD = "card"
    EXECUTION = "execution"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What something must be to be found. Terms and path are folded (see matching.fold); None or empty: anything."""

    terms: Sequence[str] = ()  # all of them must occur
    path: str | None = None  # a part of the path of a file that the entry is about
    types: frozenset[EntryType] = field(default_factory=frozenset)
    kinds: frozenset[EntryKind] = field(default_factory=frozenset)
    project_id: str | None = None
    card_id: str | None = None
    command: Command | None = None
    agent: str | None = None
    start: datetime | None = None  # then or later
    end: datetime | None = None  # before then

    @property
    def is_anything(self) -> bool:
        """Whether nothing is asked for."""
        return self == Wanted()

    @property
    def parts(self) -> frozenset[Part]:
        """Where such a thing can be: a card has no agent, an execution no type."""
        if self.types or self.kinds or self.path is not None:
            return frozenset({Part.ENTRY})
        if self.command is not None or self.agent is not None:
            return frozenset({Part.EXECUTION, Part.ENTRY})
        return frozenset(Part)

    @property
    def sorts(self) -> frozenset[int] | None:
        """The bytes of the types and kinds that are wanted; None: all."""
        if not self.types and not self.kinds:
            return None
        return frozenset(
            sort
            for (entry_type, kind), sort in SORTS.items()
            if (not self.types or entry_type in self.types) and (not self.kinds or kind in self.kinds)
        )


class Block(NamedTuple):
    """What a stretch of a log may contain. Immutable, as entries are."""

    execution_id: int
    first_sequence: int
    entries: int
    earliest: datetime
    latest: datetime
    sorts: bytes  # one byte for each entry, see SORTS
    grams: bytes  # see grams.py

    @property
    def last_sequence(self) -> int:
        """The sequence of its last entry."""
        return self.first_sequence + self.entries - 1


class Tail(NamedTuple):
    """The end of a log that the index does not have yet: the entries behind `covered`, up to `head`."""

    execution_id: int
    covered: int
    head: int
    is_over: bool


class Place(NamedTuple):
    """How far back was searched: everything before it is still to be searched, and it itself is not.

    `key` is the execution's key, or for a card the microsecond of its creation; `moment` is None at the beginning of
    a part.
    """

    part: Part
    key: int = 2**62
    sequence: int = 2**62
    card_id: str = ""
    moment: datetime | None = None


class Snippet(NamedTuple):
    """A piece of the text in which something was found. Offsets count characters."""

    field: str
    text: str
    ranges: Sequence[tuple[int, int]]  # of `text`: begin, end
    more_before: bool  # the whole text goes on there
    more_after: bool


class CardSeen(NamedTuple):
    """What is told of the card in which something was found."""

    id: str
    project_id: str
    number: int
    title: str


class RunSeen(NamedTuple):
    """What is told of the execution in which something was found."""

    key: int
    public_id: str
    command: Command
    agent: str
    status: Status
    card: CardSeen


class Hit(NamedTuple):
    """Something that was found. `run` is None for a card, `entry` for a card or an execution."""

    card: CardSeen
    run: RunSeen | None
    entry: LogEntry | None
    moment: datetime
    snippet: Snippet


class Found(NamedTuple):
    """One page of what was found; `place` None: everything was searched."""

    hits: Sequence[Hit]
    place: Place | None
    place_run: str | None  # public id of the execution in which `place` is
