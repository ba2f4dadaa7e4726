"""The environment of an agent: an allow-list. Nothing of ours (token, database address) gets into it."""

from collections.abc import Mapping, Sequence

_NAMES = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LANGUAGE",
        "TERM",
        "TMPDIR",
        "TZ",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    }
)
_PREFIXES = ("LC_", "XDG_")
# Read in capitals and in small letters by different programs.
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})

MARKER = "RETOMA_EXECUTION"


def agent_environment(
    environment: Mapping[str, str], *, prefixes: Sequence[str], defaults: Mapping[str, str], public_id: str
) -> Mapping[str, str]:
    """Return what an agent may see of `environment`: the usual names, those with its own `prefixes`, and our mark.

    `defaults` are the variables that it is given where `environment` says nothing of them.

    The mark (`RETOMA_EXECUTION`) tells the processes of a run when its recorder is gone.
    """
    allowed = {
        name: value
        for name, value in environment.items()
        if name in _NAMES or name.upper() in _PROXIES or name.startswith((*_PREFIXES, *prefixes))
    }
    return {**defaults, **allowed, MARKER: public_id}
