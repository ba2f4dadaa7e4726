"""P8: how soon the page is there, how large the installation and the page are."""

import gzip
import http.client
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import Requirement

from bench.report import Figure, at_most, median, megabytes
from bench.server import command, environment, ready
from bench.store import data_folder
from retoma.settings import Settings
from retoma.web.page import BUILT


def measure(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of P8."""
    rounds = 1 if quick else 5
    with data_folder() as settings:
        took = [_seconds_to_first_page(settings) for _ in range(rounds)]
    first = median(took)
    yield Figure("P8", "`retoma up` until `/` answers", f"{first:.2f} s", at_most(first, 2.0, "2 s"))
    size = installed_size()
    yield Figure("P8", "installed, without agents", megabytes(size), at_most(size, 150e6, "150 MB"))
    page, fonts = page_size()
    yield Figure(
        "P8", "the whole page (scripts, styles, HTML), gzipped", megabytes(page), at_most(page, 0.3e6, "0.3 MB")
    )
    yield Figure("P8", "its Latin fonts, which are compressed already", megabytes(fonts))


def _seconds_to_first_page(settings: Settings) -> float:
    began = time.perf_counter()
    with subprocess.Popen(
        command(settings), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment()
    ) as process:
        try:
            address = urlsplit(ready(process, settings).url)
            connection = http.client.HTTPConnection(address.hostname or "", address.port)
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
            took = time.perf_counter() - began
            connection.close()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    assert answer.status == 200
    return took


def installed_size() -> int:
    """Return the bytes of Retoma and of all it needs, as far as installed here, compiled files included."""
    found = _with_requirements("retoma")
    files = {Path(str(file.locate())) for one in found for file in one.files or ()}
    package = BUILT.parents[1]  # an editable installation names its files nowhere
    files |= {file for file in package.rglob("*") if "__pycache__" not in file.parts}
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


def page_size() -> tuple[int, int]:
    """Return the bytes of all the page's scripts, styles and HTML, gzipped; and of its Latin fonts (compressed)."""
    texts = [file for file in BUILT.rglob("*") if file.suffix in {".js", ".css", ".html", ".svg"}]
    fonts = list(BUILT.rglob("*-latin-wght-*.woff2"))
    return sum(len(gzip.compress(file.read_bytes())) for file in texts), sum(file.stat().st_size for file in fonts)
