"""Reading the stretches of logs in which something may be."""

from collections.abc import Sequence

from retoma.core.entries import LogEntry
from retoma.core.errors import UnavailableError
from retoma.logs import store as logs
from retoma.search import grams
from retoma.search.matching import fold, is_wanted, texts_of
from retoma.search.model import BLOCK_ENTRIES, Block, Wanted
from retoma.storage.connection import Connection


class Sieve:
    """Tells blocks in which what is wanted can't be, and finds it in the entries of the others."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._sorts = None if wanted.sorts is None else bytes(sorted(wanted.sorts))
        self._probes = grams.probes([*wanted.terms, *([] if wanted.path is None else [wanted.path])])
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
            entries = read_span(connection, block.execution_id, max(first, block.first_sequence), block.last_sequence)
            return [entry.sequence for entry in self.pick(entries)]
        numbered = enumerate(block.sorts, block.first_sequence)
        if self._sorts is None:
            return [sequence for sequence, _ in numbered if sequence >= first]
        return [sequence for sequence, sort in numbered if sort in self._sorts and sequence >= first]

    def pick(self, entries: Sequence[LogEntry]) -> Sequence[LogEntry]:
        """Return those of `entries` that are wanted."""
        terms = self._wanted.terms
        if terms:
            # Most blocks that are read for nothing are known by one look at all of their text.
            whole = fold("\n".join(text for entry in entries for _, text in texts_of(entry)))
            if not all(term in whole for term in terms):
                return []
        return [entry for entry in entries if is_wanted(entry, self._wanted)]


def read_span(connection: Connection, execution_id: int, first: int, last: int) -> Sequence[LogEntry]:
    """Return the entries `first` to `last` of a log, in order; fewer where the log ends before, or has a hole."""
    entries: list[LogEntry] = []
    try:
        while first <= last:
            page = logs.read_after(connection, execution_id, first - 1, min(logs.PAGE_LIMIT, last - first + 1))
            if not page:
                break
            entries += page
            first = page[-1].sequence + 1
    except UnavailableError:
        pass  # one damaged log must not end the search in all others; `retoma verify` names it
    return entries


def spans_down(first: int, last: int) -> Sequence[tuple[int, int]]:
    """Cut the sequences `first` to `last` into stretches to be read one by one, the last first."""
    return [(max(first, end - BLOCK_ENTRIES + 1), end) for end in range(last, first - 1, -BLOCK_ENTRIES)]
