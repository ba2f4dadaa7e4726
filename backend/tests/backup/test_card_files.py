"""A card as one file, and back."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support.board import Board
from support.command import retoma

pytestmark = pytest.mark.timeout(120)


def _export(board: Board, file: Path, form: str = "json", card: str | None = None) -> str:
    with board.client() as client:
        found = card or next(str(one["id"]) for one in board.cards() if one["number"] == 1)
        answer = client.get(f"/api/cards/{found}/export?format={form}").raise_for_status()
    file.write_bytes(answer.content)
    return answer.text


def _import(board: Board, file: Path) -> tuple[int, dict[str, object]]:
    with board.client() as client:
        answer = client.post("/api/import", content=file.read_bytes(), headers={"content-type": "application/json"})
    told: dict[str, object] = answer.json()
    return answer.status_code, told


def _document(text: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(text)
    return {name: value for name, value in document.items() if name in {"format", "version", "card", "executions"}}


def _with_new_ids(document: dict[str, object]) -> None:
    """Make it another card with other executions, whose messages are still the first one's."""
    card, executions = document["card"], document["executions"]
    assert isinstance(card, dict)
    assert isinstance(executions, list)
    for one in (card, *executions):
        one["id"] = "f" * 4 + str(one["id"])[4:]


def test_an_export_that_was_imported_into_another_board_is_exported_the_same_and_verifies(
    board: Board, other: Board, tmp_path: Path
) -> None:
    exported = _export(board, tmp_path / "card.json")
    taken = retoma("import", tmp_path / "card.json", "--data", other.data, "--json")
    assert taken.returncode == 0, taken.stderr
    told = json.loads(taken.stdout)
    assert (told["isNew"], told["number"], told["executions"]) == (True, 1, 3)
    assert told["entries"] > 2500
    assert _document(_export(other, tmp_path / "again.json")) == _document(exported)
    executions = json.loads(exported)["executions"]
    for execution in executions:
        assert len(other.log(execution["id"])) == execution["headSequence"]
    verified = retoma("verify", "--data", other.data, "--json")
    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout)["checked"]["imported"] == 3
    for one in (other, board):  # the original has it, too
        status, told = _import(one, tmp_path / "card.json")
        assert (status, told["isNew"]) == (200, False)


def test_a_card_goes_from_sqlite_to_postgresql_and_back(
    board: Board, on_postgresql: Board, other: Board, postgres_url: str, tmp_path: Path
) -> None:
    exported = _export(board, tmp_path / "card.json")
    there = tmp_path / "there.json"
    environment = {"RETOMA_DATABASE_URL": postgres_url}
    taken = retoma("import", tmp_path / "card.json", "--data", on_postgresql.data, "--json", environment=environment)
    assert (taken.returncode, json.loads(taken.stdout)["executions"]) == (0, 3), taken.stderr
    on_postgresql.stop()  # without a server as well
    made = retoma("export", "1", "--format", "json", "-o", there, "--data", on_postgresql.data, environment=environment)
    assert made.returncode == 0, made.stderr
    again = retoma("import", there, "--data", on_postgresql.data, "--json", environment=environment)
    assert (again.returncode, json.loads(again.stdout)["isNew"]) == (0, False), again.stderr
    verified = retoma("verify", "--data", on_postgresql.data, "--json", environment=environment)
    assert (verified.returncode, json.loads(verified.stdout)["checked"]["imported"]) == (0, 3), verified.stdout
    assert _import(other, there)[1]["isNew"] is True
    for back in (there.read_text("utf-8"), _export(other, tmp_path / "back.json")):
        assert _document(back) == _document(exported)


def test_a_card_keeps_its_number_if_that_is_free_and_gets_the_next_one_else(
    board: Board, other: Board, tmp_path: Path
) -> None:
    other.card("In the way")
    _export(board, tmp_path / "card.json")
    assert _import(other, tmp_path / "card.json")[1]["number"] == 2
    assert other.get(f"/api/cards/{other.card('Next')}")["number"] == 3


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda d: d["card"].update(title="Another"), "with other content"),
        (lambda d: d["executions"][0]["entries"][7].update(content="Another"), "with other content"),
        (lambda d: d["card"].update(id="0" * 16), "is there already, on another card"),
        (lambda d: d["executions"][0].update(id="../../../etc"), "executions[0].id"),
        (lambda d: d["executions"][0]["entries"].pop(5), "executions[0].entries[5].sequence"),
        (lambda d: d["executions"][1].update(status="done"), "executions[1].status"),
        (lambda d: d["executions"][0].update(duration=-5), "executions[0].duration"),
        (lambda d: d["executions"][0].update(completedAt="2020-01-01T00:00:00Z"), "executions[0].completedAt"),
        (lambda d: d["executions"][0].update(createdAt="0001-01-01T00:00:00Z"), "before the year 1970"),
        (lambda d: d["executions"][0]["messages"].append(d["executions"][0]["messages"][0]), "has one of them twice"),
        (lambda d: d["card"].update(title=" "), "card.title"),
        (_with_new_ids, "is there already, on another one"),
        (lambda d: d.update(version=2), "newer Retoma"),
        (lambda d: d.update(format="other"), "no export"),
    ],
)
def test_what_is_there_with_other_content_or_is_wrong_is_refused_by_name_and_nothing_is_changed(
    board: Board, tmp_path: Path, spoil: Callable[[dict[str, object]], None], named: str
) -> None:
    document = json.loads(_export(board, tmp_path / "card.json"))
    spoil(document)
    (tmp_path / "spoilt.json").write_text(json.dumps(document, indent=2))
    before = board.cards()
    status, refused = _import(board, tmp_path / "spoilt.json")
    assert (status in {409, 422}, named in str(refused["detail"])) == (True, True), refused
    assert board.cards() == before


def test_a_run_that_goes_on_is_imported_as_interrupted_and_the_same_file_again_is_harmless(
    board: Board, other: Board, tmp_path: Path
) -> None:
    card = board.script("Long", "say here", "hang")
    run = board.run(card)
    board.follow(run, until="here")
    _export(board, tmp_path / "card.json", card=card)
    for is_new in (True, False):
        assert _import(other, tmp_path / "card.json")[1]["isNew"] is is_new
    there = other.execution(run)
    assert (there["status"], there["nextActions"]) == ("interrupted", ["run-again", "clear"])
    assert board.execution(run)["status"] == "running"
    assert board.processes_of(run)
    verified = retoma("verify", "--data", other.data)
    assert verified.returncode == 0, "the living processes are the other board's"
    board.post(f"/api/executions/{run}/cancel", status=202)
    board.finish(run)


def test_the_same_file_is_harmless_after_retention_has_removed_what_it_holds(
    board: Board, other: Board, tmp_path: Path
) -> None:
    _export(board, tmp_path / "card.json")
    assert _import(other, tmp_path / "card.json")[1]["isNew"] is True
    other.stop()
    with closing(sqlite3.connect(other.data / "retoma.db")) as connection, connection:
        connection.execute("UPDATE executions SET log_removed_at = completed_at")
        connection.execute("DELETE FROM execution_log_chunks")
    other.start()
    status, told = _import(other, tmp_path / "card.json")
    assert (status, told["isNew"]) == (200, False)
    _export(other, tmp_path / "removed.json")
    assert _import(board, tmp_path / "removed.json")[1]["isNew"] is False


def test_without_a_server_a_card_is_exported_and_imported_as_well(board: Board, other: Board, tmp_path: Path) -> None:
    exported = _export(board, tmp_path / "card.json")
    other.stop()
    taken = retoma("import", tmp_path / "card.json", "--data", other.data)
    assert (taken.returncode, "3 executions" in taken.stdout) == (0, True), taken.stderr
    made = retoma("export", "1", "--format", "json", "-o", tmp_path / "again.json", "--data", other.data)
    assert made.returncode == 0, made.stderr
    assert _document((tmp_path / "again.json").read_text("utf-8")) == _document(exported)
    refused = retoma("export", "1", "-o", tmp_path / "again.json", "--data", other.data)
    assert (refused.returncode, "there already" in refused.stderr) == (1, True)


def test_a_page_of_a_card_is_readable_without_a_script_and_nothing_in_it_is_obeyed(
    board: Board, tmp_path: Path
) -> None:
    page = _export(board, tmp_path / "card.html", "html")
    assert "default-src 'none'; style-src 'sha256-" in page
    assert not re.search(r"<script|<img|\x1b|\x00|\u202e|https?://(?!evil)|src=[\"']", page), "all of it is escaped"
    assert "&lt;script&gt;" in page
    assert "␛[31mred" in page
    assert page.count("<li>") > 2500


def test_no_fence_in_markdown_is_ended_by_what_stands_in_it(board: Board, tmp_path: Path) -> None:
    text = _export(board, tmp_path / "card.md", "md")
    assert "\n`````\n````\n`````\n" in text
    fence = ""
    for line in text.splitlines():
        if not fence and (opened := re.match(r"(`{3,})(json)?$", line)):
            fence = opened[1]
        elif line == fence:
            fence = ""
        elif not fence:
            assert "<script" not in line
    assert fence == "", "each fence was ended by its own"


def test_a_body_that_is_no_json_is_refused_with_its_line(board: Board, tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text('{"format": "retoma-card",\n "version": 1,\n "card": {"id": oops}}')
    status, refused = _import(board, tmp_path / "card.json")
    assert (status, "line 3" in str(refused["detail"])) == (422, True), refused
