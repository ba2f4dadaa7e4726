"""What a rehearsal plays on a card that has no script: a look around that changes nothing."""

from collections.abc import Mapping

SCRIPTS: Mapping[str, str] = {
    "/plan": """\
think This card has no rehearsal script, so this is the built-in one. It looks around and changes nothing.
say I look at the repository first.
run git log --oneline -5
sleep 0.5
run git ls-files | head -20
sleep 0.5
plan <<END
## A rehearsed plan

This plan was written by a script, not by a model. A real agent would name the files it is going to touch here.

1. Give the card a script: a block fenced as `rehearsal` in its description (see `docs/rehearsal.md`).
2. Or choose a real agent for the card, and run /plan again.
END
say The plan is ready. It is a rehearsal: choose a real agent when you want a real plan.
""",
    "/implement": """\
think There is no script on this card, so nothing will be changed.
run git status --short --branch
sleep 0.5
say Nothing was changed: this card has no rehearsal script. A real agent would have edited files here.
""",
    "/test": """\
think There is no script on this card, so no test is run.
run git status --short --branch
sleep 0.5
say No test was run: this card has no rehearsal script. A real agent would run the project's tests here.
""",
    "/review": """\
think There is no script on this card, so only the difference is shown.
run git --no-pager diff --stat HEAD
sleep 0.5
say This was a rehearsal: nobody judged the change. A real agent would review it here.
""",
}
