"""Reading the stretches of logs in which something may be."""

import re
from collections.abc import Iterator, Sequence

from retoma.core.entries import LogEntry
from retoma.core.errors import UnavailableError
from retoma.logs.like_store import read_like
from retoma.search import grams
from retoma.search.matching import is_wanted
from retoma.search.model import BLOCK_ENTRIES, Block, Wanted
from retoma.storage.connection import Connection

# What JSON writes as it is.
_PLAIN = re.compile(r"[ !#-\[\]-~]+")


class Sieve:
    """Tells blocks in which what is wanted can't be, and finds it in the entries of the others."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._sorts = None if wanted.sorts is None else bytes(sorted(wanted.sorts))
        looked_for = [*wanted.terms, *([] if wanted.path is None else [wanted.path])]
        self._pieces = [piece for text in looked_for if (piece := max(_PLAIN.findall(text), key=len, default=""))]
        self._probes = grams.probes(looked_for)
        # Otherwise the block's own list of types and kinds tells exactly which entries are wanted.
        self._reads = bool(wanted.terms) or not (wanted.path is None and wanted.start is None and wanted.end is None)

    def may_have(self, block: Block) -> bool:
        """Whether what is wanted may be in this block. False is sure."""
        if self._sorts is not None and len(block.sorts.translate(None, self._sorts)) == block.entries:
            return False
        return grams.may_contain(block.grams, self._probes)

    def sequences(self, connection: Connection, block: Block, first: int) -> Sequence[int]:
        """Return the sequences from `first` on of the entries in `block` that are wanted."""
        if self._reads:
            span = (max(first, block.first_sequence), block.last_sequence)
            return [entry.sequence for entry in self.find(connection, block.execution_id, *span)]
        numbered = enumerate(block.sorts, block.first_sequence)
        if self._sorts is None:
            return [sequence for sequence, _ in numbered if sequence >= first]
        return [sequence for sequence, sort in numbered if sort in self._sorts and sequence >= first]

    def find(self, connection: Connection, execution_id: int, first: int, last: int) -> Iterator[LogEntry]:
        """Yield those of the entries `first` to `last` of a log that are wanted, in order."""
        try:
            for entry in read_like(connection, execution_id, first, last, self._pieces):
                if is_wanted(entry, self._wanted):
                    yield entry
        except UnavailableError:
            pass  # one damaged log must not end the search in all others; `retoma verify` names it


def spans_down(first: int, last: int) -> Sequence[tuple[int, int]]:
    """Cut the sequences `first` to `last` into stretches to be read one by one, the last first."""
    return [(max(first, end - BLOCK_ENTRIES + 1), end) for end in range(last, first - 1, -BLOCK_ENTRIES)]
