"""Folding: the length of every character stays, and ASCII stays apart from all else."""

import sys

from retoma.search.matching import fold


def test_every_character_there_is_keeps_its_length_and_whether_it_is_ascii() -> None:
    signs = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [sign for sign in signs if len(fold(sign)) != 1 or fold(sign).isascii() != sign.isascii()] == []
    assert fold("".join(signs)) == "".join(map(fold, signs)), "none changes what its neighbours fold to"
