"""Turning a command into the text an agent gets."""

from collections.abc import Sequence
from pathlib import Path

from retoma.cards.model import Card
from retoma.core.status import Command, Status
from retoma.executions.model import Execution, Message
from retoma.pipeline.templates import BUILT_IN, expand
from retoma.projects.model import Project

_TEMPLATE_BYTES = 64 * 1024


def write_prompt(project: Project, card: Card, execution: Execution) -> str:
    """Return the whole prompt: the command's template with the card, its plan and the user's words in it."""
    template = _own_template(Path(project.path), execution.command) or BUILT_IN[execution.command]
    return expand(
        template,
        number=card.number,
        title=card.title,
        description=card.description,
        plan=None if execution.command is Command.PLAN else card.plan,
        prompt=execution.prompt,
        test_command=project.test_command,
        base=project.default_branch,
    )


def write_resumption(execution: Execution, earlier: Execution, unheard: Sequence[Message]) -> str:
    """Return the words with which `execution` goes on in the session of `earlier`.

    The user's own where there are any, with what the agent had not taken in yet (`unheard`) before them; else it is
    told to go on, and why it had stopped.
    """
    words = [message.text for message in unheard]
    if execution.prompt and execution.prompt.strip():
        words.append(execution.prompt)
    if earlier.status is not Status.SUCCESS:
        words.insert(
            0, _CUT_OFF.format(status=earlier.status.value, error=earlier.error or "", command=earlier.command)
        )
    return "\n\n".join(words) or f"Go on with {earlier.command}."


_CUT_OFF = """Your last run ended before it was done ({status}: {error}). A command that ran at that moment may have run
in part, or to its end without your seeing it: look at the state of things first, then go on with {command} where you
were."""


def _own_template(repository: Path, command: Command) -> str | None:
    """Return the project's own template for `command`, or None: Retoma's folder first, then Claude Code's."""
    name = command.removeprefix("/") + ".md"
    for folder in (".retoma", ".claude"):
        text = _read_inside(repository, repository / folder / "commands" / name)
        if text is not None:
            body = _without_front_matter(text).replace("$ARGUMENTS", "{arguments}")
            # What a template has no place for comes at its end: the card, and the user's words for just this run.
            if not any(place in body for place in ("{card}", "{arguments}")):
                return body + "\n\n{arguments}"
            return body if any(place in body for place in ("{prompt}", "{arguments}")) else body + "{prompt}"
    return None


def _read_inside(repository: Path, file: Path) -> str | None:
    try:
        real = file.resolve(strict=True)
        inside = real.is_file() and real.is_relative_to(repository.resolve())
        if not inside or real.stat().st_size > _TEMPLATE_BYTES:
            return None
        return real.read_text("utf-8", "replace")
    except OSError:
        return None


def _without_front_matter(text: str) -> str:
    if not text.startswith("---\n"):
        return text
    _, separator, body = text[4:].partition("\n---\n")
    return body if separator else text
