"""What must always hold is refused by the database itself, whatever the code above it does."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cases.models import (
    Apology,
    Approval,
    Case,
    Compensation,
    Correction,
    Customer,
    FollowUp,
    Pause,
    PreventionAction,
    Promise,
    PromiseRevision,
    SatisfactionCheck,
    Step,
    User,
)
from cases.rules.vocabulary import (
    ApologyStatus,
    ApprovalKind,
    ApprovalStatus,
    CauseStatus,
    Channel,
    CheckStatus,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    ConcernStatus,
    CorrectionStatus,
    Outcome,
    PreventionKind,
    PreventionStatus,
    PromiseStatus,
    StepKind,
    StepStatus,
)
from tests.conftest import Log
from tests.models.refusals import changed, refused

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def case(log: Log) -> Case:
    return log()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("case_has_title", {"title": ""}),
        ("case_closed_with_outcome", {"outcome": Outcome.SATISFIED}),
        ("case_known_before_logged", {"known_at": "2030-01-01T00:00Z"}),
    ],
)
def test_a_case_that_contradicts_itself(case: Case, name: str, fields: dict[str, object]) -> None:
    refused(name, lambda: changed(case, **fields))


def test_a_case_closed_without_an_outcome(case: Case) -> None:
    refused("case_closed_with_outcome", lambda: changed(case, closed_at=case.logged_at))


def test_two_cases_or_two_incidents_with_one_reference(log: Log, case: Case) -> None:
    other = log()

    refused("reference", lambda: changed(other, reference=case.reference))
    refused("reference", lambda: changed(other.incident, reference=case.incident.reference))


def test_the_same_imported_complaint_twice(log: Log, case: Case) -> None:
    other = log()
    changed(case, source="cfpb", source_reference="42")

    refused("case_source_once", lambda: changed(other, source="cfpb", source_reference="42"))
    changed(other, source="other", source_reference="42")


def test_a_customer_without_a_name(customer: Customer) -> None:
    refused("customer_has_name", lambda: changed(customer, name=""))


def test_a_cause_that_is_confirmed_and_not_named(case: Case) -> None:
    refused("incident_cause_known", lambda: changed(case.incident, cause_status=CauseStatus.CONFIRMED))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("step_settled_when_not_pending", {"status": StepStatus.DONE}),
        ("step_settled_when_not_pending", {"settled_at": "2025-09-15T14:00Z"}),
        ("step_waived_with_reason", {"status": StepStatus.WAIVED, "settled_at": "2025-09-15T14:00Z"}),
    ],
)
def test_a_step_that_contradicts_itself(case: Case, name: str, fields: dict[str, object]) -> None:
    refused(name, lambda: changed(case.steps.first(), **fields))  # type: ignore[arg-type]


def test_the_same_step_twice_in_a_round(case: Case) -> None:
    step = Step(case=case, kind=StepKind.CONFIRM, position=5, started_at=case.known_at)

    refused("step_once_a_round", step.save)
    step.round = 2
    step.save()


def test_a_step_waived_and_approved_by_the_same_person(case: Case, agent: User, manager: User) -> None:
    waived = {"status": StepStatus.WAIVED, "settled_at": case.known_at, "note": "Not needed", "settled_by": agent}

    refused("step_second_person", lambda: changed(case.steps.get(position=1), **waived, approved_by=agent))
    changed(case.steps.get(position=1), **waived, approved_by=manager)


def test_a_concern_settled_without_saying_how(case: Case) -> None:
    concern = case.concerns.get()

    for fields in (
        {"status": ConcernStatus.RESOLVED},
        {"status": ConcernStatus.REFUSED, "settled_at": case.known_at},
        {"settled_at": case.known_at, "outcome": "Resent"},
    ):
        refused("concern_settled_with_outcome", lambda fields=fields: changed(concern, **fields))  # type: ignore[misc]


def paused(case: Case, by: User, **fields: Any) -> Pause:
    until = case.known_at + 3 * HOUR
    return Pause(case=case, question="Which day?", started_at=case.known_at, started_by=by, until=until, **fields)


def test_two_open_pauses_in_one_case(case: Case, agent: User) -> None:
    paused(case, agent).save()

    refused("pause_one_open", paused(case, agent).save)
    paused(case, agent, ended_at=case.known_at).save()


def test_a_pause_that_ends_before_it_begins(case: Case, agent: User) -> None:
    refused("pause_ends_after_start", paused(case, agent, ended_at=case.known_at - HOUR).save)
    backwards = paused(case, agent)
    backwards.until = case.known_at
    refused("pause_until_after_start", backwards.save)


def apology(case: Case, by: User, **fields: Any) -> Apology:
    words = {"channel": Channel.PHONE, "body": "We are sorry.", "explanation_status": "unknown", "explanation": "-"}
    return Apology(case=case, author=by, created_at=case.known_at, **words, **fields)


def test_an_apology_reviewed_by_its_author_and_a_second_draft(case: Case, agent: User, teammate: User) -> None:
    refused("apology_reviewed_by_somebody_else", apology(case, agent, reviewer=agent).save)
    apology(case, agent, reviewer=teammate).save()
    refused("apology_one_draft", apology(case, agent, status=ApologyStatus.IN_REVIEW).save)
    apology(case, agent, status=ApologyStatus.SPOKEN).save()


def test_a_second_draft_of_the_follow_up(case: Case, agent: User) -> None:
    words = {"channel": Channel.EMAIL, "examined": "-", "found": "-", "body": "-"}
    FollowUp.objects.create(case=case, author=agent, created_at=case.known_at, **words)

    refused(
        "follow_up_one_draft",
        FollowUp(case=case, author=agent, created_at=case.known_at, **words).save,
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("correction_impossible_says_why", {"impossible_because": "Sold out"}),
        ("correction_impossible_says_why", {"alternative": "Another model"}),
    ],
)
def test_a_correction_that_is_impossible_without_why_or_what_instead(
    case: Case, name: str, fields: dict[str, str]
) -> None:
    moments = {"planned_at": case.known_at, "settled_at": case.known_at}

    refused(name, Correction(case=case, what="-", status=CorrectionStatus.IMPOSSIBLE, **moments, **fields).save)


def test_a_correction_done_at_no_moment(case: Case) -> None:
    done = Correction(case=case, what="Resent", status=CorrectionStatus.DONE, planned_at=case.known_at)

    refused("correction_settled_when", done.save)


def gift(case: Case, by: User, **fields: Any) -> Compensation:
    words = {"nature": CompensationNature.GOODWILL, "form": CompensationForm.VOUCHER, "what": "Voucher"}
    return Compensation(
        case=case,
        **{
            **words,
            "amount": Decimal(25),
            "currency": "USD",
            "recipient": "Grace",
            "proposed_by": by,
            "proposed_at": case.known_at,
            **fields,
        },
    )


def test_a_compensation_approved_by_its_proposer(case: Case, agent: User, manager: User) -> None:
    refused("compensation_approved_by_somebody_else", gift(case, agent, approved_by=agent).save)
    gift(case, agent, approved_by=manager).save()


@pytest.mark.parametrize("amount", ["-0.01", "-5"])
def test_a_compensation_of_less_than_nothing(case: Case, agent: User, amount: str) -> None:
    refused("compensation_amount", gift(case, agent, amount=Decimal(amount)).save)


@pytest.mark.parametrize("status", [CompensationStatus.ISSUED, CompensationStatus.RECEIVED])
def test_a_compensation_delivered_at_no_moment(case: Case, agent: User, status: str) -> None:
    refused("compensation_delivered_when", gift(case, agent, status=status).save)


def pledge(case: Case, **fields: Any) -> Promise:
    due = {"made_at": case.known_at, "due_at": case.known_at + HOUR}
    return Promise(case=case, words="We call you", channel=Channel.PHONE, **{**due, **fields})


@pytest.mark.parametrize(
    ("name", "fields", "hours"),
    [
        ("promise_has_a_moment", {"due_at": None}, None),
        ("promise_due_after_made", {}, 0),
        ("promise_settled_unless_owed", {"status": PromiseStatus.KEPT}, None),
        ("promise_settled_unless_owed", {"status": PromiseStatus.CANCELLED}, None),
        ("promise_was_done_of_broken", {"was_done": True}, None),
        ("promise_was_done_of_broken", {"status": PromiseStatus.BROKEN, "was_done": False}, None),
    ],
)
def test_a_promise_that_contradicts_itself(case: Case, name: str, fields: dict[str, object], hours: int | None) -> None:
    moments = {} if hours is None else {"due_at": case.known_at + hours * HOUR}

    refused(name, pledge(case, **moments, **fields).save)


def test_a_promise_kept_after_it_was_due_and_an_open_one_that_is_settled(case: Case) -> None:
    late = case.known_at + 2 * HOUR

    refused("promise_kept_in_time", pledge(case, status=PromiseStatus.KEPT, settled_at=late).save)
    refused("promise_settled_unless_owed", pledge(case, settled_at=late).save)
    pledge(case, status=PromiseStatus.BROKEN, settled_at=late).save()


def test_a_promise_renegotiated_after_it_was_due(case: Case, agent: User) -> None:
    promise = pledge(case)
    promise.save()
    due = case.known_at + HOUR
    moved = PromiseRevision(promise=promise, by=agent, old_due_at=due, new_due_at=due + HOUR, reason="-")
    moved.at = due + timedelta(seconds=1)

    refused("revision_before_due", moved.save)


def answer(case: Case, **fields: Any) -> SatisfactionCheck:
    return SatisfactionCheck(case=case, channel=Channel.PHONE, asked_at=case.known_at, **fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("check_score", {"score": 0}),
        ("check_score", {"score": 6}),
        ("check_answered_with_answer", {"status": CheckStatus.ANSWERED}),
        ("check_answered_with_answer", {"answer": "satisfied"}),
        ("check_answered_with_answer", {"status": CheckStatus.NO_ANSWER, "answer": "satisfied"}),
        ("check_answered_with_answer", {"status": CheckStatus.BOUNCED, "answer": "satisfied"}),
    ],
)
def test_an_answer_that_contradicts_itself(case: Case, name: str, fields: dict[str, object]) -> None:
    refused(name, answer(case, **fields).save)


def test_two_askings_that_wait_for_an_answer(case: Case) -> None:
    answer(case).save()

    refused("check_one_waiting", answer(case).save)
    answer(case, round=2).save()


def question(case: Case, by: User, **fields: Any) -> Approval:
    words = {"kind": ApprovalKind.WAIVE_STEP, "step": case.steps.get(position=1), "reason": "-", **fields}
    return Approval(case=case, asked_by=by, asked_at=case.known_at, **words)


def test_a_question_decided_by_whoever_asked_it(case: Case, agent: User, manager: User) -> None:
    decided = {"status": ApprovalStatus.APPROVED, "decided_at": case.known_at}

    refused("approval_by_somebody_else", question(case, agent, **decided, decided_by=agent).save)
    refused("approval_decided_by_whom", question(case, agent, **decided).save)
    refused("approval_decided_by_whom", question(case, agent, decided_by=manager).save)
    question(case, agent, **decided, decided_by=manager).save()


def test_the_same_question_asked_twice(case: Case, agent: User) -> None:
    question(case, agent).save()
    question(case, agent, kind=ApprovalKind.CLOSE_UNRECONCILED, step=None).save()

    refused("approval_asked_once_a_step", question(case, agent).save)
    refused(
        "approval_asked_once_a_case",
        question(case, agent, kind=ApprovalKind.CLOSE_UNRECONCILED, step=None).save,
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("prevention_settled_when_not_planned", {"status": PreventionStatus.DONE}),
        ("prevention_settled_when_not_planned", {"settled_at": "2025-09-15T14:00Z"}),
        (
            "prevention_verified_when",
            {"status": PreventionStatus.VERIFIED, "settled_at": "2025-09-15T14:00Z"},
        ),
    ],
)
def test_a_prevention_action_that_contradicts_itself(
    case: Case, agent: User, name: str, fields: dict[str, object]
) -> None:
    moments = {"due_at": case.known_at, "first_due_at": case.known_at, "created_at": case.known_at}
    action = PreventionAction.objects.create(
        incident=case.incident, kind=PreventionKind.PROCESS, change="-", owner=agent, **moments
    )

    refused(name, lambda: changed(action, **fields))
