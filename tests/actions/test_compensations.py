"""What is given: within whose authority, approved by whom, and never before the apology."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from cases.actions import closing
from cases.actions.approvals import decide
from cases.actions.compensations import (
    DECIDED,
    Proposal,
    approve_compensation,
    decide_none,
    decline_compensation,
    move_compensation,
    propose_compensation,
)
from cases.actions.handling import change_severity
from cases.errors import AlreadyDoneError, GuardError, NotAllowedError
from cases.models import Approval, Case, Compensation, Event, Message, Step, Team, User
from cases.rules.vocabulary import (
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    EventKind,
    Outcome,
    Role,
    Severity,
    StepKind,
    StepStatus,
)
from tests.actions.limits import may_approve_up_to
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
GIFT = Proposal(
    nature=CompensationNature.GOODWILL,
    form=CompensationForm.VOUCHER,
    what="Restaurant voucher",
    amount=Decimal(30),
    currency="USD",
)
LOSS = replace(GIFT, nature=CompensationNature.RESTITUTION, form=CompensationForm.MONEY, reason="The receipt of May 3")


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    """A moderate one that has been acknowledged and apologized for."""
    logged = log()
    recovery.acknowledge(logged, agent, now)
    recovery.apologize(logged, agent, now)
    return logged


def propose(case: Case, by: User, now: datetime, amount: str = "30", proposal: Proposal = GIFT) -> Compensation:
    return propose_compensation(case=case, proposal=replace(proposal, amount=Decimal(amount)), actor=by, now=now)


LIMITS = [
    (Role.AGENT, Severity.MINOR, "25"),
    (Role.AGENT, Severity.MODERATE, "50"),
    (Role.AGENT, Severity.MAJOR, "50"),  # chosen at logging by the same agent, so it counts as moderate
    (Role.AGENT, Severity.CRITICAL, "0"),
    (Role.MANAGER, Severity.MINOR, "300"),
    (Role.MANAGER, Severity.MODERATE, "500"),
    (Role.MANAGER, Severity.MAJOR, "1000"),
    (Role.MANAGER, Severity.CRITICAL, "1000"),
]


@pytest.mark.parametrize("band", LIMITS, ids="-".join)
def test_each_role_gives_alone_up_to_its_limit_and_not_a_cent_more(
    log: Log, agent: User, manager: User, now: datetime, band: tuple[Role, Severity, str]
) -> None:
    role, severity, limit = band
    by, within = {Role.AGENT: agent, Role.MANAGER: manager}[role], log(severity=severity)
    beyond = log(severity=severity, whom=recovery.another_customer("Noor Aziz", now))

    assert propose(within, by, now, limit).status == CompensationStatus.APPROVED
    assert propose(beyond, by, now, str(Decimal(limit) + Decimal("0.01"))).status == CompensationStatus.PROPOSED


def test_an_administrator_has_no_limit(log: Log, administrator: User, now: datetime) -> None:
    case = log(severity=Severity.CRITICAL)

    assert propose(case, administrator, now, "9999999.99").status == CompensationStatus.APPROVED
    assert may_approve_up_to(administrator, case) is None


def test_splitting_a_gift_does_not_evade_the_limit(case: Case, agent: User, now: datetime) -> None:
    assert propose(case, agent, now, "30").status == CompensationStatus.APPROVED
    assert may_approve_up_to(agent, case) == Decimal(20)

    assert propose(case, agent, now, "20.01").status == CompensationStatus.PROPOSED
    assert propose(case, agent, now, "0").status == CompensationStatus.PROPOSED


def test_what_was_withdrawn_or_refused_counts_no_more(case: Case, agent: User, now: datetime) -> None:
    first = propose(case, agent, now, "50")
    move_compensation(compensation=first, to=CompensationStatus.WITHDRAWN, actor=agent, now=now)

    assert propose(case, agent, now, "50").status == CompensationStatus.APPROVED


def test_a_limit_holds_for_its_own_currency(case: Case, agent: User, now: datetime) -> None:
    assert propose(case, agent, now, "1", replace(GIFT, currency="eur")).status == CompensationStatus.PROPOSED
    assert Compensation.objects.get().currency == "EUR"


def test_restitution_is_proven_and_has_a_ceiling_of_its_own(case: Case, agent: User, now: datetime) -> None:
    with refused("Say how the loss was proven", field="reason"):
        propose(case, agent, now, "500", replace(LOSS, reason=" "))

    assert propose(case, agent, now, "500", LOSS).status == CompensationStatus.APPROVED
    assert propose(case, agent, now, "50").status == CompensationStatus.APPROVED
    assert propose(case, agent, now, "0.01", LOSS).status == CompensationStatus.PROPOSED


CEILINGS = [("agent", "500"), ("lead", "2000"), ("manager", "10000")]


@pytest.mark.parametrize("band", CEILINGS, ids="-".join)
def test_each_returns_losses_alone_up_to_a_ceiling(
    log: Log, agent: User, manager: User, team: Team, now: datetime, band: tuple[str, str]
) -> None:
    holder, most = band
    team.lead = agent if holder == "lead" else None
    team.save()
    by = manager if holder == "manager" else agent

    assert propose(log(), by, now, most, LOSS).status == CompensationStatus.APPROVED
    beyond = log(whom=recovery.another_customer("Noor Aziz", now))
    assert propose(beyond, by, now, str(Decimal(most) + Decimal("0.01")), LOSS).status == CompensationStatus.PROPOSED


def test_a_loss_is_returned_to_somebody_else_only_with_a_reason(case: Case, agent: User, now: datetime) -> None:
    to_son = replace(LOSS, recipient="Her son")
    with refused("Say why the loss is returned to somebody else", field="recipient_reason"):
        propose(case, agent, now, "5", to_son)
    with refused("Say who gets it instead", field="recipient"):
        propose(case, agent, now, "5", replace(LOSS, recipient_reason="He paid"))

    given = propose(case, agent, now, "5", replace(to_son, recipient_reason="He had paid for it"))
    assert (given.recipient, given.is_third_party) == ("Her son", True)
    assert propose(case, agent, now, "5", replace(LOSS, recipient="grace whitlock")).is_third_party is False


@pytest.mark.parametrize(
    ("proposal", "words", "field"),
    [
        (replace(GIFT, what=" "), "Say what is given", "what"),
        (replace(GIFT, amount=Decimal(-1)), "An amount cannot be negative", "amount"),
        (replace(GIFT, amount=Decimal(10_000_000)), "Amounts go up to 9,999,999.99", "amount"),
        (replace(GIFT, amount=Decimal("Infinity")), "Amounts go up to", "amount"),
        (replace(GIFT, amount=Decimal("NaN")), "Write the amount as a number", "amount"),
        (replace(GIFT, currency="DOLLARS"), "three letters", "currency"),
        (replace(GIFT, currency="12$"), "three letters", "currency"),
    ],
)
def test_a_proposal_that_cannot_be_meant_is_refused(
    case: Case, agent: User, now: datetime, proposal: Proposal, words: str, field: str
) -> None:
    with refused(words, field=field):
        propose_compensation(case=case, proposal=proposal, actor=agent, now=now)

    assert not Compensation.objects.exists()


def test_it_goes_to_the_customer_unless_somebody_else_is_named(case: Case, agent: User, now: datetime) -> None:
    assert propose(case, agent, now).recipient == "Grace Whitlock"
    assert propose(case, agent, now, "1", replace(GIFT, recipient=" Her mother ")).recipient == "Her mother"


def test_a_manager_approves_what_an_agent_may_not_give(case: Case, agent: User, manager: User, now: datetime) -> None:
    asked = propose(case, agent, now, "80")
    assert Message.objects.get().to_user == manager

    granted = approve_compensation(compensation=asked, actor=manager, now=now + HOUR, note="Fair")

    assert (granted.status, granted.approved_by, granted.decision_note) == (
        CompensationStatus.APPROVED,
        manager,
        "Fair",
    )


def test_nobody_approves_or_declines_their_own_proposal(log: Log, manager: User, now: datetime) -> None:
    asked = propose(log(), manager, now, "600")

    with refused("Nobody approves their own proposal", by=NotAllowedError):
        approve_compensation(compensation=asked, actor=manager, now=now)
    with refused("This is your own proposal: withdraw it instead."):
        decline_compensation(compensation=asked, actor=manager, now=now, note="Too much")


def test_nobody_approves_above_their_authority_for_the_case(
    case: Case, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    asked = propose(case, agent, now, "60")
    with refused("you may approve up to 50", by=NotAllowedError):
        approve_compensation(compensation=asked, actor=teammate, now=now)
    approve_compensation(compensation=asked, actor=manager, now=now)

    more = propose(case, agent, now, "450")
    with refused("The case would come to 510 USD, and you may approve up to 500 USD", by=NotAllowedError):
        approve_compensation(compensation=more, actor=manager, now=now)


def test_a_lowered_severity_lowers_the_authority(case: Case, agent: User, manager: User, now: datetime) -> None:
    asked = propose(case, agent, now, "400")
    change_severity(case=case, severity=Severity.MINOR, reason="Less bad than it looked", actor=agent, now=now)

    with refused("you may approve up to 300", by=NotAllowedError):
        approve_compensation(compensation=asked, actor=manager, now=now)


def test_whoever_declines_says_why(case: Case, agent: User, manager: User, now: datetime) -> None:
    asked = propose(case, agent, now, "80")

    with refused("Say why, so that the proposer can do better", field="note"):
        decline_compensation(compensation=asked, actor=manager, now=now, note="")
    declined = decline_compensation(compensation=asked, actor=manager, now=now, note="Flowers are kinder.")

    assert (declined.status, declined.decision_note) == (CompensationStatus.DECLINED, "Flowers are kinder.")
    assert case.steps.get(kind=StepKind.COMPENSATE).status == StepStatus.PENDING


def test_what_waits_for_approval_is_not_offered(case: Case, agent: User, now: datetime) -> None:
    asked = propose(case, agent, now, "80")

    with refused("“Waiting for approval” and cannot become “Offered”"):
        move_compensation(compensation=asked, to=CompensationStatus.OFFERED, actor=agent, now=now)
    with refused("for somebody else with enough authority"):
        move_compensation(compensation=asked, to=CompensationStatus.APPROVED, actor=agent, now=now)


@pytest.mark.parametrize("to", [CompensationStatus.OFFERED, CompensationStatus.ISSUED])
def test_a_gift_does_not_stand_in_for_the_apology(log: Log, agent: User, now: datetime, to: CompensationStatus) -> None:
    case = log()
    recovery.acknowledge(case, agent, now)
    gift = propose(case, agent, now)

    with refused("First settle “Apologize”: a gift does not stand in for it"):
        move_compensation(compensation=gift, to=to, actor=agent, now=now)


def test_the_last_gift_to_be_issued_settles_the_step(case: Case, agent: User, now: datetime) -> None:
    first, second = propose(case, agent, now, "20"), propose(case, agent, now, "20")

    move_compensation(compensation=first, to=CompensationStatus.ISSUED, actor=agent, now=now, note="Order 77")
    assert case.steps.get(kind=StepKind.COMPENSATE).status == StepStatus.PENDING
    move_compensation(compensation=second, to=CompensationStatus.ISSUED, actor=agent, now=now + HOUR)

    step = case.steps.get(kind=StepKind.COMPENSATE)
    assert (step.status, step.settled_at) == (StepStatus.DONE, now + HOUR)
    assert Compensation.objects.get(pk=first.pk).proof == "Order 77"


def test_a_refused_gift_settles_the_step_and_costs_nothing(case: Case, agent: User, now: datetime) -> None:
    gift = propose(case, agent, now)
    for to in (CompensationStatus.OFFERED, CompensationStatus.REFUSED):
        move_compensation(compensation=gift, to=to, actor=agent, now=now)

    assert case.steps.get(kind=StepKind.COMPENSATE).status == StepStatus.DONE
    assert not Compensation.objects.delivered().exists()
    with refused("“Refused by the customer” and cannot become “Issued”. It stays so."):
        move_compensation(compensation=gift, to=CompensationStatus.ISSUED, actor=agent, now=now)


def test_a_gift_is_not_issued_in_the_future_or_by_a_stranger(
    case: Case, agent: User, outsider: User, now: datetime
) -> None:
    gift = propose(case, agent, now)

    with refused("lies in the future", field="at"):
        move_compensation(compensation=gift, to=CompensationStatus.ISSUED, actor=agent, now=now, at=now + HOUR)
    with refused("another team", by=NotAllowedError):
        move_compensation(compensation=gift, to=CompensationStatus.ISSUED, actor=outsider, now=now)


def test_giving_nothing_says_why_and_settles_the_step(case: Case, agent: User, now: datetime) -> None:
    with refused("Say why nothing is due", field="reason"):
        decide_none(case=case, reason="", actor=agent, now=now)

    step = decide_none(case=case, reason="They want nothing", actor=agent, now=now)

    assert isinstance(step, Step)
    assert step.note == "They want nothing"
    assert Event.objects.filter(kind=EventKind.STEP_SETTLED).last().facts["none_because"] == "They want nothing"
    with refused("is settled already", by=AlreadyDoneError):
        decide_none(case=case, reason="Again", actor=agent, now=now)


def test_nothing_is_not_decided_while_something_is_on_its_way(case: Case, agent: User, now: datetime) -> None:
    propose(case, agent, now)

    with refused("Something is proposed or on its way"):
        decide_none(case=case, reason="They want nothing", actor=agent, now=now)


def test_a_loss_on_its_way_does_not_keep_goodwill_from_being_decided(case: Case, agent: User, now: datetime) -> None:
    loss = propose(case, agent, now, "120", LOSS)
    assert loss.status == CompensationStatus.APPROVED

    step = decide_none(case=case, reason="The flat is dry, that is all", actor=agent, now=now)

    assert isinstance(step, Step)
    assert (step.status, step.note) == (StepStatus.DONE, "The flat is dry, that is all")
    with pytest.raises(GuardError) as kept:
        closing.close(case=case, outcome=Outcome.PARTLY_SATISFIED, reason="So they say", actor=agent, now=now)
    assert "1 compensation is not decided or not delivered yet." in kept.value.missing
    move_compensation(compensation=loss, to=CompensationStatus.ISSUED, actor=agent, now=now + HOUR)
    assert case.steps.get(kind=StepKind.COMPENSATE).settled_at == now


@pytest.mark.parametrize("answer", DECIDED)
def test_the_step_waits_for_a_loss_that_is_undecided_and_keeps_who_decided_on_goodwill(
    log: Log, agent: User, manager: User, now: datetime, answer: CompensationStatus
) -> None:
    case = log(severity=Severity.MAJOR)
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    loss = propose(case, agent, now, "800", LOSS)
    asked = decide_none(case=case, reason="Wants no more", actor=agent, now=now)
    assert isinstance(asked, Approval)
    decide(approval=asked, grant=True, note="", actor=manager, now=now + HOUR)
    assert case.steps.get(kind=StepKind.COMPENSATE).status == StepStatus.PENDING

    if answer is CompensationStatus.APPROVED:
        approve_compensation(compensation=loss, actor=manager, now=now + 2 * HOUR)
    else:
        decline_compensation(compensation=loss, actor=manager, now=now + 2 * HOUR, note="No receipt")

    step = case.steps.get(kind=StepKind.COMPENSATE)
    assert (step.status, step.note, step.settled_at) == (StepStatus.DONE, "Wants no more", now + 2 * HOUR)
    assert (step.settled_by, step.approved_by) == (agent, manager)


def test_a_loss_that_arrives_first_leaves_the_question_of_goodwill_open(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log(severity=Severity.MAJOR)
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    loss = propose(case, agent, now, "90", LOSS)
    asked = decide_none(case=case, reason="Wants no more", actor=agent, now=now)
    move_compensation(compensation=loss, to=CompensationStatus.ISSUED, actor=agent, now=now)
    assert case.steps.get(kind=StepKind.COMPENSATE).status == StepStatus.PENDING

    assert isinstance(asked, Approval)
    decide(approval=asked, grant=True, note="", actor=manager, now=now + HOUR)

    assert case.steps.get(kind=StepKind.COMPENSATE).note == "Wants no more"


def test_goodwill_after_all_takes_back_that_none_is_due(case: Case, agent: User, manager: User, now: datetime) -> None:
    loss = propose(case, agent, now, "800", LOSS)
    decide_none(case=case, reason="Wants no more", actor=agent, now=now)
    gift = propose(case, agent, now, "20")
    approve_compensation(compensation=loss, actor=manager, now=now)
    assert case.steps.get(kind=StepKind.COMPENSATE).status == StepStatus.PENDING

    for one in (loss, gift):
        move_compensation(compensation=one, to=CompensationStatus.ISSUED, actor=agent, now=now)

    step = case.steps.get(kind=StepKind.COMPENSATE)
    assert (step.status, step.note, step.settled_by) == (StepStatus.DONE, "", agent)


def test_goodwill_that_was_given_is_not_called_nothing(case: Case, agent: User, now: datetime) -> None:
    propose(case, agent, now, "800", LOSS)
    move_compensation(compensation=propose(case, agent, now, "20"), to=CompensationStatus.ISSUED, actor=agent, now=now)

    with refused("Goodwill was given in this round"):
        decide_none(case=case, reason="They want nothing", actor=agent, now=now)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Zoë O’Brien-Łukasz", "zoe o'brien lukasz"),
        ("François Weiß", "FRANC\u0327OIS WEISS"),
        ("Ada  Núñez", "Ada\u200b Nunez"),
    ],
)
def test_the_customer_is_no_third_party_however_the_name_is_spelled(
    log: Log, agent: User, now: datetime, name: str, typed: str
) -> None:
    case = log(whom=recovery.another_customer(name, now))
    given = propose(case, agent, now, "5", replace(LOSS, recipient=typed))
    assert (given.is_third_party, given.recipient) == (False, case.customer.name)
    assert propose(case, agent, now, "5", replace(GIFT, recipient="Ada Nuñes")).is_third_party
