"""The director: many scripts on one clock."""

from datetime import UTC, datetime, timedelta

from cases.demo.stage import Director, Script

START = datetime(2025, 9, 15, 14, 0, tzinfo=UTC)


def hours(seen: list[str], name: str, *after: int) -> Script:
    for hour in after:
        now = yield START + timedelta(hours=hour)
        seen.append(f"{name} at {(now - START) // timedelta(hours=1)}")


def test_deeds_of_several_scripts_come_in_the_order_of_time() -> None:
    seen: list[str] = []
    director = Director()
    director.take(hours(seen, "one", 1, 4), hours(seen, "two", 2, 3))
    director.play(START + timedelta(hours=9))
    assert seen == ["one at 1", "two at 2", "two at 3", "one at 4"]


def test_it_stops_where_it_is_told_to_and_goes_on() -> None:
    seen: list[str] = []
    director = Director()
    director.take(hours(seen, "one", 1, 4))
    director.play(START + timedelta(hours=3))
    assert seen == ["one at 1"]
    director.play(START + timedelta(hours=4))
    assert seen == ["one at 1", "one at 4"]


def test_a_deed_that_was_meant_for_earlier_happens_now() -> None:
    seen: list[str] = []
    director = Director()
    director.take(hours(seen, "one", 5, 2))
    director.play(START + timedelta(hours=9))
    assert seen == ["one at 5", "one at 5"]


def test_something_may_be_done_after_each_deed() -> None:
    moments: list[datetime] = []
    director = Director(after_each=moments.append)
    director.take(hours([], "one", 1, 2))
    director.play(START + timedelta(hours=9))
    assert moments == [START + timedelta(hours=1), START + timedelta(hours=2)]
