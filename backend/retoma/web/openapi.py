"""Writes the API's description: `python -m retoma.web.openapi [FILE]`. Starts nothing."""

import json
import sys
from pathlib import Path

from retoma.web.app import create_api
from retoma.web.description import describe


def main() -> None:
    """Write to the file that is named, else to the standard output."""
    text = json.dumps(describe(create_api()), indent=2, ensure_ascii=False) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
