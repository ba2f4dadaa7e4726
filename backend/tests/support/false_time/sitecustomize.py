"""Found on PYTHONPATH by a Python that starts: its `time.time` goes wrong by the seconds in a file.

libfaketime can't be used for the server: under it `time.sleep` fails (Debian's 0.9.10 with Python 3.11).
"""

import os
import time
from pathlib import Path

_FILE = Path(os.environ["FALSE_CLOCK_FILE"])
_true_time = time.time


def _false_time() -> float:
    return _true_time() + float(_FILE.read_text())


time.time = _false_time
