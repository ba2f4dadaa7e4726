"""`make torture [N=runs] [SEED=seed]`: the kill loop for as long as you like. Prints the seed, which replays it."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from torture.killing import Torture, kill_loop

_RUNS_AT_ONCE = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--seconds", type=float, default=4.0, help="how long an agent works, about")
    given = parser.parse_args()
    began, done, kills, failures = time.monotonic(), 0, 0, 0
    seed = given.seed
    while done < given.runs:
        with tempfile.TemporaryDirectory() as folder, Torture(Path(folder), seed=seed) as torture:
            for run in kill_loop(torture, runs=_RUNS_AT_ONCE, seconds=given.seconds):
                if not run.kills:
                    continue  # it was over before the first kill: it counts for nothing
                done, kills, failures = done + 1, kills + run.kills, failures + bool(run.problems)
                for problem in run.problems:
                    print(f"seed {seed}, execution {run.execution} ({run.plan.end}): {problem}", flush=True)
        print(f"seed {seed}: {done} runs, {kills} kills, {failures} failures", flush=True)
        seed += 1
    bound = f"at most {3 / done:.1%} at 95 %" if not failures else "see above"
    print(f"{done} runs, {kills} kills, {failures} failures ({bound}) in {time.monotonic() - began:.0f} s")
    print(f"replay: make torture SEED={given.seed} N={given.runs}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
