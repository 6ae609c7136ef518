"""The invented organization: something to see on every screen, and a past that mails nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from cases.demo.load import load_demo
from cases.demo.sign_ins import SIGN_INS
from cases.mail.outbox import queued
from cases.models import (
    Approval,
    Case,
    Compensation,
    Event,
    Message,
    Pause,
    PreventionAction,
    Promise,
    Reminder,
    SatisfactionCheck,
    Step,
    User,
)
from cases.reminders.sweep import sweep
from cases.rules.closing import CHOOSABLE
from cases.rules.vocabulary import (
    Answer,
    ApprovalStatus,
    CheckStatus,
    CompensationNature,
    CompensationStatus,
    MessageStatus,
    PreventionStatus,
    Priority,
    PromiseStatus,
    Role,
    Rung,
    StepKind,
    StepStatus,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 12, 2, 19, 0, tzinfo=UTC)
"""A Tuesday at 14:00 in New York."""

announced: list[object] = []


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once, because it takes a while, and undone at the end."""
    queued.connect(announced.append, dispatch_uid="heard by the demo's test")
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(now=NOW, zone="America/New_York", country="US", currency="USD")
        yield
        transaction.set_rollback(True)
    queued.disconnect(dispatch_uid="heard by the demo's test")


def test_every_step_has_somebody_waiting_and_some_wait_too_long() -> None:
    waiting = Case.objects.open().values_list("current_step", flat=True)
    assert set(StepKind) <= set(waiting)
    late = Step.objects.unsettled().filter(due_at__lt=NOW).values_list("kind", flat=True)
    assert {StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE, StepKind.CORRECT, StepKind.CONFIRM} <= set(late)


def test_some_are_due_today_some_this_week_and_some_are_nobodys() -> None:
    due = list(Case.objects.open().exclude(next_due_at=None).values_list("next_due_at", flat=True))
    hours = [(moment - NOW).total_seconds() / 3600 for moment in due if moment is not None]
    assert any(0 < each < 3 for each in hours)
    assert any(24 < each < 24 * 5 for each in hours)
    assert any(-1 < each < 0 for each in hours)
    assert any(each < -24 for each in hours)
    assert Case.objects.open().filter(owner=None).count() >= 2


def test_everything_that_a_case_can_be_in_is_there() -> None:
    open_cases = Case.objects.open()
    assert open_cases.filter(priority=Priority.ESCALATED).exists()
    assert open_cases.filter(round=2).count() >= 2
    assert open_cases.filter(reopened_at__isnull=False).exists()
    assert Pause.objects.filter(ended_at=None, until__gt=NOW).count() >= 3
    assert Approval.objects.filter(status=ApprovalStatus.ASKED).count() >= 3
    assert SatisfactionCheck.objects.filter(status=CheckStatus.ASKED).exists()
    assert SatisfactionCheck.objects.filter(answer=Answer.NOT_SATISFIED, by_customer=True).exists()


def test_promises_and_compensations_are_in_every_state() -> None:
    promises = set(Promise.objects.values_list("status", flat=True))
    assert {PromiseStatus.OPEN, PromiseStatus.KEPT, PromiseStatus.BROKEN} <= promises
    assert Promise.objects.filter(revisions__isnull=False).exists()
    given = set(Compensation.objects.values_list("status", flat=True))
    wanted = {"PROPOSED", "DECLINED", "OFFERED", "ISSUED"}
    assert {CompensationStatus[name] for name in wanted} <= given
    assert set(CompensationNature) == set(Compensation.objects.values_list("nature", flat=True))


def test_causes_repeat_and_what_is_changed_is_planned_done_verified_or_late() -> None:
    causes = list(Case.objects.exclude(incident__cause=None).values_list("incident__cause", flat=True))
    assert max(causes.count(cause) for cause in causes) >= 5
    states = set(PreventionAction.objects.values_list("status", flat=True))
    assert {PreventionStatus.PLANNED, PreventionStatus.DONE, PreventionStatus.VERIFIED} <= states
    assert PreventionAction.objects.overdue(NOW).exists()
    assert Case.objects.filter(incident__title__startswith="Internet").values("incident").distinct().count() > 1


def test_cases_ended_in_every_way() -> None:
    outcomes = set(Case.objects.closed().values_list("outcome", flat=True))
    assert outcomes == set(CHOOSABLE)


def test_customers_are_happier_of_late_than_at_first() -> None:
    scores = list(SatisfactionCheck.objects.exclude(score=None).order_by("answered_at").values_list("score", flat=True))
    early, late = scores[: len(scores) // 3], scores[-len(scores) // 3 :]
    assert len(scores) > 30
    assert sum(score or 0 for score in late) / len(late) > sum(score or 0 for score in early) / len(early) + 0.5


def test_names_come_from_many_places() -> None:
    names = "".join(Case.objects.values_list("customer__name", flat=True))
    assert all(letter in names for letter in "王Мأ田김דआΠ🌻")


def test_references_are_given_in_the_order_of_time_and_nothing_lies_in_the_future() -> None:
    logged = list(Case.objects.order_by("pk").values_list("logged_at", flat=True))
    assert len(logged) >= 65
    assert logged == sorted(logged)
    assert not Event.objects.filter(at__gt=NOW).exists()
    assert not Step.objects.exclude(status=StepStatus.PENDING).filter(settled_at__gt=NOW).exists()


def test_the_past_was_mailed_nowhere_and_announced_to_nobody(mailoutbox: list[EmailMultiAlternatives]) -> None:
    assert mailoutbox == []
    assert announced == []
    assert Message.objects.filter(status=MessageStatus.SENT).count() > 100
    assert not Message.objects.filter(status=MessageStatus.QUEUED).exists()


def test_the_first_sweep_sends_a_handful_about_what_fell_due_of_late(mailoutbox: list[EmailMultiAlternatives]) -> None:
    last = Reminder.objects.order_by("-pk").values_list("pk", flat=True)[0]
    tally = sweep(NOW)
    due = list(
        Reminder.objects.filter(pk__gt=last, rung__in=(Rung.DUE, Rung.OVERDUE), message__isnull=False).values_list(
            "due_at", flat=True
        )
    )
    assert 1 <= tally.mails <= len(mailoutbox) <= 10
    assert all(NOW - timedelta(hours=4) < moment < NOW for moment in due)


@pytest.mark.parametrize(("email", "password"), SIGN_INS.items())
def test_whoever_is_printed_can_sign_in(email: str, password: str) -> None:
    user = authenticate(email=email, username=email, password=password)
    assert isinstance(user, User)
    assert {User.objects.get(email=each).role for each in SIGN_INS} == set(Role)


def test_a_database_with_cases_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = Case.objects.count()
    call_command("demo", "--if-empty")
    assert capsys.readouterr().out == ""
    with pytest.raises(CommandError, match="fills an empty database only"):
        call_command("demo")
    assert Case.objects.count() == before


@pytest.mark.django_db
def test_a_site_that_is_no_demo_gets_no_passwords_that_everybody_knows(settings: Settings) -> None:
    settings.AMENDS_DEMO = False
    people = User.objects.count()
    with pytest.raises(CommandError, match="AMENDS_DEMO=on"):
        call_command("demo")
    assert User.objects.count() == people
