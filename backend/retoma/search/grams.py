"""A Bloom filter of the pieces of words in a block: says "not here" for sure, or "maybe".

The pieces (grams) are every four characters in a row of a word, and every two of which one is not ASCII, for scripts
that write words of two characters. So any part of a word can be looked for, not only its beginning. What is shorter
has no gram: then every block may have it.

The form is stored: to change it, the index must be filled anew.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

_ASCII_WORD = re.compile(r"\w{4,}")
_WORD = re.compile(r"\w{2,}")
_LONGEST = 4
_PIECE = 1 << 15  # characters
_BITS_EACH = 8
_LEAST_BITS, _MOST_BITS = 64, 1 << 16
_ZERO, _ONE = ord("0"), ord("1")


def pack(folded: Iterable[str]) -> bytes:
    """Return the filter of the words in these texts, whose characters are folded."""
    grams: set[str] = set()
    for text in folded:
        grams |= _grams(text)
    bits = min(_MOST_BITS, max(_LEAST_BITS, (len(grams) * _BITS_EACH + 7) & ~7))
    digits = bytearray([_ZERO]) * bits
    crc32 = zlib.crc32
    for gram in grams:
        # Its two halves are the two places; the filter is read as one binary number, which is quicker than bit by bit.
        crc = crc32(gram.encode("utf-8", "surrogatepass"))
        digits[(crc & 0xFFFF) * bits >> 16] = _ONE
        digits[(crc >> 16) * bits >> 16] = _ONE
    return int(digits, 2).to_bytes(bits >> 3, "big")


def pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces that have all of its grams: the words of a megabyte at once would take much memory."""
    for start in range(0, len(text), _PIECE):
        yield text[max(0, start - _LONGEST + 1) : start + _PIECE]


def probes(folded: Sequence[str]) -> Sequence[int]:
    """Return what `may_contain` wants to know of texts: 16-bit places, in a filter of 65536 bits."""
    crcs = {zlib.crc32(gram.encode("utf-8", "surrogatepass")) for text in folded for gram in _grams(text)}
    return [half for crc in sorted(crcs) for half in (crc & 0xFFFF, crc >> 16)]


def may_contain(packed: bytes, probes: Sequence[int]) -> bool:
    """Whether all of what `probes` stand for may be in the block. False is sure."""
    bits = len(packed) << 3
    for probe in probes:
        place = probe * bits >> 16
        if not packed[place >> 3] & (128 >> (place & 7)):
            return False
    return True


def _grams(folded: str) -> set[str]:
    if folded.isascii():
        words = set(_ASCII_WORD.findall(folded))
        return {word[n : n + 4] for word in words for n in range(len(word) - 3)}
    words = set(_WORD.findall(folded))
    grams = {word[n : n + 4] for word in words for n in range(len(word) - 3)}
    foreign = [word for word in words if not word.isascii()]
    grams.update(pair for word in foreign for n in range(len(word) - 1) if not (pair := word[n : n + 2]).isascii())
    return grams
