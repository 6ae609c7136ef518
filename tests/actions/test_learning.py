"""Why it happened and what is changed: planned by a date, done, and seen to work by somebody else."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions.learning import (
    Finding,
    Plan,
    add_cause,
    drop_prevention,
    finish_prevention,
    move_prevention,
    plan_prevention,
    set_cause,
    verify_prevention,
)
from cases.errors import NotAllowedError
from cases.models import Cause, Event, Incident, PreventionAction, User
from cases.rules.vocabulary import CauseStatus, EventKind, FaultParty, PreventionKind, PreventionStatus
from tests.conftest import Log
from tests.refusals import refused

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def incident(log: Log) -> Incident:
    return log().incident


@pytest.fixture
def plan(agent: User, now: datetime) -> Plan:
    return Plan(kind=PreventionKind.PROCESS, change="Packers count twice.", owner=agent, due_at=now + 7 * DAY)


@pytest.fixture
def action(incident: Incident, plan: Plan, agent: User, now: datetime) -> PreventionAction:
    return plan_prevention(incident=incident, plan=plan, actor=agent, now=now)


def test_whoever_sees_to_a_change_must_be_able_to_open_it(
    incident: Incident, plan: Plan, agent: User, outsider: User, now: datetime
) -> None:
    with refused("Omar Haddad is in none of the teams of these cases", field="owner"):
        plan_prevention(incident=incident, plan=replace(plan, owner=outsider), actor=agent, now=now)


def test_a_cause_is_named_as_surely_as_it_is_known(incident: Incident, agent: User, now: datetime) -> None:
    cause = add_cause(name=" Address entry ", actor=agent)
    finding = Finding(cause=cause, status=CauseStatus.CONFIRMED, fault_party=FaultParty.US, note="Two fields")

    with refused("Choose a cause, or leave it", field="cause"):
        set_cause(incident=incident, finding=replace(finding, cause=None), actor=agent, now=now)
    with refused("suspected or confirmed", field="cause_status"):
        set_cause(incident=incident, finding=replace(finding, status=CauseStatus.UNKNOWN), actor=agent, now=now)
    known = set_cause(incident=incident, finding=finding, actor=agent, now=now)

    assert (known.cause, known.cause_status, known.fault_party) == (cause, "confirmed", "us")
    facts = Event.objects.get(kind=EventKind.CAUSE_CHANGED).facts
    assert (facts["cause_before"], facts["status_before"]) == ("", "unknown")
    assert (facts["cause"], facts["status"]) == ("Address entry", "confirmed")


def test_a_cause_is_in_the_list_once(incident: Incident, agent: User) -> None:
    with refused("Name the cause", field="cause"):
        add_cause(name=" ", actor=agent)

    assert add_cause(name="Address entry", actor=agent) == add_cause(name="ADDRESS ENTRY", actor=agent)
    assert Cause.objects.count() == 1


def test_a_change_is_promised_by_somebody_and_a_date(
    incident: Incident, plan: Plan, agent: User, teammate: User, now: datetime
) -> None:
    teammate.is_active = False
    teammate.save()
    for wrong, words, field in (
        (replace(plan, change=" "), "Write what will be different", "change"),
        (replace(plan, due_at=now), "Choose a date in the future", "due_at"),
        (replace(plan, owner=teammate), "does not work here any more", "owner"),
    ):
        with refused(words, field=field):
            plan_prevention(incident=incident, plan=wrong, actor=agent, now=now)

    action = plan_prevention(incident=incident, plan=plan, actor=agent, now=now)
    assert (action.owner, action.due_at, action.status) == (agent, now + 7 * DAY, PreventionStatus.PLANNED)
    assert action.escalate_at is not None


def test_its_date_moves_once_and_the_first_is_kept(action: PreventionAction, agent: User, now: datetime) -> None:
    with refused("Say why the date moves", field="reason"):
        move_prevention(action=action, due_at=now + 9 * DAY, reason=" ", actor=agent, now=now)
    with refused("Choose a date in the future", field="due_at"):
        move_prevention(action=action, due_at=now, reason="Ill", actor=agent, now=now)

    moved = move_prevention(action=action, due_at=now + 9 * DAY, reason="Ill", actor=agent, now=now)

    assert (moved.due_at, moved.first_due_at) == (now + 9 * DAY, now + 7 * DAY)
    with refused("Its date was moved once already", field="due_at"):
        move_prevention(action=moved, due_at=now + 12 * DAY, reason="Ill", actor=agent, now=now)


def test_a_change_is_done_and_then_verified_by_somebody_else(
    action: PreventionAction, agent: User, manager: User, now: datetime
) -> None:
    with refused("“Planned” and cannot become “Verified”"):
        verify_prevention(action=action, proof="Seen", actor=manager, now=now)
    with refused("lies in the future", field="at"):
        finish_prevention(action=action, actor=agent, now=now, at=now + DAY)
    finish_prevention(action=action, actor=agent, now=now + DAY)

    with refused("Your role does not let you verify", by=NotAllowedError):
        verify_prevention(action=action, proof="Seen", actor=agent, now=now + 2 * DAY)
    with refused("Say how we know that it works", field="proof"):
        verify_prevention(action=action, proof=" ", actor=manager, now=now + 2 * DAY)
    verified = verify_prevention(action=action, proof="60 parcels, none wrong", actor=manager, now=now + 60 * DAY)

    assert (verified.status, verified.settled_at, verified.settled_by) == ("verified", now + DAY, agent)
    assert (verified.verified_by, verified.proof) == (manager, "60 parcels, none wrong")


def test_nobody_verifies_their_own_change(incident: Incident, plan: Plan, manager: User, now: datetime) -> None:
    own = plan_prevention(incident=incident, plan=replace(plan, owner=manager), actor=manager, now=now)
    finish_prevention(action=own, actor=manager, now=now)

    with refused("Nobody verifies their own change", by=NotAllowedError):
        verify_prevention(action=own, proof="It works", actor=manager, now=now)


def test_a_dropped_change_says_why_and_stays_dropped(action: PreventionAction, agent: User, now: datetime) -> None:
    with refused("Say why it is dropped", field="reason"):
        drop_prevention(action=action, reason=" ", actor=agent, now=now)
    dropped = drop_prevention(action=action, reason="A new tool comes", actor=agent, now=now)

    assert (dropped.status, dropped.moved_because) == (PreventionStatus.DROPPED, "A new tool comes")
    with refused("“Dropped” and cannot become “Done”. It stays so."):
        finish_prevention(action=action, actor=agent, now=now)
    with refused("This is settled already"):
        move_prevention(action=action, due_at=now + 9 * DAY, reason="Ill", actor=agent, now=now)


def test_another_team_neither_explains_nor_changes(
    action: PreventionAction, plan: Plan, outsider: User, now: datetime
) -> None:
    with refused("This incident belongs to another team", by=NotAllowedError):
        plan_prevention(incident=action.incident, plan=plan, actor=outsider, now=now)
    with refused("This incident belongs to another team", by=NotAllowedError):
        finish_prevention(action=action, actor=outsider, now=now)
