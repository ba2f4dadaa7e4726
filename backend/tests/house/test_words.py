"""The tree speaks the glossary: its words exist in the program, and drawers for everything do not.

`utils`, `helpers`, `common` and `manager` say nothing about what is inside, so everything fits and nothing is found.
"""

import re

from house.sources import ROOT, files, place

DRAWERS = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}
ROW = re.compile(r"^\| *([^|]+?) *\|", re.MULTILINE)


def test_no_module_or_folder_is_a_drawer_for_everything() -> None:
    own = [path for path in files() if path.suffix in {".py", ".ts", ".tsx"}]
    words = {path: {*path.relative_to(ROOT).parts[:-1], *re.split(r"[-_.]", path.stem)} for path in own}
    assert [place(path) for path, parts in words.items() if DRAWERS & parts] == []


def test_every_word_of_the_glossary_is_a_word_of_the_program() -> None:
    rows = ROW.findall((ROOT / "docs/glossary.md").read_text("utf-8"))
    cells = [cell for cell in rows if cell.lower() != "word" and set(cell) - {"-", ":"}]
    words = [word.strip(" *`").lower() for cell in cells for word in re.split(r",| and ", cell)]
    assert len(words) > 20, "docs/glossary.md is a table whose first column holds the words"
    own = [path for path in files() if path.suffix in {".py", ".ts", ".tsx"} and "tests" not in path.parts]
    program = re.sub(r"[\s_-]+", "", "".join(path.read_text("utf-8") for path in own)).lower()
    assert [word for word in words if re.sub(r"[\s_-]+", "", word) not in program] == []
