"""Who made a promise, who owed it when it lapsed, and who did it late are three facts; so it is with steps."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.actions.events import told
from cases.actions.facts import correct_facts
from cases.actions.handling import assign, take_over
from cases.actions.promises import Pledge, break_lapsed, cancel_promise, give_up_promise, keep_promise, make_promise
from cases.actions.satisfaction import record_answer
from cases.models import Case, Event, User
from cases.reports.filters import CaseFilter
from cases.reports.own import own_figures
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import Answer, Channel, EventKind, StepKind
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def case(log: Log) -> Case:
    """Moderate, and Maya's: to be acknowledged within four hours."""
    return log()


def said(kind: EventKind) -> list[str]:
    sentences = [told(event, customer="") for event in Event.objects.filter(kind=kind)]
    return [f"{sentence.who} {sentence.did}" for sentence in sentences]


def tags(kind: EventKind) -> list[tuple[str, ...]]:
    return [told(event, customer="").tags for event in Event.objects.filter(kind=kind)]


def test_a_lapse_belongs_to_whoever_owed_it_and_the_deed_to_whoever_did_it(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    promise = recovery.promise(case, agent, now, now + 2 * HOUR)
    break_lapsed(promise=promise, now=now + 3 * HOUR)
    take_over(case=case, actor=manager, now=now + 4 * HOUR)
    kept = keep_promise(promise=promise, actor=manager, now=now + 5 * HOUR)

    assert (kept.made_by, kept.owed_by, kept.settled_by) == (agent, agent, manager)
    assert said(EventKind.PROMISE_BROKEN) == ["Maya Osei did not keep a promise in time"]
    assert said(EventKind.PROMISE_KEPT_LATE) == ["Priya Shah kept a promise late"]


@pytest.mark.parametrize(
    ("due", "kind", "told"),
    [(5, EventKind.PROMISE_KEPT, "had been kept"), (1, EventKind.PROMISE_KEPT_LATE, "had been kept late")],
)
def test_whoever_writes_a_deed_of_the_former_owner_down_is_not_said_to_have_done_it(
    case: Case, agent: User, manager: User, now: datetime, *, due: int, kind: EventKind, told: str
) -> None:
    """Maya did it after two hours; Priya took over after three."""
    done = now + 2 * HOUR
    hers, promise = (recovery.promise(case, agent, now, now + due * HOUR) for _ in range(2))
    keep_promise(promise=hers, actor=agent, now=now + 3 * HOUR, at=done)
    take_over(case=case, actor=manager, now=now + 3 * HOUR)
    keep_promise(promise=promise, actor=manager, now=now + 4 * HOUR, at=done)

    plain = "kept a promise" if kind is EventKind.PROMISE_KEPT else "kept a promise late"
    assert said(kind) == [f"Maya Osei {plain}", f"Priya Shah recorded that a promise {told}"]
    assert "who did it is not recorded" in tags(kind)[1]


def test_a_colleague_who_was_to_keep_it_has_kept_it(case: Case, agent: User, teammate: User, now: datetime) -> None:
    pledge = Pledge(words="We call you back", due_at=now + 5 * HOUR, channel=Channel.PHONE)
    for by in (teammate, agent):
        promise = make_promise(case=case, pledge=pledge, actor=agent, now=now, owner=teammate)
        keep_promise(promise=promise, actor=by, now=now + 3 * HOUR, at=now + 2 * HOUR)

    assert said(EventKind.PROMISE_KEPT) == [
        "Tom Reyes kept a promise",
        "Maya Osei recorded that a promise had been kept",
    ]


@pytest.mark.parametrize("by", ["the clock", "keeping", "release", "giving up"])
def test_whoever_writes_a_lapse_down_after_the_take_over_it_is_the_former_owner_s(
    case: Case, agent: User, manager: User, now: datetime, by: str
) -> None:
    promise = recovery.promise(case, agent, now, now + 2 * HOUR)
    take_over(case=case, actor=manager, now=now + 3 * HOUR)
    later = now + 5 * HOUR
    if by == "the clock":
        break_lapsed(promise=promise, now=later)
    elif by == "keeping":
        keep_promise(promise=promise, actor=manager, now=later)
    elif by == "giving up":
        give_up_promise(promise=promise, instead="She rang us", actor=manager, now=later)
    else:
        cancel_promise(promise=promise, reason="No need", actor=manager, now=later)

    event = Event.objects.get(kind=EventKind.PROMISE_BROKEN)
    assert said(EventKind.PROMISE_BROKEN) == ["Maya Osei did not keep a promise in time"]
    assert (event.actor, event.at, event.recorded_at) == (None, now + 2 * HOUR, later)


def test_what_is_still_ahead_goes_to_the_new_owner(case: Case, agent: User, manager: User, now: datetime) -> None:
    promise = recovery.promise(case, agent, now, now + 2 * HOUR)
    take_over(case=case, actor=manager, now=now + HOUR)
    break_lapsed(promise=promise, now=now + 3 * HOUR)

    promise.refresh_from_db()
    assert (promise.owed_by, promise.owner) == (manager, manager)
    assert said(EventKind.PROMISE_BROKEN) == ["Priya Shah did not keep a promise in time"]


def test_a_promise_of_somebody_else_than_the_owner_stays_theirs(
    case: Case, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    pledge = Pledge(words="Ring", due_at=now + 2 * HOUR, channel=Channel.PHONE)
    promise = make_promise(case=case, pledge=pledge, actor=agent, now=now, owner=teammate)
    take_over(case=case, actor=manager, now=now + HOUR)
    break_lapsed(promise=promise, now=now + 3 * HOUR)

    assert said(EventKind.PROMISE_BROKEN) == ["Tom Reyes did not keep a promise in time"]
    tags = told(Event.objects.get(kind=EventKind.PROMISE_BROKEN), customer="").tags
    assert tags == ("made by Maya Osei",)


def test_nobody_is_written_down_for_what_lapsed_while_nobody_owned_it(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    promise = recovery.promise(case, agent, now, now + 2 * HOUR)
    assign(case=case, to=None, actor=agent, now=now + HOUR)
    take_over(case=case, actor=manager, now=now + 3 * HOUR)
    break_lapsed(promise=promise, now=now + 4 * HOUR)

    assert said(EventKind.PROMISE_BROKEN) == ["We did not keep a promise in time; nobody was to keep it"]


def test_a_late_step_counts_for_whoever_let_its_moment_pass(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    take_over(case=case, actor=manager, now=now + 5 * HOUR)
    recovery.acknowledge(recovery.fresh(case), manager, now + 6 * HOUR)

    late = case.steps.get(kind=StepKind.ACKNOWLEDGE)
    assert (late.owed_by, late.settled_by) == (agent, manager)
    assert {step.owed_by for step in case.steps.exclude(pk=late.pk)} == {manager}
    end = now + 7 * HOUR
    assert (own_figures(agent, now=end).on_time.part, own_figures(agent, now=end).on_time.whole) == (0, 1)
    assert own_figures(manager, now=end).on_time.whole == 0


def test_a_list_shows_the_cases_with_a_step_that_somebody_let_pass(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    take_over(case=case, actor=manager, now=now + 5 * HOUR)

    def found(late_by: User) -> list[Case]:
        wanted = CaseFilter(late_by=late_by.public_id)
        return list(wanted.apply(Case.objects.all(), now=now + 6 * HOUR, zone=ZoneInfo("America/New_York")))

    assert (found(agent), found(manager)) == ([case], [])


def test_whoever_takes_a_case_over_has_not_caused_the_raise_that_follows_from_the_lapse(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    promise = recovery.promise(case, agent, now, now + 2 * HOUR)
    take_over(case=case, actor=manager, now=now + 3 * HOUR)
    break_lapsed(promise=promise, now=now + 4 * HOUR)

    change = case.severity_changes.get(by_rule=True)
    assert list(change.caused_by.all()) == [agent]


def move_t0(case: Case, actor: User, to: datetime, at: datetime) -> None:
    correct_facts(case=recovery.fresh(case), facts={"known_at": to}, reason="The mail says so", actor=actor, now=at)


def owes(case: Case, kind: StepKind = StepKind.ACKNOWLEDGE) -> User | None:
    return case.steps.get(kind=kind).owed_by


def test_a_moment_that_moves_ahead_is_the_present_owner_s_and_one_that_moves_back_the_former_s(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log(known_at=now - 2 * DAY - 19 * HOUR)
    late = now + 2 * HOUR
    take_over(case=case, actor=manager, now=late)
    assert owes(case) == agent
    move_t0(case, manager, now - HOUR, late + MINUTE)
    assert owes(case) == manager
    move_t0(case, manager, now - 3 * DAY, late + 2 * MINUTE)
    assert owes(case) == agent


def test_nobody_is_blamed_for_a_moment_before_their_time(
    case: Case, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    recovery.acknowledge(case, agent, now + 10 * MINUTE)
    assign(case=recovery.fresh(case), to=teammate, actor=manager, now=now + HOUR)
    assign(case=recovery.fresh(case), to=None, actor=manager, now=now + 2 * HOUR)
    take_over(case=case, actor=manager, now=now + 3 * HOUR)
    assert owes(case, StepKind.APOLOGIZE) == manager
    move_t0(case, manager, now - 9 * DAY, now + 4 * HOUR)
    assert (owes(case), owes(case, StepKind.APOLOGIZE), owes(case, StepKind.CONFIRM)) == (agent, agent, manager)


def test_what_was_settled_late_after_all_is_whose_it_was_then(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    take_over(case=case, actor=manager, now=now + HOUR)
    recovery.acknowledge(recovery.fresh(case), manager, now + 2 * HOUR)
    assert owes(case) == manager
    move_t0(case, manager, now - 6 * DAY, now + 3 * HOUR)
    assert owes(case) == agent


def test_a_round_that_is_recorded_late_is_owed_by_who_had_the_case(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    recovery.until_confirm(case, agent, now)
    take_over(case=case, actor=manager, now=now + 6 * DAY)
    said = AnswerEvidence(channel=Channel.PHONE, answer=Answer.NOT_SATISFIED, score=1, words="It broke again")
    record_answer(case=case, evidence=said, actor=manager, now=now + 7 * DAY, at=now + HOUR)
    assert {step.owed_by for step in case.steps.filter(round=2, due_at__lt=now + 6 * DAY)} == {agent}


def test_a_history_without_keys_says_nothing(case: Case, manager: User, now: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(owner=manager)
    facts = {"before": "Maya Osei", "after": "Priya Shah"}
    kind = EventKind.CASE_ASSIGNED
    Event.objects.create(case=case, kind=kind, at=now + HOUR, actor=manager, facts=facts, facts_version=1)
    move_t0(case, manager, now - 4 * DAY, now + 2 * HOUR)
    assert owes(case) is None
