"""What SSE and WebSocket share: entries behind a cursor, in pieces that fit a message."""

from collections.abc import Iterator, Sequence

from retoma.live.frames import join_entries

# One message on the wire is at most about so large (or one entry): nobody holds megabytes of them, and a reader whose
# connection is cut again and again gets on by each message that came through.
_PIECE_BYTES = 64 * 1024


def pieces(entries: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Yield the last sequence and the JSON array of each piece of `entries`, which are encoded already."""
    piece: list[bytes] = []
    size = 0
    for sequence, encoded in entries:
        piece.append(encoded)
        size += len(encoded)
        if size >= _PIECE_BYTES:
            yield sequence, join_entries(piece)
            piece, size = [], 0
    if piece:
        yield entries[-1][0], join_entries(piece)
