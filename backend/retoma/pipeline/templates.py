"""The built-in texts of /plan, /implement, /test and /review. A project's own files replace them."""

from collections.abc import Mapping

from retoma.core.status import Command

_CARD = """# Card {number}: {title}

{description}
"""

_PLAN = """
## The plan

{plan}
"""

_PROMPT = """
## The user adds

{prompt}
"""

BUILT_IN: Mapping[Command, str] = {
    Command.PLAN: """Plan the work on the card below. Read the code you need; change nothing.

Answer with the plan as Markdown, and with nothing else: what is to be done and why, the steps as a numbered list, the
files each step touches, how it will be tested, and what could go wrong.

{card}{prompt}""",
    Command.IMPLEMENT: """Implement the card below in this working tree. Follow the plan where there is one; where you
leave it, say why.

Keep the change as small as the card allows, in the style of the code around it, with tests. Run the tests. Do not
push. End with a short summary of what you changed and of what you could not do.

{card}{plan}{prompt}""",
    Command.TEST: """Test the work on the card below, which is in this working tree.

Run {test_command}. Read failures to their cause and say which are caused by this card. Change only tests, and only
where one is missing or wrong. End with a summary: what you ran, what passed, what failed and why.

{card}{plan}{prompt}""",
    Command.REVIEW: """Review the work on the card below: the difference between this branch and {base}.

Look for what is wrong first, then for what is missing (tests, documentation, cases), then for what could be simpler.
Change nothing. End with your findings, the most serious first, each with file and line, and with a verdict.

{card}{plan}{prompt}""",
}


def expand(
    template: str,
    *,
    number: int,
    title: str,
    description: str,
    plan: str | None,
    prompt: str | None,
    test_command: str | None,
    base: str,
) -> str:
    """Fill in a template's places: {card}, {plan}, {prompt}, {test_command}, {base}, and {arguments} for all the card.

    Any other brace stays as it is; the texts that are filled in are not looked into again.
    """
    card = _fill(_CARD, {"number": str(number), "title": title, "description": description.strip() or "(no more text)"})
    places = {
        "card": card,
        "plan": _fill(_PLAN, {"plan": plan.strip()}) if plan else "",
        "prompt": _fill(_PROMPT, {"prompt": prompt}) if prompt and prompt.strip() else "",
        "test_command": f"`{test_command}`" if test_command else "the project's tests",
        "base": f"`{base}`",
    }
    places["arguments"] = places["card"] + places["plan"] + places["prompt"]
    return _fill(template, places)


def _fill(template: str, places: Mapping[str, str]) -> str:
    parts: list[str] = []
    rest = template
    while rest:
        start = rest.find("{")
        end = rest.find("}", start)
        if start < 0 or end < 0:
            break
        name = rest[start + 1 : end]
        if name in places:
            parts += [rest[:start], places[name]]
            rest = rest[end + 1 :]
        else:
            parts.append(rest[: start + 1])
            rest = rest[start + 1 :]
    return "".join([*parts, rest])
