"""A log that is sealed, and a journal that is compressed, verify like any other; what is spoilt in them is named."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from retoma.core.clock import utc_now
from retoma.core.entries import LogEntry
from retoma.logs.codec import pack, unpack
from retoma.retention.sealing import compress_cooled, seal_cooled
from retoma.storage.database import Database
from retoma.verification.report import Check
from verification.conftest import Spoilt

CHUNK = "SELECT first_sequence, entries, codec, body FROM execution_log_chunks WHERE execution_id = ? LIMIT 1"


@pytest.fixture
def sealed(spoilt: Spoilt) -> Spoilt:
    """Give the data folder with everything sealed and compressed."""
    soon = utc_now() + timedelta(seconds=1)
    with closing(Database(spoilt.settings.url)) as database:
        sealed = list(seal_cooled(database, soon, utc_now(), lambda: True))
        saved = list(compress_cooled(database, spoilt.settings.runs, soon, frozenset, lambda: True))
    assert sum(executions for executions, _ in sealed) == 5
    assert sum(saved) > 0
    return spoilt


def change(sealed: Spoilt, end: str, sequence: int, **changes: object) -> None:
    """Write other words into a chunk, as if they had always been there."""
    key = sealed.key(end)
    with closing(sqlite3.connect(sealed.data / "retoma.db")) as connection, connection:
        first, entries, codec, body = connection.execute(CHUNK, (key,)).fetchone()
        unpacked = list(unpack(codec, body, first, entries))
        unpacked[sequence - first] = LogEntry(**{**unpacked[sequence - first]._asdict(), **changes})
        connection.execute(
            "UPDATE execution_log_chunks SET body = ? WHERE execution_id = ?", (pack(unpacked).body, key)
        )


def test_everything_sealed_verifies_as_it_did_before(sealed: Spoilt, pristine: Spoilt) -> None:
    assert not list(sealed.data.glob("runs/*/out.jsonl")), "no journal of these runs was empty"
    report, before = sealed.verify(), pristine.verify()
    assert (list(report.differences), list(report.remarks)) == ([], [])
    assert report.counts == before.counts


_SECOND_ROW = """
    INSERT INTO execution_logs (execution_id, sequence, timestamp, type, kind, content)
    SELECT {}, 2, first_timestamp, 'info', 'raw', 'x' FROM execution_log_chunks WHERE execution_id = {}
"""


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("DELETE FROM execution_log_chunks WHERE execution_id = {}", Check.SEQUENCE),
        ("UPDATE execution_log_chunks SET body = x'00' WHERE execution_id = {}", Check.JOURNAL),
        (_SECOND_ROW, Check.SEQUENCE),
    ],
    ids=["a missing chunk", "a damaged chunk", "a row of an entry that is in a chunk"],
)
def test_a_spoilt_chunk_is_named(sealed: Spoilt, statement: str, check: Check) -> None:
    sealed.sql(statement.replace("{}", str(sealed.key("error"))))
    report = sealed.verify()
    assert (sealed.runs["error"], check) in {(finding.execution, finding.check) for finding in report.differences}
    assert {finding.execution for finding in report.differences} == {sealed.runs["error"]}


def test_a_changed_entry_in_a_chunk_is_named(sealed: Spoilt) -> None:
    change(sealed, "success", 102, content="line 000100 ")
    (finding, *_) = sealed.verify().differences
    assert (finding.execution, finding.check) == (sealed.runs["success"], Check.JOURNAL)
    assert "Entry 102" in finding.sentence


@pytest.mark.parametrize("size", [3, 40])
def test_a_damaged_journal_is_named(sealed: Spoilt, size: int) -> None:
    file = sealed.folder("success") / "out.jsonl.zst"
    file.write_bytes(file.read_bytes()[:size])
    (finding, *_) = sealed.verify().differences
    assert (finding.execution, finding.check) == (sealed.runs["success"], Check.JOURNAL)
    assert "is damaged" in finding.sentence


def test_both_forms_of_a_journal_are_no_difference(sealed: Spoilt, pristine: Spoilt) -> None:
    shutil.copy(pristine.folder("success") / "out.jsonl", sealed.folder("success") / "out.jsonl")
    assert list(sealed.verify().differences) == []
