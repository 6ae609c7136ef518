"""What an organization starts with, and the versions of its deadlines."""

from dataclasses import replace
from datetime import time

import pytest

from cases.actions.defaults import Terms, add_calendar, add_policy, install_defaults
from cases.errors import NotAllowedError
from cases.models import AuthorityLimit, DeadlinePolicy, DeadlineTarget, User, WorkingCalendar
from cases.rules.policy import DEFAULT_TARGETS, Target
from cases.rules.vocabulary import ClockKind, Severity, StepKind
from tests.refusals import refused

pytestmark = pytest.mark.django_db

FASTER = Terms(
    name=" Faster ", targets={**DEFAULT_TARGETS, (Severity.MINOR, StepKind.CORRECT): Target(60, ClockKind.CLOCK)}
)


def test_the_set_up_can_run_twice_and_adds_nothing(db: None) -> None:
    for table in (WorkingCalendar, DeadlinePolicy, AuthorityLimit):
        table.objects.all().delete()
    for _ in range(2):
        install_defaults(zone="Europe/Berlin", country="DE", currency="EUR")

    assert WorkingCalendar.objects.get().zone == "Europe/Berlin"
    assert DeadlinePolicy.objects.get().targets.count() == 24
    assert AuthorityLimit.objects.count() == 8


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"zone": "Mars/Olympus"}, "is not a time zone"),
        ({"zone": "UTC", "country": "ZZ"}, "We know no public holidays"),
        ({"zone": "UTC", "week": {}}, "at least one weekday"),
        ({"zone": "UTC", "week": {0: (time(17), time(9))}}, "ends before it has begun"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_not_kept(db: None, words: dict[str, object], sentence: str) -> None:
    with pytest.raises(Exception, match=sentence):
        add_calendar(name="Odd", **words)  # type: ignore[arg-type]

    assert not WorkingCalendar.objects.filter(name="Odd").exists()


def test_a_new_version_follows_the_last(administrator: User) -> None:
    policy = add_policy(terms=replace(FASTER, raise_grace_minutes=30), actor=administrator)

    assert (policy.version, policy.name, policy.raise_grace_minutes) == (2, "Faster", 30)
    assert policy.targets.get(severity=Severity.MINOR, step=StepKind.CORRECT).minutes == 60
    assert policy.targets.get(severity=Severity.CRITICAL, step=StepKind.CORRECT).escalation_minutes == 30


def test_a_version_that_makes_no_sense_is_not_kept(administrator: User) -> None:
    missing = {key: target for key, target in DEFAULT_TARGETS.items() if key[1] is not StepKind.CONFIRM}
    for terms, words, field in (
        (replace(FASTER, targets=missing), "Say how much time “Confirm” gets when a case is minor", ""),
        (replace(FASTER, name=" "), "Give this version a name", "name"),
        (replace(FASTER, raise_grace_minutes=0), "at least one minute", "raise_grace_minutes"),
        (replace(FASTER, make_safe_minutes=0), "at least one minute", "make_safe_minutes"),
    ):
        with refused(words, field=field):
            add_policy(terms=terms, actor=administrator)

    assert DeadlineTarget.objects.count() == 24


def test_only_an_administrator_adds_a_version(manager: User) -> None:
    with refused("does not let you change the settings", by=NotAllowedError):
        add_policy(terms=FASTER, actor=manager)
