"""No file and no function grows past what one reader holds in the head.

Small medians do not stop giants, only a hard limit does: the services that were read before this one was begun have
medians like ours and one file of 3,000 to 6,000 lines each. Ruff has no limit on a file's length.
"""

import ast

from house.sources import page_files, place, python_files, tree

PYTHON_FILE, PYTHON_FUNCTION, PAGE_FILE = 400, 50, 250


def test_no_python_file_is_longer_than_400_lines() -> None:
    lengths = {place(path): len(path.read_text("utf-8").splitlines()) for path in python_files()}
    assert {name: length for name, length in lengths.items() if length > PYTHON_FILE} == {}


def test_no_python_function_is_longer_than_50_lines() -> None:
    too_long = {}
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > PYTHON_FUNCTION:
                    too_long[f"{place(path, node.lineno)} {node.name}"] = length
    assert too_long == {}


def test_no_typescript_file_is_longer_than_250_lines() -> None:
    lengths = {place(path): len(path.read_text("utf-8").splitlines()) for path in page_files()}
    assert {name: length for name, length in lengths.items() if length > PAGE_FILE} == {}
