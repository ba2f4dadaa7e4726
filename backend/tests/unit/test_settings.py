"""Settings: option before environment before file before default, and one sentence for each that is wrong."""

import os
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from retoma.core.errors import InvalidError
from retoma.settings import default_data, load_settings
from retoma.storage.database import Database


def test_without_any_setting_everything_is_in_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings({"data": str(tmp_path)}, {})
    assert (settings.host, settings.port, settings.concurrency) == ("127.0.0.1", 8420, 4)
    assert settings.url == f"sqlite:///{tmp_path}/retoma.db"
    assert (settings.runs, settings.workspaces) == (tmp_path / "runs", tmp_path / "workspaces")


def test_an_option_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "retoma.toml").write_text("port = 1001\nconcurrency = 3\nhost = 'localhost'\n")
    environment = {"RETOMA_DATA": str(tmp_path), "RETOMA_PORT": "1002", "RETOMA_CONCURRENCY": "2", "OTHER": "x"}
    settings = load_settings({"port": 1003, "host": None}, environment)
    assert (settings.data, settings.port, settings.concurrency, settings.host) == (tmp_path, 1003, 2, "localhost")


@pytest.mark.parametrize(
    ("options", "environment", "file", "words"),
    [
        ({"port": 70000}, {}, "", r"port \(the option --port\)"),
        ({}, {"RETOMA_PORT": "eighty"}, "", r"port \(the environment's RETOMA_PORT\)"),
        ({}, {}, "port = -1", r"port \(.*retoma\.toml\)"),
        ({}, {}, "prot = 80", r"prot \(.*retoma\.toml\) is wrong: there is no such setting"),
        ({}, {}, "port = ", "no usable TOML"),
        ({"host": "0.0.0.0"}, {}, "", "only a loopback address"),
        ({}, {"RETOMA_TOKEN": "short"}, "", "at least 16 characters"),
        ({}, {"RETOMA_TOKEN": "a token with spaces"}, "", "no spaces"),
        ({}, {"RETOMA_TOKEN": "não-é-só-ascii-aqui"}, "", "ASCII"),
        ({}, {"RETOMA_CLAUDE_COMMAND": "claude 'unclosed"}, "", r"RETOMA_CLAUDE_COMMAND\) .*no closing quotation"),
        ({}, {"RETOMA_DATABASE_URL": "mysql://x"}, "", "starts with sqlite:/// or postgresql://"),
        ({}, {"RETOMA_CONCURRENCY": "0"}, "", "concurrency"),
    ],
)
def test_a_wrong_setting_is_named_with_where_it_came_from(
    tmp_path: Path, options: dict[str, str | int], environment: dict[str, str], file: str, words: str
) -> None:
    (tmp_path / "retoma.toml").write_text(file)
    with pytest.raises(InvalidError, match=words):
        load_settings({"data": str(tmp_path), **options}, environment)


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    (tmp_path / "retoma.toml").write_text("port = 1001")
    environment = {"RETOMA_PORT": "", "RETOMA_HOST": "", "RETOMA_CONCURRENCY": "", "RETOMA_TOKEN": ""}
    settings = load_settings({"data": str(tmp_path)}, environment)
    assert (settings.port, settings.host, settings.concurrency) == (1001, "127.0.0.1", 4)


def test_a_file_that_is_no_text_or_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "retoma.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidError, match="no usable TOML"):
        load_settings({"data": str(tmp_path)}, {})
    (tmp_path / "retoma.toml").unlink()
    (tmp_path / "retoma.toml").mkdir()
    with pytest.raises(InvalidError, match="can't be read"):
        load_settings({"data": str(tmp_path)}, {})


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:////x/y.db", "sqlite:////x/y.db"),
    ],
)
def test_a_database_can_be_named(tmp_path: Path, given: str, url: str) -> None:
    assert load_settings({"data": str(tmp_path)}, {"RETOMA_DATABASE_URL": given}).url == url


@pytest.mark.parametrize("name", ["with space", "what?", "50%41", "a#b", "ünï:c@de&x=1", "plus+"])
def test_the_database_is_in_the_data_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with closing(Database(load_settings({"data": str(tmp_path / name)}, {}).url)) as database:
        database.write(lambda connection: connection.execute(text("CREATE TABLE t (x INTEGER)")).rowcount)
    assert (tmp_path / name / "retoma.db").is_file()


def test_a_relative_data_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert load_settings({"data": "here"}, {}).data == tmp_path / "here"
    assert load_settings({}, {"RETOMA_DATA": "~/there"}).data == tmp_path / "home" / "there"


def test_the_default_folder_follows_the_system_s_custom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_data() == tmp_path / "retoma"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_data() == Path(os.environ["HOME"]) / ".local" / "share" / "retoma"


@pytest.mark.parametrize("url", ["redis://h", "redis://:p%40ss@h:1/2", "rediss://h:6379/0", "unix:///run/redis.sock"])
def test_a_redis_can_be_named(tmp_path: Path, url: str) -> None:
    assert load_settings({"data": str(tmp_path)}, {"RETOMA_REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://:very-secret@h",
        "h:6379",
        "redis://u:very-secret@h:very-secret",
        "redis://h?socket_timeout=x",
        "redis://h?no=1",
    ],
)
def test_what_is_no_address_of_a_redis_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(
        InvalidError, match=r"redis_url \(the environment's RETOMA_REDIS_URL\) is wrong: it is no"
    ) as told:
        load_settings({"data": str(tmp_path)}, {"RETOMA_REDIS_URL": url})
    assert "very-secret" not in told.value.detail
