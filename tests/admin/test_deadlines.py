"""Deadlines and limits at the settings pages: versions are added and never changed, and each makes sense."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from cases.models import AuthorityLimit, Compensation, DeadlinePolicy, User
from cases.rules.ladder import DEFAULT_LADDERS
from cases.rules.vocabulary import ClockKind, Role, Severity, StepKind
from tests.conftest import Log
from tests.reports.recovery import another_customer, propose

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ADD = reverse("admin:cases_deadlinepolicy_add")
ROWS = [(severity, kind) for severity in Severity for kind in StepKind]


def version(policy: DeadlinePolicy, **words: str) -> dict[str, str]:
    """The form of a new version as it is drawn, with some fields filled in differently."""
    form = {"version": str(policy.version), "name": "Faster", "raise_grace_minutes": "60", "make_safe_minutes": "240"}
    form |= {"promise_escalation_minutes": "60", "prevention_escalation_minutes": "480"}
    form |= {f"silence_{severity}": "480" for severity in Severity}
    form |= {"targets-TOTAL_FORMS": str(len(ROWS)), "targets-INITIAL_FORMS": "0"}
    kept = {(row.severity, row.step): row for row in policy.targets.all()}
    for number, key in enumerate(ROWS):
        form[f"targets-{number}-minutes"] = str(kept[key].minutes)
        form[f"targets-{number}-clock"] = kept[key].clock
        form[f"targets-{number}-escalation_minutes"] = str(kept[key].escalation_minutes)
    form |= {"ladders-TOTAL_FORMS": str(len(DEFAULT_LADDERS)), "ladders-INITIAL_FORMS": "0"}
    for number, ladder in enumerate(DEFAULT_LADDERS.values()):
        typed = {name: "on" if value is True else str(value) for name, value in asdict(ladder).items() if value}
        form |= {f"ladders-{number}-{name}": value for name, value in typed.items()}
    return {**form, **words}


def test_a_new_version_begins_as_a_copy_of_the_newest(desk: Client) -> None:
    page = desk.get(ADD).content.decode()

    assert page.count("selected disabled") == 0
    assert 'name="targets-23-minutes"' in page
    assert 'name="targets-24-minutes"' not in page
    assert 'name="targets-0-minutes" value="480"' in page


def test_a_new_version_is_in_force_for_new_cases_and_old_ones_keep_theirs(desk: Client, log: Log) -> None:
    old = log()

    desk.post(ADD, version(old.policy, **{"targets-6-minutes": "90", "targets-6-clock": "clock"}))

    newest = DeadlinePolicy.objects.get(version=2)
    target = newest.targets.get(severity=Severity.MODERATE, step=StepKind.ACKNOWLEDGE)
    assert (target.minutes, target.clock) == (90, ClockKind.CLOCK)
    assert newest.targets.count() == len(ROWS)
    old.refresh_from_db()
    assert old.policy.version == 1
    assert log().policy == newest
    assert LogEntry.objects.get().object_repr == "Faster, version 2"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("targets-6-minutes", "0", "Give it at least one minute."),
        ("targets-6-minutes", "-5", "Give it at least one minute."),
        ("targets-6-minutes", "9999999", "A year is the most that can be given"),
        ("targets-6-minutes", "", "This field is required."),
        ("raise_grace_minutes", "0", "Give it at least one minute."),
        ("name", " ", "This field is required."),
        ("silence_major", "0", "Give it at least one minute."),
        ("ladders-1-early_percent", "90", "has to come before"),
        ("ladders-1-soon_percent", "0", "from 1 to 99"),
        ("ladders-1-overdue_minutes", "0", "Give it at least one minute."),
        ("ladders-1-again_minutes", "-60", "greater than or equal to 0"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(
    desk: Client, log: Log, field: str, value: str, sentence: str
) -> None:
    answer = desk.post(ADD, version(log().policy, **{field: value}))

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert DeadlinePolicy.objects.count() == 1


def test_a_rung_is_switched_off_by_leaving_it_empty(desk: Client, log: Log) -> None:
    desk.post(ADD, version(log().policy, **{"ladders-1-early_percent": "", "ladders-1-again_minutes": "120"}))

    kind, severity = list(DEFAULT_LADDERS)[1]
    ladder = DeadlinePolicy.objects.get(version=2).ladders.get(kind=kind, severity=severity)
    assert (ladder.early_percent, ladder.soon_percent, ladder.again_minutes) == (None, 80, 120)


def test_which_target_a_row_is_cannot_be_forged(desk: Client, log: Log) -> None:
    desk.post(ADD, version(log().policy, **{"targets-0-severity": "critical", "targets-0-step": "confirm"}))

    assert DeadlinePolicy.objects.get(version=2).targets.filter(step=StepKind.CONFIRM).count() == len(Severity)


def test_a_version_can_be_looked_at_and_neither_changed_nor_deleted(desk: Client, log: Log) -> None:
    policy = log().policy
    page = reverse("admin:cases_deadlinepolicy_change", args=(policy.pk,))

    assert desk.get(page).status_code == 200
    assert desk.post(page, version(policy)).status_code == 403
    assert desk.post(reverse("admin:cases_deadlinepolicy_delete", args=(policy.pk,))).status_code == 403


def test_a_limit_is_changed_and_the_change_is_logged(desk: Client) -> None:
    limit = AuthorityLimit.objects.get(role=Role.AGENT, severity=Severity.MINOR)
    form = {"role": "agent", "severity": "minor", "amount": "40", "currency": " usd", "version": "1"}

    desk.post(reverse("admin:cases_authoritylimit_change", args=(limit.pk,)), form)

    limit.refresh_from_db()
    assert (limit.amount, limit.currency) == (Decimal(40), "USD")
    assert LogEntry.objects.get().get_change_message() == "Changed Amount and Currency."


def test_a_lower_limit_asks_somebody_else_what_waits_and_so_does_none(
    desk: Client, log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    other = log(whom=another_customer("Ada", now))
    asked, more = propose(log(), agent, now, amount=260), propose(other, agent, now, amount=180)
    limit = AuthorityLimit.objects.get(role=Role.MANAGER, severity=Severity.MODERATE)
    form = {"role": "manager", "severity": "moderate", "amount": "200", "currency": "USD", "version": "1"}

    desk.post(reverse("admin:cases_authoritylimit_change", args=(limit.pk,)), form)
    assert [Compensation.objects.get(pk=one.pk).asked_to for one in (asked, more)] == [administrator, manager]
    desk.post(reverse("admin:cases_authoritylimit_delete", args=(limit.pk,)), {"post": "yes"})
    assert Compensation.objects.get(pk=more.pk).asked_to == administrator


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"amount": "-1"}, "Ensure this value is greater than or equal to 0"),
        ({"amount": "123456789.00"}, "Amounts go up to 9,999,999.99. Check the number of digits."),
        ({"currency": "$"}, "Write the currency as its three letters, such as USD."),
        ({"role": "administrator"}, "Select a valid choice."),
        ({"role": "agent"}, "Authority limit with this Role, Severity and Currency already exists."),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(desk: Client, words: dict[str, str], sentence: str) -> None:
    form = {"role": "manager", "severity": "minor", "amount": "5", "currency": "USD", **words}

    answer = desk.post(reverse("admin:cases_authoritylimit_add"), form)

    assert sentence in answer.content.decode()
    assert AuthorityLimit.objects.count() == 8
