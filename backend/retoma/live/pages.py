"""Which entries a page of a log has, from how far the log goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from retoma.live.frames import CONTENT_LIMIT
from retoma.live.recent import Encoded
from retoma.logs import store


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What follows `after`, what comes before `before`, or the last `tail` entries; at most `limit` of them."""

    after: int | None = None
    before: int | None = None
    tail: int | None = None
    limit: int

    def span(self, head: int) -> tuple[int, int]:
        """Return the first and the last sequence of it in a log that goes to `head`; the first is larger: none."""
        if self.tail is not None:
            return max(1, head - self.tail + 1), head
        if self.before is not None:
            last = min(self.before - 1, head)
            return max(1, self.before - self.limit), last
        first = (self.after or 0) + 1
        return first, min(first + self.limit - 1, head)


def may_be_cut(entries: Sequence[Encoded]) -> bool:
    """Whether the store might end a page of these earlier: a page of huge entries has fewer of them."""
    sizes = [len(encoded) for _, encoded in entries]
    return sum(sizes) >= store.PAGE_CHARACTERS or max(sizes, default=0) >= CONTENT_LIMIT
