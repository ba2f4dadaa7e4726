"""Bugs that this suite must catch: each is a patch that is applied to a copy of the source, and must be found there.

A suite that finds nothing proves something only if it finds these.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import retoma
from torture.killing import Torture
from torture.scenes import SCENES, environment_of, play

pytestmark = pytest.mark.timeout(120)

_SOURCE = Path(str(retoma.__file__)).parent
_PATCHES = Path(__file__).with_name("bugs")
# What each must be found by: a board that does not even start is no proof.
_SYMPTOMS = {
    "offset-apart-from-rows": "the log of stream 1 is not what was written",
    "commit-after-wake-up": "was shown when",
    "sequence-by-count": "the log of stream 1 is not what was written",
    "recorder-in-the-servers-group": "nobody touched it, and it did not come to its end",
    "settled-before-drained": "the log of stream 1 is not what was written",
}


def test_each_known_bug_has_its_scene() -> None:
    assert {file.stem for file in _PATCHES.glob("*.patch")} == set(SCENES)


@pytest.mark.parametrize("scene", sorted({scene.__name__ for scene in SCENES.values()}))
def test_without_a_bug_nothing_is_found(tmp_path: Path, scene: str) -> None:
    played = next(one for one in SCENES.values() if one.__name__ == scene)
    with Torture(tmp_path, seed=1, environment=environment_of(played)) as torture:
        assert play(played, torture).problems == []


@pytest.mark.parametrize("bug", SCENES)
def test_a_known_bug_is_found(tmp_path: Path, bug: str) -> None:
    source = tmp_path / "backend"
    shutil.copytree(_SOURCE, source / "retoma", ignore=shutil.ignore_patterns("page", "__pycache__"))
    _apply(tmp_path, _PATCHES / f"{bug}.patch")
    environment = {**environment_of(SCENES[bug]), "PYTHONPATH": str(source)}
    with Torture(tmp_path / "torture", seed=1, environment=environment) as torture:
        problems = play(SCENES[bug], torture).problems
    assert any(_SYMPTOMS[bug] in problem for problem in problems), f"the suite does not find the bug {bug}: {problems}"


def _apply(folder: Path, patch: Path) -> None:
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}  # in no repository, whatever is above
    argv = ["git", "apply", "--unsafe-paths", str(patch)]
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    said = f"{patch.name} does not apply any more: make the same bug anew in the present source. {done.stderr}"
    assert done.returncode == 0, said
