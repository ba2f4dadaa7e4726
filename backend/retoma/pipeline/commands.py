"""Turning a command into the text an agent gets."""

from pathlib import Path

from retoma.cards.model import Card
from retoma.core.status import Command
from retoma.executions.model import Execution
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
