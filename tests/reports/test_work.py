"""My work."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from cases.actions import handling, learning
from cases.actions.learning import Plan
from cases.models import Case, Team, User
from cases.reports import work as report
from cases.reports.filters import CaseFilter, Status
from cases.reports.own import own_figures
from cases.reports.work import AlsoOwed, Scope, Urgency, Work, my_work
from cases.rules.vocabulary import (
    CommitmentKind,
    Direction,
    PauseKind,
    PreventionKind,
    Reached,
    Severity,
    StepKind,
)
from tests.conftest import Log
from tests.reports.recovery import (
    DAY,
    HOUR,
    MINUTE,
    acknowledge,
    another_customer,
    apologize,
    contact,
    promise,
    propose,
    recover,
    until_confirm,
)

pytestmark = pytest.mark.django_db


def shown(work: Work) -> dict[Urgency, list[str]]:
    return {group.urgency: [row.title for row in group.rows] for group in work.groups if group.rows}


def logged(log: Log, title: str, at: datetime, **words: object) -> Case:
    return log(title=title, at=at, whom=another_customer(title, at), **words)


def test_what_is_owed_stands_by_the_days_of_the_person(log: Log, agent: User, now: datetime) -> None:
    logged(log, "Late", now - 7 * HOUR, severity=Severity.CRITICAL)
    logged(log, "Today", now)
    logged(log, "Tomorrow", now, severity=Severity.MINOR)
    acknowledge(logged(log, "Next week", now - 10 * MINUTE), agent, now - 9 * MINUTE)
    apologize(Case.objects.get(title="Next week"), agent, now - 8 * MINUTE)
    work = my_work(agent, now=now + MINUTE)
    assert shown(work) == {
        Urgency.OVERDUE: ["Late"],
        Urgency.TODAY: ["Today"],
        Urgency.WEEK: ["Tomorrow", "Next week"],
    }
    assert shown(my_work(agent, now=now - timedelta(days=3)))[Urgency.LATER][0] == "Late"


def test_today_ends_at_midnight_of_the_persons_own_zone(log: Log, agent: User, now: datetime) -> None:
    at = datetime(2025, 9, 15, 21, 0, tzinfo=UTC)
    acknowledge(log(at=at, severity=Severity.CRITICAL), agent, at)  # next: apologize, by 23:00
    agent.time_zone = "Europe/Berlin"
    assert list(shown(my_work(agent, now=at))) == [Urgency.WEEK]
    agent.time_zone = "Asia/Tokyo"
    assert list(shown(my_work(agent, now=at))) == [Urgency.TODAY]


def test_one_neglected_case_is_one_row_with_what_else_is_late(log: Log, agent: User, now: datetime) -> None:
    log(severity=Severity.CRITICAL)
    (row,) = my_work(agent, now=now + 3 * HOUR).group(Urgency.OVERDUE).rows
    assert (row.step, row.verb, row.due_at, row.is_late) == (
        StepKind.ACKNOWLEDGE,
        "Acknowledge",
        now + 30 * MINUTE,
        True,
    )
    assert row.also == (AlsoOwed(StepKind.APOLOGIZE, now + 2 * HOUR),)


def test_the_next_thing_to_do_is_the_one_that_is_due_first(log: Log, agent: User, now: datetime) -> None:
    case = log()
    acknowledge(case, agent, now)
    promise(case, agent, now, now + HOUR, step=StepKind.CORRECT)
    (row,) = my_work(agent, now=now).group(Urgency.TODAY).rows
    assert (row.step, row.verb, row.due_at) == (StepKind.CORRECT, "Record fix", now + HOUR)
    assert [owed.step for owed in row.also] == [StepKind.APOLOGIZE]


def test_a_settled_step_is_owed_no_more(log: Log, agent: User, now: datetime) -> None:
    until_confirm(log(), agent, now)
    (row,) = my_work(agent, now=now + HOUR).group(Urgency.WEEK).rows
    assert (row.step, row.also) == (StepKind.CONFIRM, ())


def test_a_closed_case_is_owed_no_more(log: Log, agent: User, now: datetime) -> None:
    recover(log(), agent, now + HOUR)
    assert shown(my_work(agent, now=now + 60 * DAY)) == {}


def test_the_line_below_says_why_it_presses(log: Log, agent: User, now: datetime) -> None:
    case = log()
    for minutes in (1, 2):
        contact(case, agent, now + minutes * MINUTE, Direction.IN)
    propose(case, agent, now + 4 * MINUTE, amount=80)
    (row,) = my_work(agent, now=now + 5 * MINUTE).group(Urgency.TODAY).rows
    assert row.why == "third contact today, waiting for approval, 80 USD"


def test_the_manager_who_is_told_next_stands_on_the_group(log: Log, agent: User, manager: User, now: datetime) -> None:
    log()
    group = my_work(agent, now=now + 5 * HOUR).group(Urgency.OVERDUE)
    assert group.next_escalation is not None
    assert group.next_escalation.escalates_to == "Priya Shah"
    assert group.next_escalation.escalates_at == now + DAY + 4 * HOUR


def test_promises_stand_beside_and_a_broken_one_is_still_owed(log: Log, agent: User, now: datetime) -> None:
    case = log()
    promise(case, agent, now, now + 3 * HOUR)
    promise(case, agent, now, now + HOUR)
    work = my_work(agent, now=now + 2 * HOUR)
    assert [(row.due_at, row.is_late) for row in work.promises] == [(now + HOUR, True), (now + 3 * HOUR, False)]
    assert (work.promised, work.promises[0].customer) == (2, "Grace Whitlock")


def test_a_case_that_waits_for_the_customer_is_shown_until_it_wakes(log: Log, agent: User, now: datetime) -> None:
    until = now + 2 * DAY
    handling.pause(case=log(), question="Which address?", until=until, actor=agent, now=now, kind=PauseKind.CUSTOMER)
    assert [row.question for row in my_work(agent, now=now + DAY).waiting] == ["Which address?"]
    assert my_work(agent, now=until).waiting == ()


def test_a_prevention_action_falls_overdue_like_everything_else(log: Log, agent: User, now: datetime) -> None:
    case = logged(log, "Parcel", now)
    plan = Plan(kind=PreventionKind.PROCESS, change="Two people read the label", owner=agent, due_at=now + HOUR)
    learning.plan_prevention(incident=case.incident, plan=plan, actor=agent, now=now)
    (row,) = my_work(agent, now=now + 2 * HOUR).group(Urgency.OVERDUE).rows
    assert (row.kind, row.title, row.reference) == (
        CommitmentKind.PREVENTION,
        "Two people read the label",
        case.incident.reference,
    )
    assert my_work(agent, now=now + 2 * HOUR).group(Urgency.OVERDUE).total == 1


def test_scopes_are_mine_my_teams_and_nobodys(log: Log, agent: User, teammate: User, now: datetime) -> None:
    logged(log, "Mine", now)
    logged(log, "Tom's", now, owner=teammate)
    logged(log, "Nobody's", now, owner=None)
    found = {scope: shown(my_work(agent, now=now, scope=scope))[Urgency.TODAY] for scope in Scope}
    assert found == {
        Scope.MINE: ["Mine"],
        Scope.TEAM: ["Mine", "Tom's", "Nobody's"],
        Scope.UNASSIGNED: ["Nobody's"],
    }
    assert my_work(agent, now=now).counts == {Scope.MINE: 1, Scope.TEAM: 3, Scope.UNASSIGNED: 1}


def test_another_teams_work_is_not_shown(log: Log, outsider: User, now: datetime) -> None:
    promise(log(owner=None), User.objects.get(name="Maya Osei"), now, now + HOUR)
    for scope in Scope:
        work = my_work(outsider, now=now + DAY, scope=scope)
        assert (shown(work), work.promises, work.counts[scope]) == ({}, (), 0)


def test_a_manager_answers_for_the_teams_they_manage_or_for_all(
    log: Log, manager: User, administrator: User, team: Team, now: datetime
) -> None:
    logged(log, "Support's", now)
    logged(log, "Of no team", now, team=None)
    manager.teams.clear()
    assert shown(my_work(manager, now=now, scope=Scope.TEAM))[Urgency.TODAY] == ["Support's"]
    administrator.teams.clear()
    assert len(shown(my_work(administrator, now=now, scope=Scope.TEAM))[Urgency.TODAY]) == 2


def test_a_group_shows_the_first_and_counts_all(
    log: Log, agent: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PER_GROUP", 1)
    logged(log, "First", now - MINUTE)
    logged(log, "Second", now)
    group = my_work(agent, now=now).group(Urgency.TODAY)
    assert ([row.title for row in group.rows], group.total) == (["First"], 2)


def test_overdue_counts_what_the_list_behind_it_shows(log: Log, agent: User, now: datetime) -> None:
    for number in range(3):
        logged(log, f"{number}", now + number * HOUR)
    later = now + 5 * HOUR
    listed = CaseFilter(status=Status.OPEN, owner=agent.public_id, overdue=True)
    found = listed.apply(Case.objects.visible_to(agent), now=later, zone=agent.zone)
    assert my_work(agent, now=later).group(Urgency.OVERDUE).total == found.count() == 1


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("number", [1, 20])
def test_my_work_takes_nine_queries_whatever_is_owed(
    number: int,
    scope: Scope,
    log: Log,
    agent: User,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = None if scope is Scope.UNASSIGNED else agent
    for _ in range(number):
        promise(log(owner=owner), agent, now, now + HOUR)
    with django_assert_num_queries(9):
        my_work(agent, now=now, scope=scope)


def test_own_figures_are_of_the_last_thirty_days(log: Log, agent: User, now: datetime) -> None:
    case = logged(log, "On time", now)
    recover(case, agent, now + HOUR, score=4)
    acknowledge(logged(log, "Late", now), agent, now + 5 * HOUR)
    figures = own_figures(agent, now=now + 5 * HOUR)
    assert (figures.on_time.part, figures.on_time.whole) == (6, 7)
    assert (figures.satisfaction.value, figures.acknowledged_in.n) == (4.0, 2)
    assert figures.acknowledged_in.median == (30 + 300) / 2
    assert own_figures(agent, now=now + 40 * DAY).on_time.whole == 0


def test_a_voicemail_acknowledges_nothing(log: Log, agent: User, now: datetime) -> None:
    contact(log(), agent, now + MINUTE, reached=Reached.VOICEMAIL)
    assert own_figures(agent, now=now + HOUR).acknowledged_in.n == 0
    assert str(own_figures(agent, now=now + HOUR).on_time) == "–"
