"""The build hook: puts the built page into the wheel and the sdist, so that users of the wheel need no Node."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageBuildHook(BuildHookInterface[BuilderConfig]):
    """Runs `npm ci` and the page's build unless the page is there.

    `RETOMA_SKIP_PAGE=1` leaves the page out (`/` then answers with how to build it), `RETOMA_REBUILD_PAGE=1` builds it
    anew. An editable install builds nothing: `make setup` does.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:  # noqa: ARG002 - the hook's signature
        """Build the page, or end the whole build with one sentence."""
        page = Path(self.root, "backend/retoma/web/page/index.html")
        rebuild = os.environ.get("RETOMA_REBUILD_PAGE") == "1"
        skip = version == "editable" or os.environ.get("RETOMA_SKIP_PAGE") == "1"
        if skip or (page.exists() and not rebuild):
            return
        npm = shutil.which("npm")
        if npm is None:
            sys.exit(
                "Retoma's page is not built and npm is missing: install Node 20.19 or newer and run `make setup`,"
                " or set RETOMA_SKIP_PAGE=1 to build without the page."
            )
        for step in (["ci"], ["run", "build"]):
            done = subprocess.run([npm, *step], cwd=Path(self.root, "frontend"), check=False)
            if done.returncode != 0:
                sys.exit(f"Retoma's page could not be built: `npm {' '.join(step)}` ended with {done.returncode}.")
        if not page.exists():
            sys.exit(f"The build of Retoma's page made no {page.relative_to(self.root)}.")
