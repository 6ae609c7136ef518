"""Whatever happens to cases, in any order: nobody is reminded of what they do not owe, of nothing twice, in their own
hours, and nothing that is owed is forgotten."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from cases.actions import approvals, closing, handling, intake, learning, promises, quiet, steps
from cases.actions.intake import Mistake
from cases.actions.learning import Plan
from cases.actions.promises import Pledge
from cases.actions.reminded import PURPOSES
from cases.errors import AmendsError
from cases.models import Approval, Case, Customer, Message, PreventionAction, Promise, Reminder, Team, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import (
    ApprovalStatus,
    Channel,
    CriticalGround,
    MessageStatus,
    Outcome,
    PauseKind,
    PreventionKind,
    Role,
    Rung,
    Severity,
    StepKind,
)
from tests.actions.evidence import ACKNOWLEDGED
from tests.conftest import person
from tests.reminders.owing import TO_MANAGER, TO_OWNER, Owing, Readers, owing

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2025, 9, 12, 19, 30, tzinfo=UTC)
"""Afternoon in New York and night in Kolkata, before a weekend."""
MOST_CASES = 2
"""Few, so that more happens to each."""
MORE_THAN_ANYBODY_GETS = 1000
"""Mails a day: the truth that is simple knows nothing of mails held back for the next day."""


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


spans = st.sampled_from([1, 20, 60, 150, 240, 480, 900, 1440, 4320]).map(minutes)
owners = st.sampled_from(["maya@example.com", "tom@example.com", None])
waits = st.sampled_from([0, 1, 20, 60, 150, 240, 480, 900, 1440, 4320]).map(minutes)
"""Nothing: there is no sweep before something else happens, as in an outage."""
often = settings(max_examples=12, stateful_step_count=20, deadline=None)
severities = st.sampled_from(Severity)


class Told(NamedTuple):
    """What a mail told, whom, and whether nobody owned it then."""

    rung: Rung
    due_at: datetime
    reader: User | None
    is_unowned: bool


class Reminding(RuleBasedStateMachine):
    """Two cases with all that is owed in them. What an action refuses has not happened."""

    cases = Bundle("cases")
    promised = Bundle("promised")
    planned = Bundle("planned")

    def __init__(self) -> None:
        super().__init__()
        self._kept = transaction.atomic()
        self._kept.__enter__()
        self.now = FRIDAY
        self.readers = Readers.of(Team.objects.get())
        self.agent = User.objects.get(email="maya@example.com")
        self.told: dict[tuple[str, int], set[Told]] = defaultdict(set)
        self.keys: set[tuple[object, ...]] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._kept.__exit__(None, None, None)

    def act(self, wait: timedelta, action: Callable[..., object], /, **words: object) -> None:
        with suppress(AmendsError):
            action(**{"actor": self.agent, "now": self.now, **words})
        self.tick(wait)

    # What happens

    @initialize(target=cases, severity=severities, owner=owners)
    def begin(self, severity: Severity, owner: str | None) -> int:
        return self.open(severity, owner)

    @precondition(lambda _: Case.objects.count() < MOST_CASES)
    @rule(target=cases, severity=severities, owner=owners)
    def another(self, severity: Severity, owner: str | None) -> int:
        return self.open(severity, owner)

    def open(self, severity: Severity, owner: str | None) -> int:
        mistake = Mistake(
            title="Parcel sent to the old address",
            severity=severity,
            critical_because=CriticalGround.SAFETY,
            channel=Channel.PHONE,
            known_at=self.now,
            team=Team.objects.get(),
            owner=whom(owner),
        )
        customer = Customer.objects.get()
        return intake.log_case(mistake=mistake, customer=customer, actor=self.agent, now=self.now).pk

    @rule(wait=waits, case=cases)
    def settle(self, wait: timedelta, case: int) -> None:
        self.act(wait, steps.acknowledge, case=found(case), evidence=ACKNOWLEDGED)

    @rule(wait=waits, case=cases, kind=st.sampled_from(StepKind))
    def waive(self, wait: timedelta, case: int, kind: StepKind) -> None:
        self.act(wait, steps.waive, case=found(case), kind=kind, reason="They rang off")
        for approval in Approval.objects.filter(case=case, status=ApprovalStatus.ASKED):
            self.act(wait, approvals.decide, approval=approval, grant=True, note="", actor=self.readers.manager)

    @rule(wait=waits, case=cases, span=spans)
    def pause(self, wait: timedelta, case: int, span: timedelta) -> None:
        words = {"question": "Which address?", "kind": PauseKind.CUSTOMER}
        self.act(wait, handling.pause, case=found(case), until=self.now + span, **words)

    @rule(wait=waits, case=cases)
    def resume(self, wait: timedelta, case: int) -> None:
        self.act(wait, handling.resume, case=found(case))

    @rule(wait=waits, case=cases, severity=severities)
    def re_prioritize(self, wait: timedelta, case: int, severity: Severity) -> None:
        words = {"severity": severity, "reason": "We know more", "critical_because": CriticalGround.SAFETY}
        self.act(wait, handling.change_severity, case=found(case), **words)

    @rule(wait=waits, case=cases, owner=owners)
    def reassign(self, wait: timedelta, case: int, owner: str | None) -> None:
        self.act(wait, handling.assign, case=found(case), to=whom(owner))

    @rule(wait=waits, case=cases, span=spans)
    def snooze(self, wait: timedelta, case: int, span: timedelta) -> None:
        self.act(wait, quiet.put_off_reminders, case=found(case), until=self.now + span, reason="The carrier calls")

    @rule(wait=waits, case=cases)
    def close(self, wait: timedelta, case: int) -> None:
        self.act(wait, closing.close, case=found(case), outcome=Outcome.WITHDRAWN, reason="A mix-up")

    @rule(wait=waits, case=cases)
    def reopen(self, wait: timedelta, case: int) -> None:
        self.act(wait, closing.reopen, case=found(case), reason="It still stands")

    @rule(
        wait=waits, target=promised, case=cases, span=spans, step=st.sampled_from(["", StepKind.CORRECT]), owner=owners
    )
    def promise(self, wait: timedelta, case: int, span: timedelta, step: str, owner: str | None) -> int:
        pledge = Pledge(words="A call", due_at=self.now + span, channel=Channel.PHONE, step=step)
        self.act(wait, promises.make_promise, case=found(case), pledge=pledge, owner=whom(owner))
        return last(Promise)

    @rule(wait=waits, promise=promised, span=spans)
    def renegotiate(self, wait: timedelta, promise: int, span: timedelta) -> None:
        for one in Promise.objects.filter(pk=promise):
            self.act(wait, promises.renegotiate_promise, promise=one, due_at=self.now + span, reason="They agreed")

    @rule(wait=waits, promise=promised, ending=st.sampled_from([promises.keep_promise, promises.cancel_promise]))
    def end_promise(self, wait: timedelta, promise: int, ending: Callable[..., object]) -> None:
        words = {"reason": "No need"} if ending is promises.cancel_promise else {}
        for one in Promise.objects.filter(pk=promise):
            self.act(wait, ending, promise=one, **words)

    @rule(wait=waits, target=planned, case=cases, span=spans, owner=owners.filter(bool))
    def plan(self, wait: timedelta, case: int, span: timedelta, owner: str) -> int:
        due_at, words = self.now + span, {"kind": PreventionKind.PROCESS, "change": "Two people count"}
        plan = Plan(due_at=due_at, owner=User.objects.get(email=owner), **words)  # type: ignore[arg-type]
        self.act(wait, learning.plan_prevention, incident=found(case).incident, plan=plan)
        return last(PreventionAction)

    @rule(wait=waits, action=planned, span=spans)
    def move(self, wait: timedelta, action: int, span: timedelta) -> None:
        for one in PreventionAction.objects.filter(pk=action):
            self.act(wait, learning.move_prevention, action=one, due_at=self.now + span, reason="Not yet")

    @rule(wait=waits, action=planned)
    def prevent(self, wait: timedelta, action: int) -> None:
        for one in PreventionAction.objects.filter(pk=action):
            self.act(wait, learning.finish_prevention, action=one)

    # What is said of it

    @rule(wait=waits)
    def tick(self, wait: timedelta) -> None:
        """One look at the clock; none where no time passes."""
        if not wait:
            return
        self.now += wait
        mail.outbox.clear()
        sweep(self.now)
        owed = owing(self.now)
        left = list(Message.objects.filter(purpose__in=PURPOSES, status=MessageStatus.SENT, sent_at=self.now))
        reached = [one.to_user_id for one in left]
        assert len(set(reached)) == len(reached)
        assert {one.subject for one in left} <= {sent.subject for sent in mail.outbox}
        for one in left:
            self.check_mail(one, owed)
        for each in owed.values():
            self.check_told(each)

    def check_mail(self, one: Message, owed: dict[tuple[str, int], Owing]) -> None:
        rows = list(Reminder.objects.filter(message=one))
        assert rows
        for row in rows:
            each, rung = owed[row.kind, row.commitment_id], Rung(row.rung)
            assert row.due_at == each.due_at
            assert one.to_user == self.readers.reader(rung, each)
            assert self.readers.may_hear(rung, each, self.now)
            assert rung.is_optional or rung in {Rung.DAY_END, Rung.DAY_OVER} or each.due_at <= self.now
            key = (row.kind, row.commitment_id, row.rung, row.nth, row.due_at)
            assert key not in self.keys
            self.keys.add(key)
            self.told[row.kind, row.commitment_id].add(Told(rung, row.due_at, one.to_user, each.owner is None))

    def check_told(self, each: Owing) -> None:
        told = [one for one in self.told[each.kind, each.thing.pk] if one.due_at == each.due_at]
        for rung in each.come(self.now) & {Rung.DUE, Rung.MANAGER, Rung.EXECUTIVE}:
            if self.readers.may_hear(rung, each, self.now):
                assert any(self.says(rung, one) for one in told), (rung, each, told)

    def says(self, rung: Rung, one: Told) -> bool:
        """Whether this mail told what ``rung`` is there for, by another one of the same people or to the same."""
        if rung is Rung.EXECUTIVE:
            return one.reader == self.readers.executive
        return one.rung in TO_MANAGER if rung is Rung.MANAGER else one.is_unowned or one.rung in TO_OWNER


def found(case: int) -> Case:
    return Case.objects.get(pk=case)


def whom(email: str | None) -> User | None:
    return User.objects.get(email=email) if email else None


def last(model: type[Promise] | type[PreventionAction]) -> int:
    return max(model.objects.values_list("pk", flat=True), default=0)


def test_any_order_of_events_reminds_of_what_is_owed_and_of_nothing_else(
    team: Team, agent: User, teammate: User, manager: User, customer: Customer
) -> None:
    teammate.time_zone = "Asia/Kolkata"
    teammate.save()
    team.executive = person("Ruth Abara", Role.ADMINISTRATOR)
    team.save()
    User.objects.update(most_reminders=MORE_THAN_ANYBODY_GETS)
    run_state_machine_as_test(Reminding, settings=often)
