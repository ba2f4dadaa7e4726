"""Filling in a template: each place once, and nothing that was filled in is looked into again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retoma.core.status import Command
from retoma.pipeline.templates import BUILT_IN, expand


def filled(
    template: str,
    *,
    title: str = "Title",
    description: str = "Text",
    plan: str | None = None,
    prompt: str | None = None,
    test_command: str | None = None,
) -> str:
    return expand(
        template,
        number=7,
        title=title,
        description=description,
        plan=plan,
        prompt=prompt,
        test_command=test_command,
        base="main",
    )


def test_each_place_is_filled_in() -> None:
    assert filled("{card}", description=" Text \n") == "# Card 7: Title\n\nText\n"
    assert filled("{card}", description="  ").endswith("(no more text)\n")
    assert filled("{plan}", plan="Steps") == "\n## The plan\n\nSteps\n"
    assert filled("{prompt}", prompt="Mind this") == "\n## The user adds\n\nMind this\n"
    assert filled("{plan}{prompt}") == ""
    assert filled("Run {test_command} on {base}.") == "Run the project's tests on `main`."
    assert filled("{test_command}", test_command="make test") == "`make test`"
    assert filled("{arguments}", plan="P", prompt="Q") == filled("{card}{plan}{prompt}", plan="P", prompt="Q")


def test_the_user_s_words_are_given_as_they_are() -> None:
    words = "  indented\n\n\tcode {card}  \n"
    assert words in filled("{prompt}", prompt=words)
    assert filled("{prompt}", prompt=" \n") == ""


@pytest.mark.parametrize("template", ["", "{", "}", "{}", "{ card }", '{"json": {"a": 1}}', "{unknown}", "a{b", "}{"])
def test_other_braces_stay_as_they_are(template: str) -> None:
    assert filled(template) == template


def test_a_brace_before_a_place_stays() -> None:
    assert filled("{{base}}") == "{`main`}"
    assert filled("{not {base} here") == "{not `main` here"


@given(text=st.text(alphabet="{}acrdplnomt ", max_size=40))
def test_what_is_filled_in_is_not_looked_into(text: str) -> None:
    whole = filled("{card}|{plan}", title=text, description=f"x{text}x", plan=f"x{text}x")
    assert whole == f"# Card 7: {text}\n\nx{text}x\n|\n## The plan\n\nx{text}x\n"


@pytest.mark.parametrize("command", list(Command))
def test_every_built_in_text_holds_the_card_and_the_user_s_words(command: Command) -> None:
    whole = filled(BUILT_IN[command], title="The title", description="The text", prompt="Mind this", plan="Steps")
    assert "# Card 7: The title\n\nThe text" in whole
    assert "Mind this" in whole
    assert ("Steps" in whole) == (command is not Command.PLAN)
    assert "{" not in whole


def test_a_template_full_of_braces_is_filled_in_at_once() -> None:
    assert filled("{" * 65_536) == "{" * 65_536
