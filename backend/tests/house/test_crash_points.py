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
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "crash_point"):
            continue
        match node.args[0]:
            case ast.Attribute(attr=name):
                yield CrashPoint[name].value
            case ast.Constant(value=str(name)):
                yield name
            case ast.JoinedStr(values=[ast.Constant(value=str(before)), _, ast.Constant(value=str(behind))]):
                yield from (f"{before}{name}{behind}" for name in WHOLE_FILES)
            case other:
                raise AssertionError(ast.dump(other))


def test_each_crash_point_is_placed_exactly_once() -> None:
    placed = Counter(name for path in python_files("backend/retoma") for name in _placed(tree(path)))
    assert placed == Counter(point.value for point in CrashPoint)
    in_recorder = set(_placed(tree(RECORDER)))
    assert in_recorder == {point.value for point in CrashPoint if point.value.startswith("recorder-")}


def test_the_recorder_looks_at_the_same_variable() -> None:
    assert f'environ.get("{VARIABLE}")' in RECORDER.read_text("utf-8")
