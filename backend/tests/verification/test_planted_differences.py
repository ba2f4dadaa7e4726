"""Whatever is spoilt in the database or in a run directory, `retoma verify` names it."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from retoma.verification import verify
from retoma.verification.ends import Told, read_told
from retoma.verification.report import Check
from retoma.worker.rundir import RunDirectory
from support.command import retoma
from verification.conftest import Spoilt


def test_a_board_that_has_seen_every_end_verifies_clean(spoilt: Spoilt) -> None:
    report = spoilt.verify()
    assert (list(report.differences), list(report.remarks)) == ([], [])
    assert (report.counts["executions"], report.counts["cards"]) == (5, 5)
    assert report.counts["entries"] > 500 + 100
    assert report.counts["own_entries"] == 4, "each end that is no success has its closing entry"
    journals = [*spoilt.data.glob("runs/*/out.jsonl"), *spoilt.data.glob("runs/*/err.log")]
    assert report.counts["journal_bytes"] == sum(file.stat().st_size for file in journals)


def _remove(spoilt: Spoilt, *, hours: int, entries: bool, directory: bool) -> None:
    removed_at = datetime.now(UTC) - timedelta(hours=hours)
    spoilt.sql(_run(f"log_removed_at = '{removed_at.replace(tzinfo=None)}'").format(spoilt.key("success")))
    if entries:
        spoilt.sql(f"DELETE FROM execution_logs WHERE execution_id = {spoilt.key('success')}")
    if directory:
        shutil.rmtree(spoilt.folder("success"))


def test_a_log_that_was_removed_because_of_its_age_is_no_difference_and_is_counted(spoilt: Spoilt) -> None:
    _remove(spoilt, hours=100, entries=True, directory=True)
    report = spoilt.verify()
    assert (list(report.differences), list(report.remarks)) == ([], [])
    assert (report.counts["executions"], report.counts["removed_logs"]) == (5, 1)


@pytest.mark.parametrize(("entries", "directory", "left"), [(False, True, "entries"), (True, False, "run directory")])
def test_what_a_removal_left_behind_is_a_difference_once_a_sweep_should_have_cleared_it(
    spoilt: Spoilt, *, entries: bool, directory: bool, left: str
) -> None:
    _remove(spoilt, hours=0, entries=entries, directory=directory)
    assert spoilt.verify().found == 0
    spoilt.sql(_run("log_removed_at = '2026-01-01 00:00:00.000000'").format(spoilt.key("success")))
    (difference,) = spoilt.verify().differences
    assert (difference.check, difference.execution) == (Check.REMOVAL, spoilt.runs["success"])
    assert left in difference.sentence


def _row(change: str, where: str) -> str:
    return f"UPDATE execution_logs SET {change} WHERE execution_id = {{}} AND {where}"


def _run(change: str) -> str:
    return f"UPDATE executions SET {change} WHERE id = {{}}"


def _again(sequence: str, where: str) -> str:
    columns = f"execution_id, {sequence}, timestamp, type, kind, content, data"
    return f"INSERT INTO execution_logs SELECT {columns} FROM execution_logs WHERE execution_id = {{}} AND {where}"


_LOSE_300 = "DELETE FROM execution_logs WHERE execution_id = {} AND sequence = 300"
_CLOSING = "content LIKE 'The run failed%'"
_OLD, _NEW = "timestamp = '2001-01-01 00:00:00.000000'", "timestamp = '2101-01-01 00:00:00.000000'"
_HEAD = "(SELECT head_sequence FROM executions WHERE id = execution_id)"

# The kind of difference that must be found, the execution it is found on, and what is done to the database
# (`{}` is the execution's key).
PLANTED: dict[str, tuple[Check, str, list[str]]] = {
    "a changed text": (Check.JOURNAL, "success", [_row("content = 'line 000100 '", "sequence = 102")]),
    "a changed kind": (Check.JOURNAL, "success", [_row("kind = 'thinking'", "sequence = 102")]),
    "changed data": (Check.JOURNAL, "odd", [_row("data = '{{}}'", "sequence = 7")]),
    "a missing entry": (Check.SEQUENCE, "success", [_LOSE_300]),
    "a missing last entry": (Check.SEQUENCE, "success", [_LOSE_300.replace("300", _HEAD)]),
    "an entry behind the head": (Check.SEQUENCE, "success", [_run("head_sequence = head_sequence - 1")]),
    "an entry lost without a gap": (
        Check.JOURNAL,
        "success",
        [_LOSE_300, _row("sequence = sequence - 1", "sequence > 300"), _run("head_sequence = head_sequence - 1")],
    ),
    "an entry stored twice": (
        Check.JOURNAL,
        "success",
        [
            _row("sequence = -sequence - 1", "sequence >= 300"),
            _row("sequence = -sequence", "sequence < 0"),
            _again("300", "sequence = 299"),
            _run("head_sequence = head_sequence + 1"),
        ],
    ),
    "two entries in the wrong order": (
        Check.JOURNAL,
        "success",
        [
            _row("sequence = -1", "sequence = 300"),
            _row("sequence = 300", "sequence = 301"),
            _row("sequence = 301", "sequence = -1"),
        ],
    ),
    "an entry of ours without its mark": (
        Check.JOURNAL,
        "error",
        [_row("""data = '{{"status": "error"}}'""", _CLOSING)],
    ),
    "an offset moved back to a line's end": (Check.OFFSET, "odd", [_run("stderr_offset = 15")]),
    "an offset moved into a line": (Check.OFFSET, "odd", [_run("journal_offset = journal_offset - 1")]),
    "an offset behind the journal's end": (Check.OFFSET, "success", [_run("journal_offset = journal_offset + 1")]),
    "a wrong status": (Check.STATUS, "error", [_run("status = 'success'")]),
    "an error that was an interruption": (Check.STATUS, "interrupted", [_run("status = 'error'")]),
    "a cancel that nobody wished": (Check.STATUS, "cancelled", [_run("cancel_requested_at = NULL")]),
    "a wrong exit code": (Check.STATUS, "error", [_run("exit_code = 4")]),
    "a second closing entry": (
        Check.STATUS,
        "error",
        [_again("sequence + 1", _CLOSING), _run("head_sequence = head_sequence + 1")],
    ),
    "an end without being over": (Check.STATUS, "success", [_run("status = 'running'")]),
    "an end before the start": (Check.TIME, "success", [_run(_OLD.replace("timestamp", "completed_at"))]),
    "no end": (Check.TIME, "success", [_run("completed_at = NULL")]),
    "a negative duration": (Check.TIME, "success", [_run("duration = -1")]),
    "a wrong duration": (Check.TIME, "success", [_run("duration = duration + 1")]),
    "an entry before the start": (Check.TIME, "success", [_row(_OLD, "sequence = 5")]),
    "an entry from the future": (Check.TIME, "success", [_row(_NEW, "sequence = 5")]),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_planted_in_the_database_is_found(spoilt: Spoilt, what: str) -> None:
    check, end, statements = PLANTED[what]
    spoilt.sql(*[statement.format(spoilt.key(end)) for statement in statements])
    report = spoilt.verify()
    found = {(finding.execution, finding.check) for finding in report.differences}
    assert (spoilt.runs[end], check) in found, report.differences
    assert {execution for execution, _ in found} == {spoilt.runs[end]}, "no other execution is blamed"
    assert spoilt.verify("success" if end != "success" else "error").found == 0
    assert spoilt.verify(end).found == report.found


def test_every_kind_of_comparison_has_something_planted() -> None:
    assert {check for check, _, _ in PLANTED.values()} | {Check.CARD, Check.PROCESS, Check.REMOVAL} == set(Check)


@pytest.mark.parametrize(("column", "value"), [("is_active", "1"), ("status", "'queued'")])
def test_a_second_active_or_unfinished_execution_of_a_card_is_found(spoilt: Spoilt, column: str, value: str) -> None:
    first, second = spoilt.key("success"), spoilt.key("error")
    spoilt.sql(
        "DROP INDEX ux_executions_card_id_active",
        "DROP INDEX ux_executions_card_id_unfinished",
        f"UPDATE executions SET card_id = (SELECT card_id FROM executions WHERE id = {first}) WHERE id = {second}",
        f"UPDATE executions SET {column} = {value} WHERE id IN ({first}, {second})",
    )
    assert any(finding.check is Check.CARD for finding in spoilt.verify().differences)


def test_a_queued_run_with_a_recorder_is_found_unless_it_was_begun_behind_the_snapshot(
    spoilt: Spoilt, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt.sql(
        _run("status = 'queued', completed_at = NULL, duration = NULL, result = NULL").format(spoilt.key("success"))
    )
    found = "It is queued, but a recorder was started for it."
    assert found in [finding.sentence for finding in spoilt.verify().differences]

    def read_later(run: RunDirectory) -> Told:
        if run.path == spoilt.folder("success"):
            spoilt.sql(_run("status = 'running'").format(spoilt.key("success")))
        return read_told(run)

    monkeypatch.setattr(verify, "read_told", read_later)
    assert spoilt.verify().found == 0


def test_a_process_of_a_run_that_is_over_is_found(spoilt: Spoilt) -> None:
    with subprocess.Popen(
        ["sleep", "60"], env={"PATH": "/usr/bin:/bin", "RETOMA_EXECUTION": spoilt.runs["error"]}
    ) as left:
        report = spoilt.verify()
        left.kill()
    assert [(finding.check, finding.execution) for finding in report.differences] == [
        (Check.PROCESS, spoilt.runs["error"])
    ]
    assert str(left.pid) in report.differences[0].sentence


@pytest.mark.parametrize("rebooted", [False, True])
def test_a_shorter_journal_is_a_difference_unless_the_machine_was_started_since(
    spoilt: Spoilt, *, rebooted: bool
) -> None:
    journal, run_file = spoilt.folder("success") / "out.jsonl", spoilt.folder("success") / "run.json"
    whole = journal.read_bytes()
    journal.write_bytes(whole[: whole.index(b"000400")])
    if rebooted:
        run_file.write_text(json.dumps(json.loads(run_file.read_text()) | {"bootId": "another"}))
    report = spoilt.verify()
    assert {remark.check for remark in report.remarks} == (
        {Check.OFFSET, Check.JOURNAL} if rebooted else {Check.JOURNAL}
    )
    assert {finding.check for finding in report.differences} == (set() if rebooted else {Check.OFFSET})


def test_a_changed_journal_is_found(spoilt: Spoilt) -> None:
    journal = spoilt.folder("success") / "out.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"line 000200", b"line 000201"))
    assert {finding.check for finding in spoilt.verify().differences} == {Check.JOURNAL}


@pytest.mark.parametrize("name", ["run.json", "exit.json"])
def test_a_file_of_the_run_that_cannot_be_read_is_a_difference(spoilt: Spoilt, name: str) -> None:
    (spoilt.folder("success") / name).write_bytes(b"{\n{\n")
    assert {(finding.execution, finding.check) for finding in spoilt.verify().differences} == {
        (spoilt.runs["success"], Check.STATUS)
    }


def test_a_run_whose_journal_is_elsewhere_is_said_to_be_not_compared(spoilt: Spoilt) -> None:
    spoilt.folder("success").rename(spoilt.data / "elsewhere")
    report = spoilt.verify()
    assert report.found == 0
    assert [remark.execution for remark in report.remarks] == [spoilt.runs["success"]]


def test_the_command_prints_what_it_compared_and_exits_with_what_it_found(spoilt: Spoilt) -> None:
    clean = retoma("verify", "--data", spoilt.data)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "Compared 5 executions on 5 cards" in clean.stdout
    spoilt.sql(f"UPDATE executions SET exit_code = 4 WHERE id = {spoilt.key('error')}")
    spoiled = retoma("verify", "--data", spoilt.data, "--json")
    told = json.loads(spoiled.stdout)
    assert (spoiled.returncode, told["found"], told["checked"]["executions"]) == (1, 1, 5)
    assert told["differences"][0]["execution"] == spoilt.runs["error"]
    assert "DIFFERS" in retoma("verify", spoilt.runs["error"], "--data", spoilt.data).stdout
    assert retoma("verify", spoilt.runs["success"], "--data", spoilt.data).returncode == 0
    assert retoma("verify", "nothing", "--data", spoilt.data).returncode == 2
    assert retoma("verify", "one", "two").returncode == 2
    nowhere = retoma("verify", "--data", spoilt.data / "nowhere")
    assert (nowhere.returncode, nowhere.stdout) == (1, "")


def test_verifying_writes_nothing(spoilt: Spoilt) -> None:
    before = {path: path.stat().st_mtime_ns for path in spoilt.data.rglob("*") if path.is_file()}
    assert retoma("verify", "--data", spoilt.data).returncode == 0
    after = {path: path.stat().st_mtime_ns for path in spoilt.data.rglob("*") if path.is_file()}
    # The -shm file is SQLite's own way to let readers and a writer find each other.
    assert {path: when for path, when in after.items() if not path.name.endswith(("-shm", "-wal"))} == before
