"""What the house checks look at: the files of this repository, and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]


@cache
def files() -> tuple[Path, ...]:
    """Return all files that git tracks, or would track if they were added."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\0")
    return tuple(sorted(path for name in set(names) if name and (path := ROOT / name).is_file()))


def python_files(under: str = "") -> Iterator[Path]:
    """Yield the Python files in a folder, named from the root."""
    return (path for path in files() if path.suffix == ".py" and path.is_relative_to(ROOT / under))


def page_files() -> Iterator[Path]:
    """Yield the TypeScript files that somebody wrote: those that tools wrote are left out."""
    written = (path for path in files() if path.suffix in {".ts", ".tsx"} and path.is_relative_to(ROOT / "frontend"))
    return (path for path in written if not path.name.endswith((".d.ts", ".gen.ts")))


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def place(path: Path, line: int | None = None) -> str:
    """Name a place as editors and terminals link it."""
    name = str(path.relative_to(ROOT))
    return name if line is None else f"{name}:{line}"
