"""Every named crash point is placed, and placed once: a name that is nowhere, or in two places, proves nothing."""

import ast
from collections import Counter
from collections.abc import Iterator

from house.sources import ROOT, python_files, tree
from retoma.core.crash import VARIABLE, CrashPoint

RECORDER = ROOT / "backend/retoma/recorder/__main__.py"
# `write_whole` writes these two, and is one place for both.
WHOLE_FILES = ("run.json", "exit.json")


def _placed(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=ast.Name(id="CrashPoint"), attr=name):
                yield CrashPoint[name].value
            case ast.Call(func=ast.Name(id="crash_point"), args=[ast.Constant(value=str(name))]):
                yield name
            case ast.Call(func=ast.Name(id="crash_point"), args=[ast.JoinedStr(values=[before, _, behind])]):
                ends = [str(part.value) for part in (before, behind) if isinstance(part, ast.Constant)]
                yield from (f"{ends[0]}{name}{ends[1]}" for name in WHOLE_FILES)


def test_each_crash_point_is_placed_exactly_once() -> None:
    placed = Counter(name for path in python_files("backend/retoma") for name in _placed(tree(path)))
    assert placed == Counter(point.value for point in CrashPoint)
    in_recorder = set(_placed(tree(RECORDER)))
    assert in_recorder == {point.value for point in CrashPoint if point.value.startswith("recorder-")}


def test_the_recorder_looks_at_the_same_variable() -> None:
    assert f'environ.get("{VARIABLE}")' in RECORDER.read_text("utf-8")
