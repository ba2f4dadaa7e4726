"""`python -m bench [p1 p4 …] [--quick] [--full]`: measures, and prints one table."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from bench import board, ingest, live, memory, pages, readers, search, startup, viewer
from bench.report import HEAD, Figure, row

_MEASURES = ("p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "s1", "l1")


def main(arguments: Sequence[str]) -> int:
    """Run the chosen measures; return 0, whether or not the bars were reached."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(_MEASURES)}; by default all")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it works, measures nothing")
    parser.add_argument(
        "--full", action="store_true", help="P7 with 2 GiB instead of 256 MiB, and with a million short lines"
    )
    given = parser.parse_args(arguments)
    chosen = frozenset(given.measures) or frozenset(_MEASURES)
    if unknown := sorted(chosen - frozenset(_MEASURES)):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(_MEASURES)}")
    began = time.monotonic()
    print(HEAD, flush=True)
    missed = 0
    for figure in _figures(chosen, quick=given.quick, full=given.full):
        print(row(figure), flush=True)
        missed += figure.bar is not None and not figure.bar.reached
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"\n{os.cpu_count()} cores, load {load} (1, 5, 15 minutes), Python {sys.version.split()[0]}, "
        f"{time.monotonic() - began:.0f} s; bars missed: {missed}"
    )
    return 0


def _figures(chosen: frozenset[str], *, quick: bool, full: bool) -> Iterator[Figure]:
    measures: Mapping[str, Callable[[], Iterator[Figure]]] = {
        "p1": lambda: ingest.measure(quick=quick),
        "p2": lambda: live.measure_latency(quick=quick),
        "p3": lambda: pages.measure(quick=quick, which=chosen & {"p3", "p4", "p6"}),
        "p5": lambda: board.measure(quick=quick),
        "p7": lambda: memory.measure(quick=quick, full=full),
        "p8": lambda: startup.measure(quick=quick),
        "p9": lambda: readers.measure(quick=quick),
        "p10": lambda: live.measure_agent(quick=quick),
        "s1": lambda: search.measure(quick=quick),
        "l1": lambda: viewer.measure(quick=quick),
    }
    # P3, P4 and P6 are about the same logs, which take a while to write.
    names = {"p3" if name in {"p4", "p6"} else name for name in chosen}
    for name, measure in measures.items():
        if name in names:
            yield from measure()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
