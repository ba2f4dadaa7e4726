"""axe-core, run on what a page shows."""

from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).parents[3] / "frontend/node_modules/axe-core/axe.min.js"

# WCAG 2.2 AA and what it is built from, and axe's own best practices.
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`))"""


def violations(page: Page) -> list[str]:
    """Name each rule that an element of the page breaks now, in both colour schemes, and the element."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {each}" for each in page.evaluate(_RUN)]
    return found
