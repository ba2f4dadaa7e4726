"""Every setting: command-line option, else environment (`RETOMA_…`), else `<data>/retoma.toml`, else the default."""

import os
import platform
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from retoma.core.errors import InvalidError

_PREFIX = "RETOMA_"


class Settings(BaseModel):
    """What can be set. The name of each in the environment is `RETOMA_` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Annotated[Path, Field(description="The data folder: database, runs, workspaces, token.")]
    database_url: Annotated[
        str, Field(description="`sqlite:///PATH` or `postgresql://…`; by default `retoma.db` in the data folder.")
    ] = ""
    host: Annotated[str, Field(description="The address to listen on; only loopback addresses for now.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="The port to listen on; 0 = any free one.")] = 8420
    token: Annotated[
        str, Field(description="The access token, at least 16 characters; by default made once and kept in `token`.")
    ] = ""
    allowed_hosts: Annotated[
        str, Field(description="Further names, comma-separated, that a request's Host may have.")
    ] = ""
    concurrency: Annotated[int, Field(ge=1, le=256, description="How many executions a worker runs at once.")] = 4
    free_disk_mib: Annotated[
        int, Field(ge=0, description="Below so many MiB of free disk no run is started; 0 = off.")
    ] = 256
    line_mib: Annotated[
        int, Field(ge=1, le=64, description="The longest line of an agent, in MiB; a longer one is kept in parts.")
    ] = 4
    log_cap_mib: Annotated[
        int,
        Field(
            ge=0,
            description="How much of an agent's output is taken into its log, in MiB; 0 = all of it.",
        ),
    ] = 1024
    retention_days: Annotated[
        int,
        Field(ge=0, le=36500, description="After so many days the log of a run that is over is removed; 0 = never."),
    ] = 30
    seal_after: Annotated[
        float, Field(ge=0, description="Seconds after the end of a run until its log is compressed.")
    ] = 3600
    sweep_every: Annotated[
        float, Field(gt=0, le=86400, description="Seconds from one sweep over old logs to the next.")
    ] = 300
    redis_url: Annotated[
        str,
        Field(description="A Redis that several servers share for the newest entries (`redis://…`); by default none."),
    ] = ""
    lease: Annotated[
        float,
        Field(
            ge=6, le=86400, description="Seconds after which a worker that says nothing more is lost, and its runs are."
        ),
    ] = 20
    claude_command: Annotated[
        str, Field(description="How to start Claude Code, shell-split; by default `claude` on PATH.")
    ] = ""

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, value: str) -> str:
        if value not in LOOPBACK_HOSTS:
            msg = f"only a loopback address can be served for now ({', '.join(LOOPBACK_HOSTS)}), not {value!r}"
            raise ValueError(msg)
        return value

    @field_validator("token")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 16:  # noqa: PLR2004 - said in the field's own description
            msg = "a token has at least 16 characters"
            raise ValueError(msg)
        if any(not "!" <= character <= "~" for character in value):
            msg = "a token goes into a header: ASCII letters, digits and signs, no spaces"
            raise ValueError(msg)
        return value

    @field_validator("claude_command")
    @classmethod
    def _splits(cls, value: str) -> str:
        try:
            shlex.split(value)
        except ValueError as error:
            msg = f"a shell could not split it: {str(error).lower()}"
            raise ValueError(msg) from None
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            msg = "it starts with sqlite:/// or postgresql://"
            raise ValueError(msg)
        return value

    @field_validator("redis_url")
    @classmethod
    def _leads_to_redis(cls, value: str) -> str:
        if not value:
            return value
        from redis import ConnectionPool, RedisError  # it takes 0.1 s to load, and few have one

        try:
            ConnectionPool.from_url(value).make_connection()
        except (ValueError, TypeError, RedisError):
            # Without the library's words, which may repeat a part of a password.
            msg = "it is no address of a Redis, such as redis://HOST:6379/0, rediss://… or unix://PATH"
            raise ValueError(msg) from None
        return value

    @property
    def url(self) -> str:
        """The database's address for SQLAlchemy."""
        if not self.database_url:
            return f"sqlite:///{quote(str(self.data / 'retoma.db'))}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def uses_sqlite(self) -> bool:
        """Whether the database is SQLite: for one process, in the data folder."""
        return self.url.startswith("sqlite:")

    @property
    def worker_name(self) -> str:
        """The name under which the worker of this data folder takes work: the same after each start."""
        return "local" if self.uses_sqlite else f"{platform.node()}:{self.data}"

    @property
    def runs(self) -> Path:
        """Where the run directories are, one per execution."""
        return self.data / "runs"

    @property
    def workspaces(self) -> Path:
        """Where the worktrees are, one per card."""
        return self.data / "workspaces"


LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


def default_data() -> Path:
    """Return the data folder for a user who named none: `$XDG_DATA_HOME/retoma`, by default `~/.local/share/retoma`."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "retoma"


def load_settings(options: Mapping[str, str | int | None], environment: Mapping[str, str]) -> Settings:
    """Read the settings once. `options` are those of the command line; None = not given.

    Raises InvalidError with one sentence that names the setting, where it came from, and what is wrong.
    """
    given = {name: value for name, value in options.items() if value is not None}
    data = Path(str(given.get("data") or environment.get(_PREFIX + "DATA") or default_data())).expanduser().resolve()
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    file = data / "retoma.toml"
    for name, value in _read_file(file).items():
        values[name], sources[name] = value, str(file)
    for name in Settings.model_fields:
        variable = _PREFIX + name.upper()
        # An empty variable is how scripts say "not set".
        if given_there := environment.get(variable):
            values[name], sources[name] = given_there, f"the environment's {variable}"
    for name, option in given.items():
        values[name], sources[name] = option, f"the option --{name.replace('_', '-')}"
    values["data"] = data
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        is_unknown = first["type"] == "extra_forbidden"
        reason = "there is no such setting" if is_unknown else first["msg"].removeprefix("Value error, ")
        sentence = f"The setting {name} ({sources.get(name, 'unknown source')}) is wrong: {reason}."
        raise InvalidError(sentence) from None


def _read_file(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        sentence = f"{file} can't be read: {error.strerror}."
        raise InvalidError(sentence) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        sentence = f"{file} is no usable TOML: {error}."
        raise InvalidError(sentence) from None
