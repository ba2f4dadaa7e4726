"""A wall clock that a test sets, for processes that it starts; the clocks that count since boot are left alone."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest


class FalseClock:
    """Steered by a file, which holds by how many seconds the clock is wrong."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(0)

    def set(self, seconds: int) -> None:
        """Let the clock be wrong by so much from now on."""
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{seconds:+d}")
        draft.rename(self._file)

    @property
    def for_the_server(self) -> Mapping[str, str]:
        """What a Python that reads its environment needs there to have this clock."""
        return {
            "PYTHONPATH": str(Path(__file__).with_name("false_time")),
            "FALSE_CLOCK_FILE": str(self._file),
        }

    @property
    def for_any_program(self) -> Mapping[str, str]:
        """What any program needs in its environment to have this clock: libfaketime.

        Skips the test where that is missing; in CI a skipped test is a failed one.
        """
        libraries = sorted(Path("/usr").glob("lib*/**/faketime/libfaketimeMT.so.1"))
        if shutil.which("faketime") is None or not libraries:
            pytest.skip("libfaketime is not installed (on Debian: apt-get install faketime)")
        return {
            "LD_PRELOAD": str(libraries[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
