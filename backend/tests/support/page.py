"""What a person does on the page, by role and name."""

import re
from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

# A busy machine with two cores: the patience of a person, not of a benchmark.
PATIENCE = 20_000


class CardPage:
    """The page of one card, with its log."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def log(self) -> Locator:
        """The log itself."""
        return self.page.get_by_role("log")

    def expect_entry(self, content: str) -> None:
        """Wait until an entry with just this content is on the screen."""
        row = self.log.locator("[data-content]").filter(has_text=re.compile(rf"^\s*{re.escape(content)}\s*$"))
        expect(row.first).to_be_visible(timeout=PATIENCE)

    def expect_status(self, word: str) -> None:
        """Wait until the card's run shows this status."""
        expect(self.page.locator("h1 + [data-status]")).to_have_text(word, timeout=PATIENCE)

    def read_from_first_to_last(self, head: int) -> Sequence[tuple[int, str]]:
        """Scroll the log from its first to its last entry; return what each row shows (sequence, text).

        A text that is folded is checked by its length (`data-content-length`), and returned as `#LENGTH`.
        """
        self.log.focus()
        self.page.keyboard.press("Home")
        expect(self.log.locator('[data-sequence="1"] [data-content]')).to_be_visible(timeout=PATIENCE)
        shown: dict[int, str] = {}
        while len(shown) < head:
            for sequence, text in self._visible():
                assert shown.setdefault(sequence, text) == text
            following = len(shown) + 1
            if following <= head:
                self._scroll_to(following)
        return sorted(shown.items())

    def _scroll_to(self, sequence: int) -> None:
        row = self.log.locator(f'[data-sequence="{sequence}"] [data-content]')
        for _ in range(40):
            if row.count():
                return
            self.log.hover()
            self.page.mouse.wheel(0, 250)
            # One frame: the rows of the new place are mounted in it.
            self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        expect(row.first).to_be_visible(timeout=PATIENCE)

    def _visible(self) -> list[tuple[int, str]]:
        script = """() => [...document.querySelectorAll('[role=log] [data-sequence]')].flatMap((row) => {
            const content = row.querySelector('[data-content]')
            if (!content) return []
            const folded = content.dataset.contentLength
            return [[Number(row.dataset.sequence), folded ? '#' + folded : content.textContent]]
        })"""
        return [(int(sequence), str(text)) for sequence, text in self.page.evaluate(script)]


def sign_in(page: Page, link: str) -> None:
    """Open the one-time link that `retoma up` printed, and wait for the page behind it."""
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)


def create_card(page: Page, title: str, description: str) -> None:
    """Make a card as a person does."""
    page.get_by_role("button", name=re.compile("^New card")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_label("What should be done").fill(description)
    dialog.get_by_role("button", name=re.compile("^Create")).click()
    expect(dialog).to_be_hidden(timeout=PATIENCE)


def move_card(page: Page, title: str, column: str) -> None:
    """Move a card by its menu, which is also the way of the keyboard."""
    card = page.get_by_role("listitem").filter(has_text=title)
    card.get_by_role("button", name=re.compile("^Actions of")).click()
    page.get_by_role("menuitem", name="Move to").click()
    page.get_by_role("menuitem", name=column, exact=True).click()


def drag_card(page: Page, title: str, column: str) -> None:
    """Move a card with the mouse."""
    page.get_by_role("link", name=re.compile(re.escape(title))).drag_to(
        page.locator(f'[data-column="{column.lower()}"]')
    )


def open_card(page: Page, title: str) -> CardPage:
    """Open a card from the board."""
    page.get_by_role("link", name=re.compile(re.escape(title))).first.click()
    expect(page.get_by_role("heading", level=1, name=re.compile(re.escape(title)))).to_be_visible(timeout=PATIENCE)
    return CardPage(page)
