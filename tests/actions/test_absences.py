"""Saying when somebody is away."""

from datetime import datetime, timedelta

import pytest

from cases.actions.absences import Away, end_absence, plan_absence
from cases.errors import NotAllowedError, RuleError
from cases.models import Absence, User

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def a_week(now: datetime, **other: object) -> Away:
    return Away(**{"start": now, "end": now + 7 * DAY, "substitute": None, **other})  # type: ignore[arg-type]


def test_one_says_it_of_oneself_and_a_manager_of_anybody(
    agent: User, teammate: User, manager: User, now: datetime
) -> None:
    own = plan_absence(user=agent, away=a_week(now, substitute=teammate), actor=agent, now=now)
    assert own.substitute == teammate
    assert plan_absence(user=teammate, away=a_week(now), actor=manager, now=now).user == teammate


def test_a_colleague_does_not_say_it_of_another(agent: User, teammate: User, now: datetime) -> None:
    with pytest.raises(NotAllowedError, match="Only Tom Reyes or a manager"):
        plan_absence(user=teammate, away=a_week(now), actor=agent, now=now)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"end": timedelta(0)}, "after the beginning"),
        ({"start": -9 * DAY, "end": -DAY}, "over already"),
        ({"end": 400 * DAY}, "A year is the most"),
    ],
)
def test_a_time_that_makes_no_sense(agent: User, now: datetime, other: dict[str, timedelta], sentence: str) -> None:
    moments = {name: now + span for name, span in other.items()}
    with pytest.raises(RuleError, match=sentence):
        plan_absence(user=agent, away=a_week(now, **moments), actor=agent, now=now)


def test_nobody_stands_in_for_themselves_and_nobody_who_left(agent: User, teammate: User, now: datetime) -> None:
    with pytest.raises(RuleError, match="stand in for themselves"):
        plan_absence(user=agent, away=a_week(now, substitute=agent), actor=agent, now=now)
    teammate.is_active = False
    with pytest.raises(RuleError, match="does not work here any more"):
        plan_absence(user=agent, away=a_week(now, substitute=teammate), actor=agent, now=now)


def test_two_absences_at_the_same_time(agent: User, now: datetime) -> None:
    plan_absence(user=agent, away=a_week(now), actor=agent, now=now)
    with pytest.raises(RuleError, match="in that time already"):
        plan_absence(user=agent, away=a_week(now, start=now + 6 * DAY), actor=agent, now=now)


def test_back_early_and_not_away_after_all(agent: User, now: datetime) -> None:
    running = plan_absence(user=agent, away=a_week(now), actor=agent, now=now)
    end_absence(absence=running, actor=agent, now=now + DAY)
    assert Absence.objects.get().end == now + DAY
    coming = plan_absence(user=agent, away=a_week(now, start=now + 3 * DAY), actor=agent, now=now + DAY)
    end_absence(absence=coming, actor=agent, now=now + DAY)
    assert Absence.objects.count() == 1
    with pytest.raises(RuleError, match="over already"):
        end_absence(absence=Absence.objects.get(), actor=agent, now=now + DAY)
