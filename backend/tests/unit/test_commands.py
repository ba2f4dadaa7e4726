"""The text an agent gets: the project's own template where it has one, and only from inside the repository."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from retoma.cards.model import Card, Column
from retoma.core.status import Command, Status
from retoma.executions.model import Execution
from retoma.pipeline.commands import write_prompt
from retoma.projects.model import Project
from support import factories

CARD = Card(
    id="card",
    project_id="project",
    number=4,
    title="The title",
    description="The text {plan} $ARGUMENTS",
    column=Column.PLAN,
    position=1.0,
    labels=[],
    pinned=False,
    agent=None,
    plan="The plan",
    branch=None,
    workspace=None,
    created_at=factories.START,
    updated_at=factories.START,
)
EXECUTION = Execution(
    id=1,
    public_id="run",
    card_id="card",
    command=Command.PLAN,
    agent="rehearsal",
    status=Status.QUEUED,
    is_active=True,
    attempt_of=None,
    agent_session="session",
    prompt="Mind this",
    created_at=factories.START,
    started_at=None,
    completed_at=None,
    duration=None,
    result=None,
    error=None,
    exit_code=None,
    evidence=None,
    usage=None,
    head_sequence=0,
    last_line=None,
    journal_offset=0,
    stderr_offset=0,
    adapter_state=None,
    owner=None,
    lease_until=None,
    fence=0,
    cancel_requested_at=None,
    idempotency_key=None,
)
WHOLE_CARD = "# Card 4: The title\n\nThe text {plan} $ARGUMENTS\n"
WORDS = "\n## The user adds\n\nMind this\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "repository").mkdir()
    return tmp_path / "repository"


def prompt_in(repository: Path, command: Command = Command.PLAN) -> str:
    project = Project(
        id="project",
        name="P",
        path=str(repository),
        default_branch="trunk",
        test_command="make test",
        agent="rehearsal",
        created_at=factories.START,
    )
    return write_prompt(project, CARD, replace(EXECUTION, command=command))


def write_template(repository: Path, text: str, *, folder: str = ".retoma", name: str = "plan") -> Path:
    file = repository / folder / "commands" / f"{name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_without_a_template_of_its_own_the_built_in_text_is_used(repository: Path) -> None:
    whole = prompt_in(repository)
    assert whole.startswith("Plan the work")
    assert WHOLE_CARD in whole
    assert "Mind this" in whole


def test_the_plan_is_given_to_every_command_but_plan(repository: Path) -> None:
    for command in Command:
        assert ("## The plan\n\nThe plan" in prompt_in(repository, command)) is (command is not Command.PLAN)
    assert "Run `make test`." in prompt_in(repository, Command.TEST)
    assert "`trunk`" in prompt_in(repository, Command.REVIEW)


def test_the_project_s_own_template_comes_first_then_claude_code_s(repository: Path) -> None:
    write_template(repository, "Claude's: $ARGUMENTS", folder=".claude")
    assert prompt_in(repository).startswith(f"Claude's: {WHOLE_CARD}")
    write_template(repository, "Ours: {card}")
    assert prompt_in(repository) == f"Ours: {WHOLE_CARD}{WORDS}"
    assert prompt_in(repository, Command.TEST).startswith("Test the work")


def test_a_template_without_a_place_for_the_card_gets_it_at_its_end(repository: Path) -> None:
    write_template(repository, "Be brief.")
    assert prompt_in(repository).startswith(f"Be brief.\n\n{WHOLE_CARD}")


@pytest.mark.parametrize("template", ["Brief.", "{card}", "{card}{prompt}", "$ARGUMENTS", "{arguments}"])
def test_the_user_s_words_are_given_once_wherever_the_template_has_no_place_for_them(
    repository: Path, template: str
) -> None:
    write_template(repository, template)
    assert prompt_in(repository).count("Mind this") == 1


def test_front_matter_is_left_out(repository: Path) -> None:
    write_template(repository, "---\nmodel: x\n---\nBody {card}")
    assert prompt_in(repository) == f"Body {WHOLE_CARD}{WORDS}"
    write_template(repository, "---\nno end {card}")
    assert prompt_in(repository) == f"---\nno end {WHOLE_CARD}{WORDS}"


def test_a_template_outside_the_repository_is_not_read(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret {card}")
    (repository / ".retoma" / "commands").mkdir(parents=True)
    (repository / ".retoma" / "commands" / "plan.md").symlink_to(tmp_path / "secret.md")
    assert "secret" not in prompt_in(repository)


def test_what_is_no_usable_file_is_passed_over(repository: Path) -> None:
    commands = repository / ".retoma" / "commands"
    commands.mkdir(parents=True)
    (commands / "plan.md").mkdir()
    (commands / "test.md").write_text("x" * 70_000)
    (commands / "review.md").symlink_to(commands / "nothing.md")
    os.mkfifo(commands / "implement.md")
    for command, beginning in (
        (Command.PLAN, "Plan the work"),
        (Command.TEST, "Test the work"),
        (Command.REVIEW, "Review the work"),
        (Command.IMPLEMENT, "Implement the card"),
    ):
        assert prompt_in(repository, command).startswith(beginning)


def test_a_template_that_is_no_utf_8_is_read_as_far_as_it_goes(repository: Path) -> None:
    write_template(repository, "").write_bytes(b"caf\xe9 {card}")
    assert prompt_in(repository) == f"caf� {WHOLE_CARD}{WORDS}"
