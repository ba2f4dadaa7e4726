"""The page with longer words, as a language has them that needs more room than English."""

import base64
import re
from pathlib import Path

from playwright.sync_api import Page

import retoma.web

_ASSETS = Path(retoma.web.__file__).parent / "page" / "assets"

# In the built page: the dictionary of the reader's language, chosen in lib/messages.ts.
_CHOSEN = re.compile(r"([\w$]+)=[\w$]+===[`'\"]pt-BR[`'\"]\?\(await .+?\)\.ptBR:[\w$]+;")

_LENGTHEN = r"""
const longer = (text) => text.replace(/(?<![\/\p{L}])\p{L}{2,}/gu,
  (word) => word + "onarei".repeat(9).slice(0, Math.ceil(word.length * 0.4)));
const lengthen = (texts) => {
  for (const [key, text] of Object.entries(texts))
    if (typeof text === "string") texts[key] = longer(text);
    else if (typeof text === "function") texts[key] = (...values) => longer(text(...values));
    else lengthen(text);
};
"""


def _rewritten() -> tuple[str, str]:
    """Return the name of the built file that holds the dictionary, and what is to stand in it."""
    files = {file.name: file.read_text(encoding="utf-8") for file in _ASSETS.glob("*.js")}
    ((name, source),) = ((name, source) for name, source in files.items() if _CHOSEN.search(source))
    return name, _CHOSEN.sub(lambda found: f"{found[0]}{_LENGTHEN}lengthen({found[1]});", source)


def lengthen_words(page: Page) -> None:
    """Make every word of the dictionary 40 % longer, in whatever language the page is; commands stay as they are.

    Not by Playwright's `route`: it would turn off the browser's cache, and each screen would load everything again.
    """
    name, source = _rewritten()
    headers = [{"name": "Content-Type", "value": "text/javascript"}]
    encoded = base64.b64encode(source.encode()).decode()
    session = page.context.new_cdp_session(page)

    def answer(event: dict[str, str]) -> None:
        session.send(
            "Fetch.fulfillRequest",
            {"requestId": event["requestId"], "responseCode": 200, "responseHeaders": headers, "body": encoded},
        )

    session.on("Fetch.requestPaused", answer)
    session.send("Fetch.enable", {"patterns": [{"urlPattern": f"*/assets/{name}"}]})
