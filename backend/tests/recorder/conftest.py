"""A run directory of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retoma.core.ids import new_id
from support.recorder import Run, until


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    made = Run(folder, new_id())
    yield made
    made.end()
    until(lambda: not made.marked(), 5)
