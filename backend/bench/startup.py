"""P8: how soon the page is there, how large the installation and the page are."""

import gzip
import http.client
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path
from typing import NotRequired, TypedDict
from urllib.parse import urlsplit

import orjson
from packaging.requirements import Requirement

from bench.report import Figure, at_most, median, megabytes
from bench.server import ready, started
from bench.store import data_folder
from retoma.settings import Settings
from retoma.web.page import BUILT


class _Chunk(TypedDict):
    """An entry of the manifest of the page's build (Vite's)."""

    file: str
    imports: NotRequired[list[str]]
    css: NotRequired[list[str]]


def measure(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of P8."""
    rounds = 1 if quick else 5
    with data_folder() as settings:
        took = [_seconds_to_first_page(settings) for _ in range(rounds)]
    first = median(took)
    yield Figure("P8", "`retoma up` until `/` answers", f"{first:.2f} s", at_most(first, 2.0, "2 s"))
    size = installed_size()
    yield Figure("P8", "installed, without agents", megabytes(size), at_most(size, 150e6, "150 MB"))
    page, whole, fonts = page_size()
    yield Figure("P8", "the board's first view, gzipped", _mb(page), at_most(page, 0.3e6, "0.3 MB"))
    yield Figure("P8", f"all views, gzipped (Latin fonts, compressed as they are: {_mb(fonts)} more)", _mb(whole))


def _mb(size: int) -> str:
    return f"{size / 1e6:.2f} MB"


def _seconds_to_first_page(settings: Settings) -> float:
    began = time.perf_counter()
    with started(settings) as process:
        address = urlsplit(ready(process, settings).url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port)
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - began
        connection.close()
    assert answer.status == 200
    return took


def installed_size() -> int:
    """Return the bytes of Retoma and of all it needs, compiled files included, as far as it is here."""
    found = _with_requirements("retoma")
    files = {Path(str(file.locate())) for one in found for file in one.files or ()}
    package = BUILT.parents[1]  # an editable installation names its files nowhere
    files |= set(package.rglob("*"))
    files |= {Path(cache_from_source(str(file))) for file in files if file.suffix == ".py"}
    return sum(file.stat().st_size for file in files if file.is_file())


def _with_requirements(name: str) -> Sequence[Distribution]:
    """Return a distribution and all that it needs, the extras it asks for included."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    wanted = [(name, frozenset[str]())]
    while wanted:
        name, extras = wanted.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform
        for text in found[name].requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
                wanted.append((requirement.name.lower(), frozenset(requirement.extras)))
    return list(found.values())


def page_size() -> tuple[int, int, int]:
    """Return what the board's first view loads, gzipped; all there is of the page, gzipped; its Latin fonts."""
    manifest: dict[str, _Chunk] = orjson.loads((BUILT / ".vite/manifest.json").read_bytes())
    first = {"index.html", "color-scheme.js", "icon.svg"}
    wanted, seen = ["index.html", "src/routes/home.tsx"], set[str]()
    while wanted:
        name = wanted.pop()
        if name not in seen:
            seen.add(name)
            first |= {manifest[name]["file"], *manifest[name].get("css", ())}
            wanted += manifest[name].get("imports", ())
    whole = [file for file in BUILT.rglob("*") if file.suffix in {".js", ".css", ".html", ".svg"}]
    fonts = BUILT.rglob("*-latin-wght-*.woff2")
    return (
        sum(_gzipped(BUILT / name) for name in first),
        sum(_gzipped(file) for file in whole),
        sum(file.stat().st_size for file in fonts),
    )


def _gzipped(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 6))
