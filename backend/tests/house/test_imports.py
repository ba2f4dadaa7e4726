"""An import inside a function says why it is not at the top of the file.

A fifth of the imports of the services that were read are hidden in functions, and they hide the cycles of those code
bases. A reason in words, on the line or on the one above it, is the one written escape.
"""

import ast
from pathlib import Path

from house.sources import place, python_files, tree


def _unexplained(path: Path) -> set[int]:
    lines = path.read_text("utf-8").splitlines()
    hidden = {
        inner.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    explained = {number for number in hidden if "#" in lines[number - 1] or lines[number - 2].lstrip().startswith("#")}
    return hidden - explained


def test_every_import_inside_a_function_has_a_reason() -> None:
    assert [place(path, line) for path in python_files() for line in sorted(_unexplained(path))] == []


def test_an_import_without_a_reason_is_found(tmp_path: Path) -> None:
    source = tmp_path / "x.py"
    source.write_text("def f():\n    import a\n    import b  # only with the option\n    # slow\n    import c\n")
    assert _unexplained(source) == {2}
