"""A duplicate names the case where it goes on, and what goes on moves there."""

from datetime import datetime, timedelta

import pytest

from cases.actions import closing
from cases.actions.events import facts_of
from cases.errors import GuardError, NotAllowedError
from cases.models import Case, Concern, Customer, Event, Promise, Team, User
from cases.reports.customers import history
from cases.rules.vocabulary import (
    CompensationStatus,
    Direction,
    EventKind,
    Outcome,
    StepKind,
    StepStatus,
    UpdateReason,
)
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

GIVEN = (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED, CompensationStatus.ISSUED)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def join(case: Case, original: Case | None, actor: User, now: datetime) -> Case:
    closing.close(
        case=case,
        outcome=Outcome.DUPLICATE,
        reason="His wife told us before",
        actor=actor,
        now=now,
        duplicate_of=original,
    )
    return recovery.fresh(case)


def due(case: Case, kind: StepKind) -> datetime:
    at = case.steps.get(kind=kind).due_at
    assert at is not None
    return at


def test_a_duplicate_names_the_case_where_it_goes_on(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log()

    with refused("Name the case that it duplicates", field="duplicate_of"):
        join(case, None, agent, now)
    ended = join(case, original, agent, now)

    assert (ended.outcome, ended.duplicate_of) == (Outcome.DUPLICATE, original)
    assert {step.status for step in ended.steps.all()} == {StepStatus.WAIVED}


def test_contacts_and_promises_move_with_their_owners(log: Log, agent: User, teammate: User, now: datetime) -> None:
    original, case = log(owner=teammate), log()
    promise = recovery.promise(case, agent, now, now + DAY)
    recovery.contact(case, agent, now + HOUR, Direction.IN, is_chase=True)

    join(case, original, agent, now + 2 * HOUR)

    assert Promise.objects.get() == promise
    assert (Promise.objects.get().case, Promise.objects.get().owner) == (original, agent)
    assert (original.contacts.count(), case.contacts.count()) == (3, 0)
    assert original.contacts.filter(is_chase=True).count() == 1
    assert original.status_updates.unsettled().filter(reason=UpdateReason.ASKED).exists()


def test_only_concerns_that_the_other_case_does_not_have_move(log: Log, agent: User, now: datetime) -> None:
    original = log(concerns=("The parcel is  lost",))
    case = log(concerns=("the parcel is lost", "Nobody called back"))

    join(case, original, agent, now)

    assert [concern.text for concern in Concern.objects.filter(case=original).order_by("pk")] == [
        "The parcel is  lost",
        "Nobody called back",
    ]


def test_the_earliest_first_knowledge_counts(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log(at=now - 2 * DAY)

    join(case, original, agent, now)

    assert recovery.fresh(original).known_at == now - 2 * DAY


def test_a_later_first_knowledge_changes_no_clock(log: Log, agent: User, now: datetime) -> None:
    original, case = log(at=now - DAY), log()
    before = list(original.steps.values_list("kind", "due_at"))

    join(case, original, agent, now)

    assert recovery.fresh(original).known_at == now - DAY
    assert list(original.steps.values_list("kind", "due_at")) == before


def test_settled_steps_keep_the_moment_they_were_judged_by(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log(at=now - 5 * DAY)
    recovery.acknowledge(original, agent, now + HOUR)
    judged_by = due(original, StepKind.ACKNOWLEDGE)

    join(case, original, agent, now + 2 * HOUR)

    assert due(original, StepKind.ACKNOWLEDGE) == judged_by


def test_open_steps_get_at_least_the_grace_of_a_raise_from_now(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log(at=now - 60 * DAY)
    grace = timedelta(minutes=original.policy.raise_grace_minutes)
    before = {kind: due(original, kind) for kind in (StepKind.ACKNOWLEDGE, StepKind.CORRECT)}

    join(case, original, agent, now)

    for kind, was in before.items():
        assert min(was, now + grace) <= due(original, kind) <= was
    assert due(original, StepKind.CORRECT) < before[StepKind.CORRECT]


def test_what_was_late_stays_late(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log(at=now - 60 * DAY)
    was = due(original, StepKind.ACKNOWLEDGE)

    join(case, original, agent, was + HOUR)

    assert due(original, StepKind.ACKNOWLEDGE) == was


def test_a_promise_that_lapsed_makes_no_open_step_late(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log()
    recovery.promise(case, agent, now, now + HOUR, StepKind.CORRECT)
    was = due(original, StepKind.CORRECT)

    join(case, original, agent, now + 2 * HOUR)

    assert due(original, StepKind.CORRECT) == was
    assert Promise.objects.get().is_lapsed(now + 2 * HOUR)


def test_money_that_was_given_is_counted_once(log: Log, agent: User, manager: User, now: datetime) -> None:
    original, case = log(), log()
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    compensation = recovery.propose(case, agent, now, amount=5)
    recovery.move(compensation, agent, now, *GIVEN)
    before = history(case.customer, manager, now=now).goodwill

    join(case, original, agent, now)

    assert history(case.customer, manager, now=now).goodwill == before
    assert original.compensations.get() == compensation


def test_what_is_proposed_is_decided_first(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log()
    recovery.propose(case, agent, now)

    with pytest.raises(GuardError):
        join(case, original, agent, now)

    assert recovery.fresh(case).is_open
    assert original.contacts.count() == 1


def test_both_cases_say_what_moved_and_have_a_new_version(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log(at=now - DAY)

    join(case, original, agent, now)

    told = {event.case: facts_of(event) for event in Event.objects.filter(kind=EventKind.CASE_JOINED)}
    assert {one.reference: getattr(facts, "other", "") for one, facts in told.items() if one} == {
        original.reference: case.reference,
        case.reference: original.reference,
    }
    assert {getattr(facts, "known_before", None) for facts in told.values()} == {now}
    assert recovery.fresh(original).version > original.version


def test_of_a_duplicate_the_case_that_it_duplicates_is_meant(log: Log, agent: User, now: datetime) -> None:
    original, case, third = log(), log(), log()
    case = join(case, original, agent, now)

    assert join(third, case, agent, now).duplicate_of == original


def test_duplicates_of_a_duplicate_follow_it(log: Log, agent: User, now: datetime) -> None:
    original, case, third = log(), log(), log()
    join(third, case, agent, now)

    join(case, original, agent, now)

    assert set(original.duplicates.all()) == {case, third}


def test_a_case_is_no_duplicate_of_itself(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log()
    with refused("no duplicate of itself", field="duplicate_of"):
        join(case, case, agent, now)
    case = join(case, original, agent, now)

    with refused("no duplicate of itself", field="duplicate_of"):
        join(original, case, agent, now)


def test_a_case_of_another_customer_is_refused_unless_they_share_a_household(
    log: Log, agent: User, now: datetime
) -> None:
    stranger = Customer.objects.create(name="Bela Tanaka", created_at=now)
    wife = Customer.objects.create(name="Ida Whitlock", phone="+1 (555) 0100", created_at=now)
    case, elsewhere, at_home = log(), log(whom=stranger), log(whom=wife)

    with refused("another customer", field="duplicate_of"):
        join(case, elsewhere, agent, now)

    assert join(case, at_home, agent, now).duplicate_of == at_home


def test_only_who_may_work_on_both_may_do_it(log: Log, agent: User, manager: User, team: Team, now: datetime) -> None:
    elsewhere = Team.objects.create(name="Returns", calendar=team.calendar)
    original, case = log(team=elsewhere, owner=manager), log()
    Case.objects.filter(pk=original.pk).update(logged_by=manager)

    with pytest.raises(NotAllowedError):
        join(case, original, agent, now)

    assert join(case, original, manager, now).duplicate_of == original


def test_into_a_closed_case_nothing_open_moves(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log(concerns=("Something else",))
    recovery.close(original, agent, now, Outcome.WITHDRAWN)

    with refused("Reopen it first", field="duplicate_of"):
        join(case, original, agent, now)


@pytest.mark.parametrize(("hours", "owed"), [(3, True), (1, False)])
def test_who_came_after_the_other_case_was_closed_is_owed_an_answer_there(
    log: Log, agent: User, now: datetime, *, hours: int, owed: bool
) -> None:
    original, case = log(), log()
    recovery.close(original, agent, now + 2 * HOUR, Outcome.WITHDRAWN)
    recovery.contact(case, agent, now + hours * HOUR, Direction.IN)
    recovery.contact(case, agent, now + 3 * HOUR, Direction.OUT)

    join(case, original, agent, now + 4 * HOUR)

    words = original.status_updates.unsettled().filter(reason=UpdateReason.AFTER_CLOSING)
    assert [word.starts_at for word in words] == ([now + hours * HOUR] if owed else [])
    assert recovery.fresh(case).outcome == Outcome.DUPLICATE


def test_a_duplicate_is_not_reopened_because_it_goes_on_elsewhere(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log()
    case = join(case, original, agent, now)

    with refused(original.reference):
        closing.reopen(case=case, reason="Not the same after all", actor=agent, now=now)


def test_an_older_duplicate_without_a_name_is_reopened_as_before(log: Log, agent: User, now: datetime) -> None:
    case = recovery.close(log(), agent, now, Outcome.DUPLICATE)

    assert closing.reopen(case=case, reason="Not the same after all", actor=agent, now=now).is_open


def test_a_duplicate_was_no_earlier_failure_and_takes_its_raise_back(log: Log, agent: User, now: datetime) -> None:
    case, original = log(), log(at=now + HOUR)
    raised = original.severity

    join(case, original, agent, now + 2 * HOUR)

    assert recovery.fresh(original).severity != raised
