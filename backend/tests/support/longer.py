"""The page with longer words, as a language has them that needs more room than English."""

import re

from playwright.sync_api import BrowserContext, Route

# In the built page: the dictionary of the reader's language, chosen in lib/messages.ts.
_CHOSEN = re.compile(r"([\w$]+)=[\w$]+===[`'\"]pt-BR[`'\"]\?\(await .+?\)\.ptBR:[\w$]+;")

_LENGTHEN = """
const longer = (text) => text.replace(/(?<![\\/\\p{L}])\\p{L}{2,}/gu,
  (word) => word + "onarei".repeat(9).slice(0, Math.ceil(word.length * 0.4)));
const lengthen = (texts) => {
  for (const [key, text] of Object.entries(texts))
    if (typeof text === "string") texts[key] = longer(text);
    else if (typeof text === "function") texts[key] = (...values) => longer(text(...values));
    else lengthen(text);
};
"""


def lengthen_words(context: BrowserContext) -> None:
    """Make every word of the dictionary 40 % longer, in whatever language the page is; commands stay as they are."""

    def rewrite(route: Route) -> None:
        answer = route.fetch()
        text, count = _CHOSEN.subn(
            lambda found: f"{found[0]}{_LENGTHEN}lengthen({found[1]});", answer.text()
        )
        assert count == 1, "the dictionary is not where it was in lib/messages.ts"
        route.fulfill(response=answer, body=text)

    context.route(re.compile(r"/assets/messages-[^/]+\.js$"), rewrite)
