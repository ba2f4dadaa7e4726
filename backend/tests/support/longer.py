"""The page with longer words, as a language has them that needs more room than English."""

import base64
import re

import httpx
from playwright.sync_api import Page

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


def _longer(source: str) -> str:
    text, count = _CHOSEN.subn(lambda found: f"{found[0]}{_LENGTHEN}lengthen({found[1]});", source)
    assert count == 1, "the dictionary is not where it was in lib/messages.ts"
    return text


def lengthen_words(page: Page) -> None:
    """Make every word of the dictionary 40 % longer, in whatever language the page is; commands stay as they are.

    Not by Playwright's `route`: it would turn off the browser's cache, and each screen would load everything again.
    """
    session = page.context.new_cdp_session(page)

    def answer(event: dict[str, dict[str, str]]) -> None:
        body = _longer(httpx.get(event["request"]["url"]).raise_for_status().text)
        headers = [{"name": "Content-Type", "value": "text/javascript"}]
        encoded = base64.b64encode(body.encode()).decode()
        session.send(
            "Fetch.fulfillRequest",
            {"requestId": event["requestId"], "responseCode": 200, "responseHeaders": headers, "body": encoded},
        )

    session.on("Fetch.requestPaused", answer)
    session.send("Fetch.enable", {"patterns": [{"urlPattern": "*/assets/messages-*.js"}]})
