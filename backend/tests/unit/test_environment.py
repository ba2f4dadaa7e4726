"""An agent sees what it needs of our environment, and nothing of ours."""

from retoma.worker.environment import agent_environment

OURS = {
    "PATH": "/bin",
    "HOME": "/home/me",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "XDG_CONFIG_HOME": "/config",
    "https_proxy": "http://proxy",
    "NO_PROXY": "localhost",
    "ANTHROPIC_API_KEY": "key",
    "CLAUDE_CONFIG_DIR": "/claude",
    "OPENAI_API_KEY": "other agent's",
    "RETOMA_TOKEN": "secret",
    "RETOMA_DATABASE_URL": "postgresql://secret",
    "RETOMA_EXECUTION": "an outer run",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "PYTHONPATH": "/ours",
    "PATHOLOGICAL": "begins like PATH",
}


def test_an_agent_gets_the_usual_names_its_own_and_the_mark_of_its_run() -> None:
    prefixes = ("ANTHROPIC_", "CLAUDE_")
    assert agent_environment(OURS, prefixes=prefixes, defaults={}, public_id="run-1") == {
        "PATH": "/bin",
        "HOME": "/home/me",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "XDG_CONFIG_HOME": "/config",
        "https_proxy": "http://proxy",
        "NO_PROXY": "localhost",
        "ANTHROPIC_API_KEY": "key",
        "CLAUDE_CONFIG_DIR": "/claude",
        "RETOMA_EXECUTION": "run-1",
    }


def test_an_agent_without_prefixes_gets_no_key_of_another() -> None:
    assert not {"ANTHROPIC_API_KEY", "OPENAI_API_KEY"} & set(
        agent_environment(OURS, prefixes=(), defaults={}, public_id="x")
    )


def test_the_users_own_word_goes_before_what_an_agent_is_given() -> None:
    defaults = {"CLAUDE_CONFIG_DIR": "/default", "CLAUDE_NEW": "1"}
    given = agent_environment(OURS, prefixes=("CLAUDE_",), defaults=defaults, public_id="x")
    assert (given["CLAUDE_CONFIG_DIR"], given["CLAUDE_NEW"]) == ("/claude", "1")
