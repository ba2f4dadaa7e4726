"""What a browser loads, by the build's own list of files (budgets: docs/benchmarks.md)."""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import pytest

import retoma.web

_PAGE = Path(retoma.web.__file__).parent / "page"
_KB = 1000


class Part(TypedDict, total=False):
    """What the build says of one part of the page."""

    file: str
    css: Sequence[str]
    imports: Sequence[str]


Build = Mapping[str, Part]


@pytest.fixture(scope="module", name="build")
def _build() -> Build:
    build: Build = json.loads((_PAGE / ".vite/manifest.json").read_text(encoding="utf-8"))
    return build


def _needed(build: Build, names: Iterable[str]) -> set[str]:
    """Return these parts and all that they import at once."""
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += build[name].get("imports", [])
    return needed


def _script_kb(build: Build, names: Iterable[str]) -> float:
    files = {build[name]["file"] for name in names}
    return sum(len(gzip.compress((_PAGE / file).read_bytes())) for file in files if file.endswith(".js")) / _KB


def _style_kb(build: Build, names: Iterable[str]) -> float:
    files = {file for name in names for file in build[name].get("css", [])}
    return sum(len(gzip.compress((_PAGE / file).read_bytes())) for file in files) / _KB


_BOARD = ("index.html", "src/routes/board.tsx")
_CARD = ("index.html", "src/routes/card.tsx", "src/features/execution-log/log-view.tsx")


def test_the_first_load_is_at_most_200_kb_of_script_and_40_of_style(build: Build) -> None:
    needed = _needed(build, _BOARD)
    assert _script_kb(build, needed) <= 200
    assert _style_kb(build, needed) <= 40


def test_a_card_that_is_opened_directly_is_no_heavier(build: Build) -> None:
    needed = _needed(build, _CARD)
    assert _script_kb(build, needed) <= 200
    assert _style_kb(build, needed) <= 40


def test_what_few_need_is_not_in_what_everybody_loads(build: Build) -> None:
    needed = _needed(build, _BOARD) | _needed(build, _CARD)
    for late in (
        "ui/markdown.tsx",
        "lib/messages.pt-BR.ts",
        "features/dialogs/dialogs.tsx",
        "features/history/charts.tsx",
    ):
        assert f"src/{late}" in build
        assert f"src/{late}" not in needed
