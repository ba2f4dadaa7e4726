# mypy: disable-error-code="explicit-any"
# (said of Pydantic's own base class)
"""The shapes of what is sent in. Unknown fields are refused, and so is text that can't be stored."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AliasGenerator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from retoma.cards.model import Column

_LONG = 1_000_000


def storable(value: str) -> str:
    """Return `value`; ValueError where a database can't keep it: a NUL, or half of a surrogate pair."""
    if "\0" in value:
        raise ValueError("it has a NUL character in it")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("it is no valid Unicode text") from None
    return value


_Storable = AfterValidator(storable)
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), _Storable]
LongText = Annotated[str, StringConstraints(max_length=_LONG), _Storable]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), _Storable]
Position = Annotated[
    float, Field(strict=True, ge=-1e12, le=1e12, allow_inf_nan=False, description="Smaller comes first.")
]
Labels = Annotated[list[Name], Field(max_length=50)]


class Body(BaseModel):
    """The base of all."""

    model_config = ConfigDict(extra="forbid", alias_generator=AliasGenerator(validation_alias=to_camel), frozen=True)


class ProjectDraft(Body):
    """A project to add: a git repository on this machine."""

    name: ShortText
    path: Annotated[str, StringConstraints(min_length=1, max_length=4096), _Storable]
    test_command: ShortText | None = None
    agent: Name | None = Field(None, description="The agent its cards run by default.")


class ProjectChanges(Body):
    """What to change about a project; what is left out stays."""

    name: ShortText = Field(default_factory=str)
    test_command: ShortText | None = None
    agent: Name = Field(default_factory=str)
    retention_days: Annotated[int, Field(strict=True, ge=0, le=36500)] | None = Field(
        None, description="For how many days its logs are kept; 0 = for ever, null = as the setting says."
    )


class CardDraft(Body):
    """A card to create, at the end of its column."""

    title: ShortText
    description: LongText = ""
    project_id: Name | None = Field(None, description="By default the only project, else the oldest.")
    column: Column = Column.BACKLOG
    agent: Name | None = Field(None, description="By default the project's.")
    labels: Labels = Field(default_factory=list)


class CardChanges(Body):
    """What to change about a card; what is left out stays."""

    title: ShortText = Field(default_factory=str)
    description: LongText = Field(default_factory=str)
    labels: Labels = Field(default_factory=list)
    pinned: Annotated[bool, Field(strict=True)] = Field(default_factory=bool)
    agent: Name | None = None


class CardMove(Body):
    """Where to put a card; no position = at the end."""

    column: Column
    position: Position | None = None


class ExecutionStart(Body):
    """A command to run on a card."""

    command: Name = Field(description="/plan, /implement, /test or /review")
    agent: Name | None = Field(None, description="By default the card's, else the project's.")
    prompt: LongText | None = Field(None, description="Your own words, given to the agent as they are.")


class Resumption(Body):
    """How to go on in the agent session of an execution that is over."""

    prompt: LongText | None = Field(None, description="Your own words to go on with.")


class MessageDraft(Body):
    """Words for an agent that is at work."""

    text: Annotated[LongText, StringConstraints(min_length=1)]


class RequestAnswer(Body):
    """The answer to a question of an agent."""

    decision: Literal["allow", "deny"]
    message: LongText | None = None


class SweepOrder(Body):
    """A sweep to make now."""

    yes: Annotated[bool, Field(strict=True, description="Also where more than half of all logs are removed.")] = False
