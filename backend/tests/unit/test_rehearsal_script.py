"""The script language of a rehearsal: what is read, and what is refused with its line."""

import pytest

from retoma.rehearsal.builtin import SCRIPTS
from retoma.rehearsal.sample import CARDS
from retoma.rehearsal.script import COMMANDS, STEPS, ScriptError, Step, find_script, parse_script, steps_of


def test_every_step_of_the_language_is_read() -> None:
    script = (
        "# a comment\n\nsay Hello  there\nthink Hm\nrun echo a | cat\nwrite a dir/b.txt <<END\n  one\n\ntwo\nEND\n"
        "ask May I?\nlines 10\nlines 5 rate 2.5 size 80\nsleep 0.5\nplan <<END\n# Plan\nEND\nexit 3\ncrash\nhang\n"
    )
    steps = parse_script(script)
    assert {step.name for step in steps} == set(STEPS)
    found = {(step.name, step.line): step for step in steps}
    assert found["say", 3].text == "Hello  there"
    assert found["run", 5].text == "echo a | cat"
    assert found["write", 6] == Step(line=6, command=None, name="write", path="a dir/b.txt", text="  one\n\ntwo\n")
    assert found["lines", 12] == Step(line=12, command=None, name="lines", count=10)
    assert found["lines", 13] == Step(line=13, command=None, name="lines", count=5, rate=2.5, size=80)
    assert found["sleep", 14].seconds == 0.5
    assert found["plan", 15].text == "# Plan\n"
    assert found["exit", 18].count == 3


def test_a_head_restricts_a_step_to_its_command() -> None:
    steps = parse_script("say all\n/plan: say plan\n/test:   write x <<END\n/plan: no step\nEND\n")
    assert [(step.command, step.name) for step in steps] == [(None, "say"), ("/plan", "say"), ("/test", "write")]
    assert [step.text for step in steps_of(steps, "/plan")] == ["all", "plan"]
    assert [step.text for step in steps_of(steps, "/test")] == ["all", "/plan: no step\n"]


@pytest.mark.parametrize(
    ("script", "line", "words"),
    [
        ("say a\n\n# b\nsya c\n", 4, "unknown step 'sya'; known are say, think, run"),
        ("write a <<END\nx\ny\nEND\nfoo\n", 5, "unknown step 'foo'"),
        ("/tests: say a", 1, "there is no command '/tests'; there are /plan, /implement, /test, /review"),
        ("say", 1, "'say' needs a text"),
        ("/test:", 1, "unknown step ''"),
        ("say a\nwrite a <<END\nx\n", 2, "there is no line 'END'"),
        ("write a.txt\n", 1, "write PATH <<END"),
        ("write <<END\nEND\n", 1, "needs the path"),
        ("plan x <<END\nEND\n", 1, "takes nothing"),
        ("lines many", 1, "lines N rate R"),
        ("lines 1 rate 0", 1, "a rate above 0"),
        ("lines 100000001", 1, "at most 100000000 lines"),
        ("sleep nan", 1, "'sleep' needs seconds"),
        ("sleep -1", 1, "'sleep' needs seconds"),
        ("exit 256", 1, "from 0 to 255"),
        ("exit", 1, "from 0 to 255"),
        ("hang 3", 1, "takes nothing"),
    ],
)
def test_a_wrong_step_is_refused_with_its_line_and_a_way_out(script: str, line: int, words: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse_script(script)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"line {line}: ")
    assert words in str(caught.value)


def test_the_script_is_found_in_the_first_block_fenced_as_rehearsal() -> None:
    assert find_script("no block\n\n```python\nsay x\n```\n") is None
    assert find_script("text\n```rehearsal\nsay a\n```\n```rehearsal\nsay b\n```\n") == "say a\n"
    assert find_script("~~~~ rehearsal\nsay a\n```\n~~~~~\nsay b") == "say a\n```\n"


def test_a_script_shown_inside_another_block_is_not_played() -> None:
    assert find_script("````markdown\n```rehearsal\ncrash\n```\n````\n") is None


def test_line_ends_of_a_browser_and_a_missing_closing_fence_do_no_harm() -> None:
    script = find_script("a\r\n\r\n  ```rehearsal\r\n  write x <<END\r\n    a\r\n  END\r\n  say b")
    assert script is not None
    steps = parse_script(script)
    assert [(step.name, step.text) for step in steps] == [("write", "  a\n"), ("say", "b")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_built_in_script_and_one_in_each_sample_card(command: str) -> None:
    assert steps_of(parse_script(SCRIPTS[command]), command)
    for card in CARDS:
        script = find_script(card.description)
        assert script is not None
        assert len(steps_of(parse_script(script), command)) >= 3
        assert "rehearsal: no model is used" in card.description
