"""What an export for people says, in words: the same in Markdown and in HTML."""

from collections.abc import Sequence

import orjson

from retoma.backup.document import Run, exact_time
from retoma.core.clock import wire_time
from retoma.core.json import JsonValue
from retoma.executions.model import Request

# Signs that command a terminal, or turn the direction of what follows: shown instead of obeyed.
_VISIBLE = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: "␡",
    **{code: f"[U+{code:04X}]" for code in [*range(0x80, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F)]},
    **{code: f"[U+{code:04X}]" for code in range(0x2066, 0x206A)},
}


def visible(text: str) -> str:
    """Return text of any origin with every sign that would do something shown as a sign."""
    return text.replace("\r\n", "\n").translate(_VISIBLE)


def pretty(value: JsonValue) -> str:
    """Return JSON to be read."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def facts(run: Run) -> Sequence[tuple[str, str]]:
    """Return what is known of a run, each with its name, in one line each."""
    execution = run.execution
    found = [
        ("Execution", execution.public_id),
        ("Agent", execution.agent),
        ("Created", wire_time(execution.created_at)),
        ("Started", "" if execution.started_at is None else wire_time(execution.started_at)),
        ("Ended", "" if execution.completed_at is None else wire_time(execution.completed_at)),
        ("Duration", "" if execution.duration is None else f"{execution.duration:.1f} s"),
        ("Exit code", "" if execution.exit_code is None else str(execution.exit_code)),
        ("Continues", execution.attempt_of or ""),
        ("Usage", _usage(run)),
    ]
    return [(name, visible(text)) for name, text in found if text]


def texts(run: Run) -> Sequence[tuple[str, str]]:
    """Return the longer words of a run, each with its name."""
    execution = run.execution
    found = [
        ("Your own words", execution.prompt),
        ("Result", execution.result),
        ("Error", execution.error),
        ("Evidence", None if execution.evidence is None else pretty(execution.evidence)),
        *((f"Question {request.n} ({_answer(request)})", _question(request)) for request in run.requests),
        *((f"Message {message.n} ({message.state.value})", message.text) for message in run.messages),
    ]
    return [(visible(name), visible(text)) for name, text in found if text]


def log_title(run: Run) -> str:
    """Return how many entries the log has, or that it was removed, and when."""
    execution = run.execution
    if execution.log_removed_at is not None:
        removed = exact_time(execution.log_removed_at)
        return f"Log: {execution.head_sequence} entries, removed by retention at {removed}"
    return f"Log: {execution.head_sequence} entries"


def _usage(run: Run) -> str:
    usage = run.execution.usage
    if usage is None:
        return ""
    parts = [
        (usage.input_tokens, "tokens in"),
        (usage.output_tokens, "tokens out"),
        (usage.cache_read_tokens, "read from the cache"),
        (usage.cache_write_tokens, "written to the cache"),
    ]
    told = [f"{count} {words}" for count, words in parts if count is not None]
    return ", ".join([*told, *([] if usage.cost_usd is None else [f"${usage.cost_usd:.4f}"])])


def _question(request: Request) -> str:
    asked = f"{request.question}\n\n{request.tool or ''} {pretty(request.input)}"
    return asked if request.message is None else f"{asked}\n\nAnswered: {request.message}"


def _answer(request: Request) -> str:
    return request.state.value if request.decision is None else request.decision
