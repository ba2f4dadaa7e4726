"""Who says nothing more is lost, whatever any wall clock says."""

from datetime import timedelta

from retoma.core.clock import utc_now
from retoma.executions.lease import LeaseWatch


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _looks(watch: LeaseWatch, clock: Clock, values: dict[str, object], *, seconds: float) -> set[str]:
    """Look once a second with unchanged values; return what the last look says."""
    lost: set[str] = set()
    for _ in range(int(seconds)):
        clock.now += 1
        lost = watch.look(values)
    return lost


def test_who_says_nothing_for_the_lease_is_lost_and_not_before() -> None:
    clock = Clock()
    watch = LeaseWatch(20, clock)
    values: dict[str, object] = {"silent": utc_now(), "never-there": None}
    assert _looks(watch, clock, values, seconds=20) == set()
    assert _looks(watch, clock, values, seconds=1) == {"silent", "never-there"}


def test_any_new_word_is_a_sign_of_life_also_one_from_a_clock_that_jumped_back() -> None:
    clock = Clock()
    watch = LeaseWatch(20, clock)
    said = utc_now()
    for minutes in (0, -1, 1440, -1440, 1440):
        said += timedelta(minutes=minutes)
        assert _looks(watch, clock, {"a": said}, seconds=19) == set()


def test_who_was_away_itself_begins_to_watch_anew() -> None:
    clock = Clock()
    watch = LeaseWatch(20, clock)
    values: dict[str, object] = {"a": utc_now()}
    assert _looks(watch, clock, values, seconds=10) == set()
    clock.now += 3600  # suspended, as the other perhaps was
    assert watch.look(values) == set()
    assert _looks(watch, clock, values, seconds=19) == set()
    assert _looks(watch, clock, values, seconds=1) == {"a"}
