"""The wheel holds the built page, and runs from an environment in which there is neither Node nor our source.

langstage shipped wheels without their page (its issue 94), because listing built files as artifacts builds nothing.
"""

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[3]
VENV = ROOT / ".venv/bin"
PAGE = "retoma/web/page/"
pytestmark = pytest.mark.timeout(240)


def run(argv: list[str | Path], cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from this tree; the page is there already (`make test` made it)."""
    assert (ROOT / "backend" / PAGE / "index.html").exists(), "run `make setup` first"
    out = tmp_path_factory.mktemp("wheel")
    run([VENV / "uv", "build", "--quiet", "--wheel", "--no-build-isolation", "--python", VENV / "python", "-o", out])
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the program folder of an environment with the pinned packages and the wheel, and nothing else."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    run([VENV / "uv", "venv", "--quiet", "--python", VENV / "python", environment])
    install: list[str | Path] = [VENV / "uv", "pip", "install", "--quiet", "--python", environment / "bin/python"]
    run([*install, "--require-hashes", "-r", ROOT / "requirements/runtime.txt"])
    run([*install, "--no-deps", wheel])
    return environment / "bin"


def test_the_wheel_holds_the_page_and_every_file_the_page_names(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        index = archive.read(PAGE + "index.html").decode()
    named = re.findall(r"(?:src|href)=\"/([^\"]+)\"", index)
    assert any(name.endswith(".js") for name in named)
    assert [name for name in named if PAGE + name not in names] == []


def test_the_wheel_holds_the_program_and_its_migrations_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "retoma/recorder/__main__.py" in names
    assert any(re.fullmatch(r"retoma/storage/migrations/versions/.*\.py", name) for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"retoma"}


def only_git(folder: Path) -> Path:
    """Make a folder for PATH that holds git and nothing else."""
    (folder / "bin").mkdir()
    (folder / "bin/git").symlink_to(shutil.which("git") or "")
    return folder / "bin"


@contextmanager
def board(program: Path, data: Path) -> Iterator[str]:
    """Start the installed board on a free port and yield its address."""
    # Only the environment's own programs and git: no Node, and no way back into this source tree.
    variables = {"PATH": f"{program}:{only_git(data)}", "HOME": str(data), "PYTHONUNBUFFERED": "1"}
    argv: list[str | Path] = [program / "retoma", "up", "--no-open", "--port", "0", "--data", data / "board"]
    process = subprocess.Popen(
        argv, cwd=data, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if "Retoma is ready:" in line:
                break
        link = re.search(r"https?://[^/\s]+", said[-1])
        assert link is not None, "".join(said)
        yield link[0]
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, "".join(said) + rest


def test_the_installed_board_serves_the_page_and_its_health(installed: Path, tmp_path: Path) -> None:
    with board(installed, tmp_path) as address:
        with urlopen(f"{address}/", timeout=10) as answer:
            assert '<div id="' in answer.read().decode()
        with urlopen(f"{address}/api/health", timeout=10) as answer:
            assert json.loads(answer.read())["status"] == "ok"


@pytest.fixture
def tree_without_page(tmp_path: Path) -> Path:
    """Give a copy of what the wheel is made from, the page not built."""
    tree = tmp_path / "tree"
    (tree / "backend").mkdir(parents=True)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tree)
    shutil.copytree(ROOT / "backend/retoma", tree / "backend/retoma", ignore=shutil.ignore_patterns("page"))
    return tree


BUILD = ["-m", "hatchling", "build", "-t", "wheel"]


def test_without_page_and_npm_the_build_stops_and_says_what_to_do(tree_without_page: Path) -> None:
    done = subprocess.run(
        [VENV / "python", *BUILD],
        cwd=tree_without_page,
        env={"PATH": str(only_git(tree_without_page))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "install Node 20.19 or newer and run `make setup`" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_page_can_be_left_out_on_request(tree_without_page: Path) -> None:
    run([VENV / "python", *BUILD], tree_without_page, PATH=str(only_git(tree_without_page)), RETOMA_SKIP_PAGE="1")
    [built] = tree_without_page.glob("dist/*.whl")
    with zipfile.ZipFile(built) as archive:
        assert not any(name.startswith(PAGE) for name in archive.namelist())
