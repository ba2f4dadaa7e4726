"""Nothing in the repository depends on the machine or the network it was written on.

A pin that names its registry binds everybody to one, also those who work behind a mirror; a path of one person's
machine works for that person. What the registries are called is asked of pip and npm: written down here, it would be
the very thing this forbids.
"""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from house.sources import ROOT, files, place

# Lines by which a pin file or a tool's settings choose a registry, whatever its name.
CHOICES = re.compile(
    r"^\s*(--(extra-)?index-url|--find-links|-i |index-url|extra-index-url|registry\s*=|\"resolved\":)"
)
HOME = re.compile(r"(?<![\w.])/(?:home|Users)/(?!agent\b|user\b|you\b)\w+/")


def _registries() -> set[str]:
    """Return the hosts that pip and npm fetch from, as set up here and as they come."""
    said = [sys.executable, "-m", "pip", "help", "install"], [sys.executable, "-m", "pip", "config", "list"]
    texts = [subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True).stdout for argv in said]
    npm = ["npm", "config", "get", "registry"]
    texts.append(subprocess.run(npm, stdout=subprocess.PIPE, text=True, check=True).stdout)
    settings = " ".join(line for text in texts for line in text.splitlines() if "pip.pypa.io" not in line)
    hosts = {urlsplit(found).hostname for found in re.findall(r"https?://[^\s'\")]+", settings)}
    return {host for host in hosts if host}


def _texts() -> list[tuple[Path, str]]:
    return [(path, path.read_text("utf-8", errors="replace")) for path in files()]


def test_no_file_names_a_package_registry() -> None:
    registries = _registries()
    assert len(registries) >= 2, "pip and npm each have at least one registry"
    found = [f"{place(path)}: {host}" for path, text in _texts() for host in registries if host in text]
    assert found == []


def test_no_pin_or_setting_chooses_a_registry() -> None:
    settings = [path for path in files() if path.suffix in {".txt", ".toml", ".cfg", ".ini"} or path.name == ".npmrc"]
    settings += [path for path in files() if path.name == "package-lock.json"]
    found = [
        place(path, number)
        for path in settings
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if CHOICES.match(line)
    ]
    assert found == []
    assert not list(ROOT.glob("**/uv.lock"))


def test_no_file_names_a_folder_of_one_machine() -> None:
    own = [f"{folder}/" for folder in (ROOT, Path.home()) if len(folder.parts) > 1]
    found = [place(path) for path, text in _texts() if any(folder in text for folder in own) or HOME.search(text)]
    assert found == []


@pytest.mark.parametrize("line", ["--index-url https://x", '  "resolved": "https://x",', "registry=https://x"])
def test_a_chosen_registry_is_recognised(line: str) -> None:
    assert CHOICES.match(line)
