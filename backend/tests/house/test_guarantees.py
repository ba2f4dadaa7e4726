"""docs/guarantees.md names tests: a promise whose test was renamed or deleted is an empty one."""

import re
from pathlib import Path

from retoma.core.crash import CrashPoint
from torture.sweeping import SWEEP_POINTS

ROOT = Path(__file__).resolve().parents[3]


def test_every_test_that_the_guarantees_name_exists() -> None:
    promised = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "guarantees.md").read_text("utf-8")))
    files = (ROOT / "backend" / "tests").rglob("test_*.py")
    defined = {name for file in files for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))}
    assert promised - defined == set()


def test_the_guarantees_count_the_crash_points_right() -> None:
    text = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
    told = [int(number) for number in re.findall(r"at each of (\d+) named points", text)]
    assert told == [len(set(CrashPoint) - SWEEP_POINTS), len(SWEEP_POINTS)]
