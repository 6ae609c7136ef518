"""What stays in memory: loaded once, and again as soon as anybody has changed it."""

from collections.abc import Iterator
from itertools import count
from time import monotonic

import pytest
from django.core.cache import cache, caches
from redis.exceptions import ConnectionError as NoConnectionError

from cases.actions.remembered import forget, remembered


@pytest.fixture
def answers() -> Iterator[int]:
    """1, 2, 3: another number each time something is loaded."""
    return count(1)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The cache cannot be reached, until this is undone."""

    def refuse(*_: object, **__: object) -> None:
        raise NoConnectionError

    for name in ("get_or_set", "delete"):
        monkeypatch.setattr(type(caches["default"]), name, refuse)
    return monkeypatch


def test_a_second_question_loads_nothing(answers: Iterator[int]) -> None:
    assert [remembered("a", lambda: next(answers)) for _ in range(3)] == [1, 1, 1]


def test_what_was_forgotten_is_loaded_anew(answers: Iterator[int]) -> None:
    remembered("b", lambda: next(answers))
    forget("b")
    assert remembered("b", lambda: next(answers)) == 2


def test_what_another_process_forgot_is_loaded_anew_two_seconds_later(
    answers: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = monotonic()
    found = []
    for seconds in (0, 1, 2, 4, 5):
        if seconds == 2:
            cache.delete("c")
        monkeypatch.setattr("cases.actions.remembered.monotonic", lambda after=seconds: begun + after)
        found.append(remembered("c", lambda: next(answers)))
    assert found == [1, 1, 1, 2, 2]


def test_what_is_forgotten_while_it_is_loaded_is_loaded_again(answers: Iterator[int]) -> None:
    def slowly() -> int:
        forget("d")
        return next(answers)

    assert [remembered("d", slowly), remembered("d", lambda: next(answers))] == [1, 2]


def test_nothing_is_kept_where_loading_failed(answers: Iterator[int]) -> None:
    def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        remembered("e", fail)
    assert remembered("e", lambda: next(answers)) == 1


def test_a_cache_that_is_away_is_asked_every_other_second_and_holds_nobody_up(
    answers: Iterator[int], away: pytest.MonkeyPatch
) -> None:
    begun = monotonic()
    found = []
    for seconds in (0, 1, 3):
        away.setattr("cases.actions.remembered.monotonic", lambda after=seconds: begun + after)
        found.append(remembered("f", lambda: next(answers)))
    assert found == [1, 1, 2]


def test_what_was_loaded_without_the_cache_is_loaded_once_more_when_it_is_back(
    answers: Iterator[int], away: pytest.MonkeyPatch
) -> None:
    remembered("g", lambda: next(answers))
    away.undo()
    later = monotonic() + 3
    away.setattr("cases.actions.remembered.monotonic", lambda: later)
    assert [remembered("g", lambda: next(answers)) for _ in range(2)] == [2, 2]


def test_what_is_changed_without_the_cache_is_loaded_anew_here(
    answers: Iterator[int], away: pytest.MonkeyPatch
) -> None:
    remembered("h", lambda: next(answers))
    forget("h")
    assert remembered("h", lambda: next(answers)) == 2
