"""The adapter reads whole recordings of the real program (`tests/recordings/record.py` makes them)."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from retoma.agents.adapter import (
    Acknowledged,
    AdapterState,
    QuestionClosed,
    QuestionOpened,
    SessionStarted,
    Signal,
    Stream,
    UsageReported,
)
from retoma.agents.claude_code import ClaudeCodeAdapter
from retoma.core.entries import EntryDraft, EntryKind
from retoma.core.status import AgentExit, Ending, Status

FOLDER = Path(__file__).parents[1] / "recordings" / "claude_code"
INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
SESSION = "5e550000-0000-4000-8000-000000000001"
FIRST, SECOND = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


@dataclass(frozen=True)
class Replay:
    """What the adapter makes of one recording."""

    entries: list[EntryDraft]
    signals: list[Signal]
    idle: list[bool]
    state: AdapterState
    ending: Ending

    @property
    def shape(self) -> list[str]:
        return [f"{entry.type}/{entry.kind}" for entry in self.entries]

    @property
    def contents(self) -> list[str]:
        return [entry.content for entry in self.entries]

    def of(self, kind: EntryKind) -> list[EntryDraft]:
        return [entry for entry in self.entries if entry.kind is kind]


def replay(name: str, *, closed_by_us: bool = False) -> Replay:
    adapter = ClaudeCodeAdapter()
    state = adapter.start_state()
    entries: list[EntryDraft] = []
    signals: list[Signal] = []
    idle: list[bool] = []
    lines = [(Stream.STDOUT, line) for line in (FOLDER / f"{name}.jsonl").read_bytes().splitlines()]
    lines += [(Stream.STDERR, line.encode()) for line in INDEX[name]["stderr"]]
    for stream, line in lines:
        parsed = adapter.parse(stream, line, state)
        state = parsed.state
        entries.extend(parsed.entries)
        signals.extend(parsed.signals)
        idle.append(adapter.is_idle(state))
    end = AgentExit(exit_code=INDEX[name]["exitCode"], signal=INDEX[name]["signal"])
    return Replay(entries, signals, idle, state, adapter.classify_end(state, end, closed_by_us=closed_by_us))


@pytest.mark.parametrize("name", sorted(INDEX))
def test_every_line_of_every_recording_is_understood(name: str) -> None:
    said = replay(name)
    assert [entry for entry in said.of(EntryKind.RAW) if entry.data != {"stream": "stderr"}] == []
    assert all(entry.content for entry in said.entries)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.jsonl")))
def test_recordings_are_small_and_name_no_folder_of_the_machine_they_were_made_on(name: str) -> None:
    journal = (FOLDER / f"{name}.jsonl").read_bytes()
    assert len(journal) < 100_000
    assert not [folder for folder in (b"/tmp/", b"/root", b"recording-") if folder in journal]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("hi", Status.SUCCESS),
        ("default", Status.SUCCESS),
        ("think", Status.SUCCESS),
        ("plan", Status.SUCCESS),
        ("sub", Status.SUCCESS),
        ("background", Status.SUCCESS),
        ("repeated", Status.SUCCESS),
        ("followed_up", Status.SUCCESS),
        ("perm_allowed", Status.SUCCESS),
        ("perm_denied", Status.SUCCESS),
        ("question_answered", Status.SUCCESS),
        ("resumed", Status.SUCCESS),
        ("continued", Status.SUCCESS),
        ("closed", Status.SUCCESS),
        ("err", Status.ERROR),
        ("err401", Status.ERROR),
        ("resume_unknown", Status.ERROR),
        ("session_in_use", Status.ERROR),
        ("interrupted", Status.INTERRUPTED),
        ("interrupted_question", Status.INTERRUPTED),
        ("sigint", Status.INTERRUPTED),
        ("sigterm", Status.INTERRUPTED),
        ("sigkill", Status.INTERRUPTED),
    ],
)
def test_each_recorded_end_is_judged(name: str, status: Status) -> None:
    ending = replay(name).ending
    assert ending.status is status
    assert (ending.error is None) == (status is Status.SUCCESS)
    assert ending.evidence["exitCode"] == INDEX[name]["exitCode"]
    assert ending.evidence["signal"] == INDEX[name]["signal"]


def test_a_whole_turn_becomes_entries_in_order() -> None:
    said = replay("default")
    assert said.shape == [
        "system/system",
        *["info/message", "command/tool", "info/result"] * 3,
        "info/message",
        "success/result",
    ]
    assert said.contents[:3] == ["Claude Code 2.1.330 with claude-opus-5-5", "I look around first.", "Bash: ls -a"]
    assert said.contents[-2:] == ["All done: `notes.txt` is written."] * 2
    assert [entry.content for entry in said.of(EntryKind.TOOL)] == ["Bash: ls -a", "Write notes.txt", "Edit notes.txt"]


def test_a_tools_result_names_its_call_and_carries_the_patch() -> None:
    said = replay("default")
    edit, result = said.of(EntryKind.TOOL)[2].data, said.of(EntryKind.RESULT)[2].data
    assert edit is not None
    assert result is not None
    assert result["toolUseId"] == edit["toolUseId"]
    assert result["filePath"] == "/workspace/notes.txt"
    patch = result["structuredPatch"]
    assert isinstance(patch, list)
    assert patch[0]["lines"] == [" one", "-two", "+second"]


def test_thinking_is_an_entry_of_its_own() -> None:
    assert replay("think").shape == ["system/system", "info/thinking", "info/message", "success/result"]


def test_the_plan_is_the_result_of_its_turn() -> None:
    ending = replay("plan").ending
    assert ending.result is not None
    assert ending.result.startswith("# Plan\n\n1. Read")


def test_the_session_and_the_prompts_are_recognised_by_the_ids_we_chose() -> None:
    signals = replay("followed_up").signals
    assert SessionStarted(session=SESSION, version="2.1.330") in signals
    assert [signal.key for signal in signals if isinstance(signal, Acknowledged)] == [FIRST, SECOND]


def test_a_repeated_prompt_is_acknowledged_again_and_the_agent_stays_idle() -> None:
    said = replay("repeated")
    assert [signal for signal in said.signals if isinstance(signal, Acknowledged)] == [Acknowledged(key=FIRST)] * 2
    assert said.idle[-2:] == [True, True]


def test_the_agent_is_idle_only_at_its_end() -> None:
    said = replay("default")
    assert said.idle.index(True) == len(said.idle) - 2  # the result, then the word that the prompt is done
    assert said.idle[-1]


def test_a_background_task_keeps_the_agent_busy_after_its_result() -> None:
    said = replay("background")
    results = [index for index, entry in enumerate(said.shape) if entry == "success/result"]
    assert len(results) == 2
    assert 'Background command "Run a command" completed (exit code 0)' in said.contents
    events = [json.loads(line) for line in (FOLDER / "background.jsonl").read_bytes().splitlines()]
    first_result = next(index for index, event in enumerate(events) if event["type"] == "result")
    assert not said.idle[first_result]
    assert said.idle[-1]


def test_usage_adds_up_over_turns_although_the_programs_figures_are_cumulative() -> None:
    reports = [signal.usage for signal in replay("background").signals if isinstance(signal, UsageReported)]
    assert [usage.input_tokens for usage in reports] == [200, 300]
    assert [usage.cost_usd for usage in reports] == [0.002908, 0.004362]


def test_the_usage_of_a_resumed_execution_leaves_out_what_the_session_cost_before() -> None:
    (usage,) = [signal.usage for signal in replay("continued").signals if isinstance(signal, UsageReported)]
    assert (usage.input_tokens, usage.output_tokens) == (100, 50)
    assert (usage.cache_read_tokens, usage.cache_write_tokens) == (20, 10)
    assert usage.cost_usd == 0.001454
    events = map(json.loads, (FOLDER / "continued.jsonl").read_bytes().splitlines())
    assert [event["total_cost_usd"] for event in events if event["type"] == "result"] == [2 * usage.cost_usd]


@pytest.mark.parametrize("name", ["perm_allowed", "perm_denied"])
def test_a_question_is_open_from_the_asking_to_the_answer(name: str) -> None:
    said = replay(name)
    (opened,) = [signal for signal in said.signals if isinstance(signal, QuestionOpened)]
    assert opened.text == "Allow Bash: dd if=/dev/null of=asked.txt"
    assert opened.tool == "Bash"
    assert opened.input["command"] == "dd if=/dev/null of=asked.txt"
    closed = [signal for signal in said.signals if isinstance(signal, QuestionClosed)]
    assert closed == [QuestionClosed(key=opened.key)]
    (request,) = said.of(EntryKind.REQUEST)
    assert request.data is not None
    assert request.data["key"] == opened.key


def test_a_denied_tool_is_a_success_with_a_warning() -> None:
    ending = replay("perm_denied").ending
    assert ending.status is Status.SUCCESS
    assert ending.evidence["warning"] == "1 tool call was denied."
    assert "warning" not in replay("perm_allowed").ending.evidence


def test_a_question_in_words_shows_its_words() -> None:
    said = replay("question_answered")
    assert [signal.text for signal in said.signals if isinstance(signal, QuestionOpened)] == ["Which colour?"]
    assert any("Blue" in entry.content for entry in said.of(EntryKind.RESULT))


def test_a_withdrawn_question_is_closed() -> None:
    said = replay("interrupted_question")
    opened = [signal.key for signal in said.signals if isinstance(signal, QuestionOpened)]
    closed = [signal.key for signal in said.signals if isinstance(signal, QuestionClosed)]
    assert opened == closed
    assert "The agent withdrew its question." in said.contents


def test_a_failing_model_server_is_an_error_although_the_program_calls_it_a_success() -> None:
    said = replay("err")
    assert said.shape == ["system/system", "warning/system", "error/message", "error/result"]
    assert said.contents[1].startswith("The model server failed (529, overloaded): attempt 1 of 1, again in 0.")
    assert said.ending.error is not None
    assert "529 Overloaded" in said.ending.error
    assert said.ending.evidence["apiErrorStatus"] == 529


def test_a_refused_start_is_explained_by_its_stderr() -> None:
    ending = replay("session_in_use").ending
    assert ending.error == f"Error: Session ID {SESSION} is already in use."
