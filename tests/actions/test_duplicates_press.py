"""What made a duplicate ask louder makes the case where it goes on do so: broken promises and an escalation."""

from datetime import datetime, timedelta

import pytest

from cases.actions import closing, handling
from cases.actions.promises import break_lapsed, give_up_promise, keep_promise
from cases.models import Case, Message, Promise, User
from cases.rules.vocabulary import Direction, Outcome, Priority, Severity, UpdateReason
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def join(case: Case, original: Case, actor: User, now: datetime) -> Case:
    """The other case, as it is then."""
    closing.close(case=case, outcome=Outcome.DUPLICATE, reason="The same", actor=actor, now=now, duplicate_of=original)
    return recovery.fresh(original)


def broken(case: Case, actor: User, now: datetime) -> Promise:
    promise = recovery.promise(case, actor, now, now + HOUR)
    break_lapsed(promise=promise, now=now + 2 * HOUR)
    return promise


def words(case: Case) -> int:
    """That somebody accountable owes the customer."""
    return case.status_updates.unsettled().filter(reason=UpdateReason.ESCALATED).count()


@pytest.mark.parametrize("is_ended", [False, True])
def test_a_broken_promise_weighs_in_the_other_case_until_it_turns_out_to_be_kept(
    log: Log, agent: User, now: datetime, *, is_ended: bool
) -> None:
    original, case = log(), log()
    promise = broken(case, agent, now)
    if is_ended:
        give_up_promise(promise=promise, instead="A taxi", actor=agent, now=now + 3 * HOUR)

    joined = join(case, original, agent, now + 4 * HOUR)

    assert (joined.severity, joined.priority) == (Severity.MAJOR, Priority.RAISED)
    assert list(joined.severity_changes.latest("pk").caused_by.all()) == [agent]
    keep_promise(promise=joined.promises.get(), actor=agent, now=now + 5 * HOUR, at=now + HOUR)
    fresh = recovery.fresh(original)
    assert (fresh.severity, fresh.priority) == (Severity.MODERATE, Priority.NORMAL)


def test_one_broken_promise_in_each_is_two_and_calls_the_manager(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    original, case = log(), log()
    broken(original, agent, now)
    broken(case, agent, now)
    Message.objects.all().delete()

    joined = join(case, original, agent, now + 3 * HOUR)

    assert (joined.priority, joined.escalated_because) == (Priority.ESCALATED, "2 promises were broken")
    assert Message.objects.filter(to_user=manager, subject__contains=original.reference).exists()
    assert words(joined) == 1


def test_a_manager_who_dealt_with_two_is_not_called_for_a_duplicate_without_any(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    original, case = log(), log()
    for _ in range(2):
        broken(original, agent, now)
    handling.calm(case=original, reason="I rang him", actor=manager, now=now + 3 * HOUR)

    assert join(case, original, agent, now + 4 * HOUR).priority == Priority.RAISED


def test_an_escalation_that_nobody_dealt_with_goes_on(
    log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    original, case = log(), log()
    handling.escalate(case=case, reason="He wants your name", actor=teammate, now=now + HOUR)
    promise = broken(original, agent, now)

    joined = join(case, original, agent, now + 3 * HOUR)

    assert (joined.priority, joined.escalated_at) == (Priority.ESCALATED, now + HOUR)
    assert joined.escalated_because == "He wants your name"
    assert words(joined) == 1
    keep_promise(promise=promise, actor=agent, now=now + 4 * HOUR, at=now + HOUR)
    assert recovery.fresh(original).priority == Priority.ESCALATED


def test_the_word_that_was_given_in_the_duplicate_is_not_owed_again(log: Log, agent: User, now: datetime) -> None:
    original, case = log(), log()
    handling.escalate(case=case, reason="He wants your name", actor=agent, now=now + HOUR)
    recovery.contact(case, agent, now + 2 * HOUR, Direction.OUT)

    joined = join(case, original, agent, now + 3 * HOUR)

    assert (joined.priority, words(joined)) == (Priority.ESCALATED, 0)


def test_what_was_dealt_with_and_what_goes_to_a_closed_case_stays_quiet(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    closed, original, calmed, case = log(), log(), log(), log()
    handling.escalate(case=calmed, reason="He wants your name", actor=agent, now=now + HOUR)
    handling.calm(case=calmed, reason="I rang him", actor=manager, now=now + 2 * HOUR)
    give_up_promise(promise=broken(case, agent, now), instead="A taxi", actor=agent, now=now + 3 * HOUR)
    recovery.close(closed, agent, now + 3 * HOUR, Outcome.WITHDRAWN)

    assert join(calmed, original, agent, now + 4 * HOUR).priority == Priority.NORMAL
    joined = join(case, closed, agent, now + 4 * HOUR)
    assert (joined.severity, joined.priority) == (Severity.MODERATE, Priority.NORMAL)
