"""`python -m retoma.cli` is `retoma`."""

import sys

from retoma.cli import main

sys.exit(main())
