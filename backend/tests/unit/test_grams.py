"""The filter of a block never says "not here" of what is there, and seldom "maybe" of what is not."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retoma.search import grams
from retoma.search.grams import may_contain, pack, probes

SIGNS = st.sampled_from(["a", "b", "_", "1", ".", " ", "/", "ß", "保", "存", "\N{ROCKET}"])


@pytest.mark.parametrize("others", [0, 3_000, 100_000], ids=["alone", "among many", "among too many"])
@settings(deadline=None, max_examples=60)
@given(content=st.text(SIGNS, max_size=40), data=st.data())
def test_any_part_of_a_text_may_be_in_its_filter(others: int, content: str, data: st.DataObject) -> None:
    packed = pack([content + " " + filler(others)])
    begin = data.draw(st.integers(0, len(content)))
    part = content[begin : begin + data.draw(st.integers(0, 12))]
    assert may_contain(packed, probes([part]))


def test_what_is_not_there_is_seldom_taken_for_there() -> None:
    packed = pack([filler(3_000)])
    absent = [[f"{number:08d}zzz"] for number in range(1_000)]
    assert sum(may_contain(packed, probes(words)) for words in absent) < 10
    assert not may_contain(pack(["保存する"]), probes(["保管"]))
    assert len(pack([filler(100_000)])) == 8 * 1024


@given(content=st.text(SIGNS, max_size=60), size=st.integers(1, 20))
def test_a_text_in_pieces_has_the_filter_that_it_has_as_a_whole(content: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grams, "_PIECE", size)
        assert pack(grams.pieces(content)) == pack([content])


FILLERS: dict[int, str] = {}


def filler(words: int) -> str:
    if words not in FILLERS:
        chance = random.Random(1)
        FILLERS[words] = " ".join("".join(chance.choices(string.ascii_lowercase, k=6)) for _ in range(words // 3))
    return FILLERS[words]
