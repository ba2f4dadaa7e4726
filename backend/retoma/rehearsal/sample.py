"""The sample project of a first start: a tiny repository with a failing test, three cards that rehearse. Data only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TEST_COMMAND = "python3 -m unittest -v"

FILES: Mapping[str, str] = {
    "README.md": """\
# Words

Small functions for texts. A sample project of Retoma: break it, change it, delete it.

    python3 -m unittest -v

One test fails: that is the first card's work.
""",
    ".gitignore": "__pycache__/\n",
    "slugify.py": '''\
"""Turn a title into the last part of an address."""


def slugify(title: str) -> str:
    """Return `title` in small letters, with its words joined by hyphens."""
    return "-".join(title.lower().split(" "))
''',
    "test_slugify.py": """\
import unittest

from slugify import slugify


class SlugifyTest(unittest.TestCase):
    def test_words_are_joined_by_hyphens(self) -> None:
        self.assertEqual(slugify("Hello World"), "hello-world")

    def test_one_word_stays_one_word(self) -> None:
        self.assertEqual(slugify("Hello"), "hello")

    def test_punctuation_and_double_spaces_leave_no_trace(self) -> None:
        self.assertEqual(slugify("  Hello,  World! "), "hello-world")


if __name__ == "__main__":
    unittest.main()
""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCard:
    """A card of the sample project; its description (Markdown) ends with the script that its runs play."""

    title: str
    description: str


_NOTE = """\
*This card is a rehearsal: no model is used. Its runs play the script below, which really edits files and really runs \
commands in the card's own worktree. Run /plan, /implement, /test and /review, or choose a real agent for this card.*
"""

_SLUG = """\
`slugify("  Hello,  World! ")` gives `--hello,--world!-`. It should give `hello-world`; a test says so, and fails.

{note}
```rehearsal
/plan: think The card names a failing test, so I look at that first.
/plan: run git ls-files
/plan: sleep 1
/plan: run cat slugify.py
/plan: sleep 1.5
/plan: say The words are split at single spaces, so punctuation and double spaces come through. I know what to do.
/plan: sleep 1.5
/plan: plan <<END
## Fix the slug of titles with punctuation

**Cause:** `slugify` splits at single spaces and keeps everything else.

1. `slugify.py`: take the runs of letters and digits out of the title, and join those.
2. Run `python3 -m unittest -v`. The failing test is there already; no new one is needed.

**What could go wrong:** a title without a letter or digit gives an empty slug, as it does now.
END
/plan: sleep 1

/implement: say I see the test fail before I change anything.
/implement: run python3 -m unittest 2>&1 | tail -12
/implement: sleep 1.5
/implement: think One expression is enough: find all runs of letters and digits.
/implement: sleep 1
/implement: write slugify.py <<END
\"\"\"Turn a title into the last part of an address.\"\"\"

import re


def slugify(title: str) -> str:
    \"\"\"Return the words of `title` in small letters, joined by hyphens.\"\"\"
    return "-".join(re.findall(r"[^\\W_]+", title.lower()))
END
/implement: sleep 1.5
/implement: run git --no-pager diff
/implement: sleep 1.5
/implement: say `slugify` now takes the words out of the title and joins them. Nothing else was changed.

/test: say I run all tests of the project.
/test: sleep 1
/test: run python3 -m unittest -v
/test: sleep 2
/test: think A title in another script is worth a look too.
/test: run python3 -c 'from slugify import slugify; print(slugify("São João, às 5!"))'
/test: sleep 1.5
/test: say All tests of the project were run; their output is above.

/review: say I read the difference between this branch and main.
/review: run git --no-pager diff main
/review: sleep 2
/review: think Is the name still right? Does anything else use the function? Is the test untouched?
/review: run git grep -n slugify
/review: sleep 2
/review: say **Findings:** none that must be changed. The fix is one line, the test was not touched, \
nothing else calls the function. **Verdict:** ready.
```
"""

_READING_TIME = """\
A function `reading_time(text)` that returns the minutes it takes to read a text, at 200 words a minute, rounded up.

{note}
```rehearsal
/plan: think A new function in a module of its own, beside slugify.
/plan: run git ls-files
/plan: sleep 1.5
/plan: plan <<END
## Tell how long a text takes to read

1. `reading_time.py`: `reading_time(text)` counts words, divides by 200, rounds up. An empty text takes 0 minutes.
2. `test_reading_time.py`: no word, one word, exactly 200, 201.

Nothing that exists is changed.
END
/plan: sleep 2
/plan: say The plan has two steps and touches two new files.

/implement: ask May I add two new files, reading_time.py and test_reading_time.py? (A rehearsal plays on either way.)
/implement: write reading_time.py <<END
\"\"\"Tell how long a text takes to read.\"\"\"

import math

WORDS_A_MINUTE = 200


def reading_time(text: str) -> int:
    \"\"\"Return the minutes that `text` takes to read, rounded up.\"\"\"
    return math.ceil(len(text.split()) / WORDS_A_MINUTE)
END
/implement: sleep 1.5
/implement: write test_reading_time.py <<END
import unittest

from reading_time import reading_time


class ReadingTimeTest(unittest.TestCase):
    def test_minutes_are_rounded_up(self) -> None:
        for words, minutes in ((0, 0), (1, 1), (200, 1), (201, 2)):
            with self.subTest(words=words):
                self.assertEqual(reading_time("word " * words), minutes)


if __name__ == "__main__":
    unittest.main()
END
/implement: sleep 1.5
/implement: run python3 -m unittest test_reading_time
/implement: sleep 1.5
/implement: say Added `reading_time` and its test.

/test: say I run the tests of this card. The project's other failing test belongs to another card.
/test: sleep 1.5
/test: run python3 -m unittest -v test_reading_time
/test: sleep 2
/test: say The tests of this card were run; their output is above.

/review: run git status --short
/review: sleep 1
/review: run cat reading_time.py
/review: sleep 2
/review: think Rounding up is right: a text of one word takes a minute of nobody's time, but 0 would look broken.
/review: sleep 1.5
/review: say **Findings:** none that must be changed. **Verdict:** ready.
```
"""

_WORD_COUNT = """\
A function `count_words(text)`. Words with a hyphen count as one. This run takes a wrong turn first: watch it fail.

{note}
```rehearsal
/plan: think The hyphen is the only hard part.
/plan: sleep 1.5
/plan: plan <<END
## Count words

1. `test_count_words.py` first: two words, a word with a hyphen, an empty text.
2. `count_words.py` until the tests pass.
END
/plan: sleep 2
/plan: say Tests first: the hyphen is easy to get wrong.

/implement: write test_count_words.py <<END
import unittest

from count_words import count_words


class CountWordsTest(unittest.TestCase):
    def test_words_are_counted(self) -> None:
        for text, words in (("two words", 2), ("a well-known word", 3), ("", 0)):
            with self.subTest(text=text):
                self.assertEqual(count_words(text), words)


if __name__ == "__main__":
    unittest.main()
END
/implement: sleep 1
/implement: write count_words.py <<END
\"\"\"Count words.\"\"\"

import re


def count_words(text: str) -> int:
    \"\"\"Return how many words `text` has.\"\"\"
    return len(re.findall(r"[a-z]+", text))
END
/implement: run python3 -m unittest test_count_words
/implement: sleep 2
/implement: think A word with a hyphen was counted twice. The hyphen belongs inside the word.
/implement: sleep 1.5
/implement: write count_words.py <<END
\"\"\"Count words.\"\"\"

import re


def count_words(text: str) -> int:
    \"\"\"Return how many words `text` has; a word with a hyphen is one.\"\"\"
    return len(re.findall(r"\\w+(?:-\\w+)*", text))
END
/implement: run python3 -m unittest test_count_words
/implement: sleep 1.5
/implement: say My first version counted words with a hyphen twice; the second does not.

/test: say I run the tests of this card. The project's other failing test belongs to another card.
/test: sleep 1.5
/test: run python3 -m unittest -v test_count_words
/test: sleep 2
/test: say The tests of this card were run; their output is above.

/review: run git status --short
/review: sleep 1
/review: run cat count_words.py
/review: sleep 2.5
/review: say **Findings:** "don't" counts as two words; the card does not ask for it. **Verdict:** ready.
```
"""

CARDS: Sequence[SampleCard] = (
    SampleCard(title="Slugs keep punctuation and double spaces", description=_SLUG.replace("{note}", _NOTE)),
    SampleCard(title="Tell how long a text takes to read", description=_READING_TIME.replace("{note}", _NOTE)),
    SampleCard(title="Count words, hyphens included", description=_WORD_COUNT.replace("{note}", _NOTE)),
)
