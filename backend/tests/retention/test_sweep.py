"""What a sweep removes, and what it never touches."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from retoma.cards import service as cards
from retoma.core.errors import ConflictError
from retoma.core.status import Status
from retoma.executions import service, store, sweep_store
from retoma.executions.model import Execution, Sweep, Waiting
from retoma.live.feed import Feed
from retoma.retention.removal import remove_due_logs
from retoma.storage.database import Database
from support import factories
from support.past import NOW, Past


def _reports(past: Past) -> list[Sweep]:
    with past.database.read() as connection:
        return [sweep for _, sweep in sweep_store.list_sweeps(connection, limit=500)]


def test_an_old_log_goes_and_the_record_of_the_run_stays(past: Past) -> None:
    card = factories.create_card(past.database)
    old, young = past.run(card, days=31, entries=2500), past.recent(2)
    report = past.sweeper.sweep(NOW)
    assert report is not None
    assert (report.removed_executions, report.removed_entries, report.waiting) == (1, 2500, None)
    assert report.freed_bytes >= 4096
    assert past.is_removed(old)
    assert past.now(old).log_removed_at == NOW
    assert all(past.is_whole(execution) for execution in young)
    assert replace(past.now(old), log_removed_at=None) == old
    assert _reports(past) == [report]


def test_a_sweep_that_has_nothing_to_do_changes_nothing_and_leaves_no_report(past: Past) -> None:
    young = past.recent(3)
    past.sweeper.sweep(NOW)
    assert all(past.is_whole(execution) for execution in young)
    assert _reports(past) == []


def test_pinned_cards_and_projects_that_keep_longer_keep_their_logs(past: Past) -> None:
    pinned, long, short, ever = (factories.create_card(past.database) for _ in range(4))
    past.pin(pinned)
    past.keep(long.project_id, 60)
    past.keep(short.project_id, 2)
    past.keep(ever.project_id, 0)
    runs = {name: past.run(card, days=40) for name, card in (("pinned", pinned), ("long", long), ("ever", ever))}
    gone = past.run(short, days=3)
    past.recent(3)
    past.sweeper.sweep(NOW)
    assert [name for name, run in runs.items() if not past.is_whole(run)] == []
    assert past.is_removed(gone)
    past.sweeper.sweep(NOW + timedelta(days=21))
    assert past.is_removed(runs["long"])
    assert past.is_whole(runs["pinned"])
    assert past.is_whole(runs["ever"])


def test_what_goes_on_is_never_touched_nor_is_the_run_whose_session_it_goes_on_in(past: Past) -> None:
    card, other = factories.create_card(past.database), factories.create_card(past.database)
    earlier = past.run(card, days=90)
    resumed, _ = past.database.write(
        lambda connection: service.start(
            connection,
            card_id=card.id,
            command=earlier.command,
            agent=earlier.agent,
            prompt=None,
            idempotency_key=None,
            now=NOW - timedelta(days=80),
            resumes=earlier,
        )
    )
    goes_on = past.run(other, days=None)
    past.recent(4)
    _, carry_out = past.sweeper.begin(yes=True, now=NOW)
    carry_out()
    assert past.is_whole(earlier)
    assert past.is_whole(goes_on)
    ended = {"completed_at": NOW - timedelta(days=79), "duration": 1.0}
    past.database.write(lambda connection: store.move(connection, resumed.id, Status.CANCELLED, ended))
    past.sweeper.sweep(NOW)
    assert past.is_removed(earlier)


def test_a_run_directory_in_which_a_process_lives_stays_until_that_is_gone(past: Past) -> None:
    run = past.run(factories.create_card(past.database), days=40)
    past.recent(2)
    past.living = {run.public_id}
    past.sweeper.sweep(NOW)
    assert (past.settings.runs / run.public_id / "out.jsonl").exists()
    past.living = frozenset()
    past.sweeper.sweep(NOW)
    assert past.is_removed(run)


class TestClockJump:
    def test_a_sweep_that_would_remove_more_than_half_removes_nothing_and_says_so(
        self, past: Past, caplog: pytest.LogCaptureFixture
    ) -> None:
        runs = past.recent(4)
        jumped = NOW + timedelta(days=365)
        report = past.sweeper.sweep(jumped)
        assert report is not None
        assert report.waiting == Waiting(due=4, kept=4)
        assert not report.did_something
        assert all(past.is_whole(run) for run in runs)
        assert "retoma prune --yes" in caplog.text
        assert _reports(past) == [report]
        past.sweeper.sweep(jumped + timedelta(minutes=5))
        assert _reports(past) == [report], "said once"
        assert caplog.text.count("retoma prune --yes") == 1

    def test_it_goes_on_when_the_clock_is_right_again(self, past: Past) -> None:
        old, young = past.run(factories.create_card(past.database), days=31), past.recent(3)
        past.sweeper.sweep(NOW + timedelta(days=365))
        past.sweeper.sweep(NOW)
        assert past.is_removed(old)
        assert all(past.is_whole(run) for run in young)
        assert _reports(past)[0].waiting is None

    def test_the_page_is_told_that_it_waits_no_more_also_where_nothing_is_removed(self, past: Past) -> None:
        past.recent(3)
        past.sweeper.sweep(NOW + timedelta(days=365))
        past.sweeper.sweep(NOW)
        assert [report.waiting for report in _reports(past)] == [None, Waiting(due=3, kept=3)]

    def test_a_person_who_says_yes_is_believed_and_one_who_does_not_is_told_the_figures(self, past: Past) -> None:
        runs = past.recent(4)
        with pytest.raises(ConflictError, match=r"4 of 4 logs .* more than half"):
            past.sweeper.begin(yes=False, now=NOW + timedelta(days=365))
        assert all(past.is_whole(run) for run in runs)
        _, carry_out = past.sweeper.begin(yes=True, now=NOW + timedelta(days=365))
        assert carry_out().removed_executions == 4
        assert all(past.is_removed(run) for run in runs)

    def test_half_is_not_more_than_half(self, past: Past) -> None:
        old, young = past.run(factories.create_card(past.database), days=31), past.recent(1)
        past.sweeper.sweep(NOW)
        assert past.is_removed(old)
        assert past.is_whole(young[0])


def test_two_sweeps_at_once_do_no_harm(past: Past) -> None:
    """One of another process comes between the steps of the first."""
    runs = [past.run(factories.create_card(past.database), days=40, entries=1500) for _ in range(6)]
    past.recent(7)
    other = past.new_sweeper()
    first = iter(_steps(past))
    next(first)
    report = other.sweep(NOW)
    assert report is not None
    for _ in first:
        pass
    assert all(past.is_removed(run) for run in runs)


def _steps(past: Past) -> Iterator[tuple[int, int]]:
    cutoffs = past.sweeper.due(NOW).cutoffs
    yield from remove_due_logs(past.database, Feed(past.database), cutoffs, NOW, lambda: True)


def test_a_person_who_asks_while_a_sweep_goes_on_has_theirs_behind_it(past: Past) -> None:
    past.recent(1)
    _, carry_out = past.sweeper.begin(yes=False, now=NOW)
    with ThreadPoolExecutor() as persons:
        second = persons.submit(past.sweeper.begin, yes=False, now=NOW)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.1)
        carry_out()
        second.result(timeout=4)[1]()


def test_a_second_sweep_of_the_same_process_does_not_begin(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retoma.retention.sweep._PATIENCE_SECONDS", 0.1)
    past.recent(1)
    _, carry_out = past.sweeper.begin(yes=False, now=NOW)
    assert past.sweeper.sweep(NOW) is None
    with pytest.raises(ConflictError):
        past.sweeper.begin(yes=True, now=NOW)
    carry_out()
    past.sweeper.begin(yes=False, now=NOW)[1]()


def test_a_sweep_that_is_stopped_ends_after_its_step_and_the_next_one_goes_on(past: Past) -> None:
    runs = [past.run(factories.create_card(past.database), days=40, entries=1500) for _ in range(3)]
    past.recent(4)
    past.sweeper.stop()
    past.sweeper.sweep(NOW)
    assert all(past.is_whole(run) for run in runs)
    past.new_sweeper().sweep(NOW)
    assert all(past.is_removed(run) for run in runs)


def test_of_all_reports_the_last_two_hundred_are_kept(database: Database, past: Past) -> None:
    for index in range(203):
        sweep = Sweep(worker="w", started_at=NOW + timedelta(hours=index))
        database.write(partial(sweep_store.insert_sweep, sweep=sweep))
    reports = _reports(past)
    assert len(reports) == 200
    assert reports[-1].started_at == NOW + timedelta(hours=3)


def test_a_sweep_seals_what_has_cooled_and_removes_what_is_sealed(database: Database, past: Past) -> None:
    past.settings = past.settings.model_copy(update={"seal_after": 3600.0})
    old, young = past.run(factories.create_card(database), days=1, entries=2300), past.recent(2)
    report = past.new_sweeper().sweep(NOW)
    assert report is not None
    assert (report.sealed_executions, report.sealed_entries, report.removed_executions) == (3, 2306, 0)
    assert past.is_whole(old)
    past.keep(_project_of(past, old), 1)
    report = past.new_sweeper().sweep(NOW + timedelta(minutes=1))
    assert report is not None
    assert (report.sealed_executions, report.removed_executions, report.removed_entries) == (0, 1, 2300)
    assert past.is_removed(old)
    assert all(past.is_whole(execution) for execution in young)


def _project_of(past: Past, execution: Execution) -> str:
    with past.database.read() as connection:
        return cards.get_card(connection, execution.card_id).project_id
