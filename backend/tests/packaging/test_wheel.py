"""The wheel holds the built page, and runs from an environment in which there is neither Node nor our source.

langstage shipped wheels without their page (its issue 94), because listing built files as artifacts builds nothing.
"""

import json
import os
import re
import select
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[3]
VENV = ROOT / ".venv/bin"
PAGE = "retoma/web/page/"
START_LIMIT = 45.0  # seconds from the command to the first answer
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
    install = [VENV / "uv", "pip", "install", "--quiet", "--python", environment / "bin/python"]
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


@contextmanager
def board(program: Path, data: Path) -> Iterator[str]:
    """Start the installed board on a free port and yield its address."""
    # Only the environment's own programs and the system's: no Node, and no way back into this source tree.
    variables = {"PATH": f"{program}:/usr/bin:/bin", "HOME": str(data), "RETOMA_DATA": str(data / "board")}
    argv = [program / "retoma", "up", "--no-open", "--port", "0"]
    log = data / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(argv, cwd=data, env=variables, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield _address(process, data / "board/server.json", log)
    finally:
        process.terminate()
        assert process.wait(30) == 0, log.read_text()


def _address(process: subprocess.Popen[bytes], told: Path, log: Path) -> str:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        assert process.poll() is None, log.read_text()
        if told.exists():
            return str(json.loads(told.read_text())["url"])
        select.select([], [], [], 0.05)  # the file appears by a rename; nothing tells us
    raise AssertionError(log.read_text())


def test_the_installed_board_serves_the_page_and_its_health(installed: Path, tmp_path: Path) -> None:
    with board(installed, tmp_path) as address:
        with urlopen(f"{address}/", timeout=10) as answer:
            assert '<div id="' in answer.read().decode()
        with urlopen(f"{address}/api/health", timeout=10) as answer:
            assert json.loads(answer.read())["status"] == "ok"
