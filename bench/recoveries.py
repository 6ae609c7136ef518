"""Cases with everything that hangs on them, as their actions would have written it.

Left out, because no page that is measured reads it: reminders, links for customers, forms that were sent.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from bench import words
from bench.copying import Rows
from bench.lives import Life, Round, lead
from cases import models
from cases.rules.vocabulary import (
    Answer,
    ApologyStatus,
    Audience,
    CauseStatus,
    Channel,
    CheckStatus,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    ConcernStatus,
    CorrectionStatus,
    Direction,
    EventKind,
    ExplanationStatus,
    FaultParty,
    FollowUpStatus,
    MessagePurpose,
    MessageStatus,
    Origin,
    Outcome,
    PreventionKind,
    PreventionStatus,
    Priority,
    PromiseStatus,
    Reaction,
    ReadBack,
    StepKind,
    StepStatus,
)

if TYPE_CHECKING:
    from random import Random

    from bench.people import Agent, Organization

CHANNELS = (Channel.PHONE, Channel.EMAIL, Channel.WEB, Channel.IN_PERSON, Channel.CHAT)
OUTCOMES = {
    Outcome.SATISFIED: 68,
    Outcome.RESOLVED_NO_ANSWER: 13,
    Outcome.PARTLY_SATISFIED: 7,
    Outcome.UNRECONCILED: 4,
    Outcome.NO_CONTACT_POSSIBLE: 2,
    Outcome.NOT_UPHELD: 2,
    Outcome.DUPLICATE: 2,
    Outcome.WITHDRAWN: 2,
}
SHARED = 0.15
"""Of all cases, how many belong to an incident that has hurt others too; the latest ones attract them."""
_SHARED_AMONG = 40
_GIVEN, _PROMISED, _CHASED, _PAUSED, _UNOWNED = 0.55, 0.5, 0.12, 0.05, 0.01
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(slots=True)
class Story:
    """One case while it is being told."""

    key: int
    known_at: datetime
    life: Life
    agent: Agent
    customer: int
    name: str
    title: str
    outcome: Outcome
    incident: int = 0
    told: list[tuple[datetime, EventKind, int | None, dict[str, Any]]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.life.closed_at is None

    def tell(self, at: datetime, kind: EventKind, **facts: object) -> None:
        self.told.append((at, kind, self.agent.key, facts))


class Recoveries:
    """Takes one known mistake after the other, and sends the rows of all of them."""

    def __init__(self, organization: Organization, *, now: datetime, chance: Random) -> None:
        self._organization, self._now, self._chance = organization, now, chance
        self._incidents, self._steps = itertools.count(1), itertools.count(1)
        self._contacts, self._messages = itertools.count(1), itertools.count(1)
        self._tables: dict[str, Rows] = {}
        self._latest: list[int] = []
        self.open = 0

    def add(self, key: int, known_at: datetime) -> None:
        """One case with the life that chance gives it."""
        chance, organization = self._chance, self._organization
        customer = chance.randrange(len(organization.names)) + 1
        story = Story(
            key=key,
            known_at=known_at,
            life=lead(known_at, now=self._now, chance=chance),
            agent=chance.choice(organization.agents),
            customer=customer,
            name=organization.names[customer - 1],
            title=f"{chance.choice(words.WHAT)}, {chance.choice(words.DETAIL)}",
            outcome=chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0],
        )
        self.open += story.is_open
        story.incident = self._incident(story)
        self._begin(story)
        for number, part in enumerate(story.life.rounds, start=1):
            self._go_round(story, number, part)
        self._promise(story)
        self._pause(story)
        self._end(story)
        self._events(story)

    @transaction.atomic
    def send(self) -> None:
        """In one transaction: rows may refer to others that come after them."""
        for rows in self._tables.values():
            rows.send()

    def last_incident(self) -> int:
        return next(self._incidents) - 1

    # -- what a case begins with --

    def _incident(self, story: Story) -> int:
        if self._latest and self._chance.random() < SHARED:
            return self._chance.choice(self._latest)
        key, chance = next(self._incidents), self._chance
        # The first causes are the frequent ones.
        cause = self._organization.causes[int(chance.random() ** 2 * len(self._organization.causes))]
        known = chance.random() < 0.65  # noqa: PLR2004 - the share of causes that are found
        self._rows(models.Incident, "id reference title category_id cause_id cause_status fault_party created_at").add(
            key,
            f"IN-{key}",
            story.title,
            chance.choice(self._organization.categories),
            cause if known else None,
            CauseStatus.CONFIRMED if known else CauseStatus.UNKNOWN,
            FaultParty.US,
            story.known_at,
        )
        self._latest = [*self._latest[-_SHARED_AMONG:], key]
        if known and key % 10 == 0:
            self._prevention(story, key)
        return key

    def _prevention(self, story: Story, incident: int) -> None:
        planned, due = story.known_at + 3 * _DAY, story.known_at + 30 * _DAY
        done = planned + self._chance.random() * 33 * _DAY
        is_done = done < self._now
        rows = self._rows(
            models.PreventionAction,
            "incident_id owner_id kind change status due_at first_due_at escalate_at settled_at created_at",
        )
        status = PreventionStatus.DONE if is_done else PreventionStatus.PLANNED
        settled = done if is_done else None
        escalate = due + _DAY
        owner = story.agent.key
        rows.add(incident, owner, PreventionKind.PROCESS, words.CHANGE, status, due, due, escalate, settled, planned)

    def _begin(self, story: Story) -> None:
        channel = self._chance.choice(CHANNELS)
        story.tell(
            story.known_at,
            EventKind.CASE_LOGGED,
            severity=story.life.severity,
            raised_because="",
            origin=Origin.CUSTOMER,
            channel=channel,
            known_at=story.known_at.isoformat(),
            owner="",
        )
        self._rows(models.SeverityChange, "case_id at severity").add(story.key, story.known_at, story.life.severity)
        self._contact(story, story.known_at, Direction.IN, channel, "Told us what happened.")
        self._case(story, channel)
        settled = not story.is_open
        self._rows(models.Concern, "case_id text status outcome settled_at").add(
            story.key,
            story.title,
            ConcernStatus.RESOLVED if settled else ConcernStatus.OPEN,
            words.FIX if settled else "",
            story.life.closed_at,
        )

    def _case(self, story: Story, channel: Channel) -> None:
        last, said = story.life.rounds[-1], self._chance.choice(words.SAID)
        owed = [turn for turn in last.turns if turn.settled_at is None] if story.is_open else []
        resolved = {turn.kind: turn.settled_at for turn in last.turns}
        reference = f"SR-{story.key}"
        unowned = story.is_open and self._chance.random() < _UNOWNED
        escalated = story.is_open and self._chance.random() < 0.02  # noqa: PLR2004 - the share of them
        self._rows(models.Case, _CASE).add(
            story.key,
            reference,
            story.title,
            said,
            story.customer,
            story.incident,
            story.agent.team,
            None if unowned else story.agent.key,
            self._organization.policy,
            story.known_at,
            story.known_at,
            story.agent.key,
            Origin.CUSTOMER if story.key % 6 else Origin.SELF_REPORTED,
            channel,
            story.life.severity,
            Priority.ESCALATED if escalated else Priority.NORMAL,
            self._now - _DAY if escalated else None,
            len(story.life.rounds),
            owed[0].kind if owed else "",
            min((turn.due_at for turn in owed if turn.due_at), default=None),
            resolved[StepKind.COMPENSATE],
            story.life.closed_at,
            None if story.is_open else story.agent.key,
            "" if story.is_open else self._outcome(story),
            f"{reference}\n{story.title}\n{said}\n{story.name}\n{story.customer}@example.org".casefold(),
            10,
        )

    @staticmethod
    def _outcome(story: Story) -> Outcome:
        return Outcome.SATISFIED_AFTER_MORE if len(story.life.rounds) > 1 else story.outcome

    # -- the six steps --

    def _go_round(self, story: Story, number: int, part: Round) -> None:
        rows = self._rows(models.Step, _STEP)
        for turn in part.turns:
            key = next(self._steps)
            carried = turn.settled_at is None and part.ended_at is not None
            settled_at = part.ended_at if carried else turn.settled_at
            status = StepStatus.PENDING if settled_at is None else StepStatus.WAIVED if carried else StepStatus.DONE
            rows.add(
                key,
                story.agent.key,
                turn.due_at,
                turn.due_at + _DAY if turn.due_at else None,
                settled_at,
                story.agent.key if settled_at else None,
                story.key,
                number,
                turn.kind,
                turn.kind.number,
                status,
                part.started_at,
                f"Carried into round {number + 1}." if carried else "",
            )
            if turn.settled_at is not None:
                getattr(self, f"_{turn.kind.value}")(story, number, turn.settled_at, key)
        if part.ended_at is not None:
            story.tell(part.ended_at, EventKind.ROUND_OPENED, round=number + 1, reason=Answer.WANTS_MORE.label)

    def _acknowledge(self, story: Story, _number: int, at: datetime, step: int) -> None:
        contact = self._contact(story, at, Direction.OUT, Channel.PHONE, words.READ_BACK, is_told=False)
        self._rows(
            models.Acknowledgement, "step_id contact_id read_back read_back_answer was_only_concern ownership"
        ).add(step, contact, words.READ_BACK, ReadBack.AGREED, True, words.OWNERSHIP)  # noqa: FBT003 - a column
        story.tell(
            at,
            EventKind.STEP_SETTLED,
            step=StepKind.ACKNOWLEDGE,
            channel=Channel.PHONE,
            read_back=words.READ_BACK,
            read_back_answer=ReadBack.AGREED,
            more_concerns=[],
            ownership=words.OWNERSHIP,
            reaction=Reaction.CALM,
        )

    def _apologize(self, story: Story, number: int, at: datetime, _step: int) -> None:
        is_mail = self._chance.random() < 0.5  # noqa: PLR2004 - one in two
        message = self._message(story, MessagePurpose.APOLOGY, words.APOLOGY, at) if is_mail else None
        channel = Channel.EMAIL if is_mail else Channel.PHONE
        self._rows(
            models.Apology,
            "case_id round status channel body explanation_status explanation author_id created_at sent_at message_id",
        ).add(
            story.key,
            number,
            ApologyStatus.SENT if is_mail else ApologyStatus.SPOKEN,
            channel,
            words.APOLOGY,
            ExplanationStatus.VERIFIED,
            words.EXPLANATION,
            story.agent.key,
            at - _MINUTE,
            at,
            message,
        )
        story.tell(
            at,
            EventKind.APOLOGY_SENT,
            channel=channel,
            body=words.APOLOGY,
            explanation=words.EXPLANATION,
            explanation_status=ExplanationStatus.VERIFIED,
        )

    def _correct(self, story: Story, number: int, at: datetime, _step: int) -> None:
        rows = self._rows(models.Correction, "case_id round status what planned_at settled_at by_id")
        rows.add(story.key, number, CorrectionStatus.DONE, words.FIX, at - _HOUR, at, story.agent.key)
        story.tell(at, EventKind.CORRECTION_DONE, what=words.FIX, because="", alternative="")

    def _compensate(self, story: Story, number: int, at: datetime, _step: int) -> None:
        if self._chance.random() > _GIVEN:
            reason = "The customer lost nothing, and wanted nothing but the fix."
            story.tell(at, EventKind.STEP_SETTLED, step=StepKind.COMPENSATE, none_because=reason)
            return
        what, amount = self._chance.choice(words.GIFTS), Decimal(self._chance.randrange(1_000, 12_000)) / 100
        back = self._chance.random() < 0.2  # noqa: PLR2004 - one in five returns a loss
        nature = CompensationNature.RESTITUTION if back else CompensationNature.GOODWILL
        status = CompensationStatus.ISSUED
        proposed = max(story.known_at + _MINUTE, at - 20 * _HOUR)
        self._rows(models.Compensation, _COMPENSATION).add(
            story.key,
            number,
            nature,
            CompensationForm.VOUCHER,
            status,
            what,
            amount,
            "USD",
            story.name,
            story.agent.key,
            proposed,
            at,
        )
        facts = {"what": what, "amount": str(amount), "currency": "USD", "nature": nature}
        story.tell(proposed, EventKind.COMPENSATION_PROPOSED, after=CompensationStatus.APPROVED, **facts)
        story.tell(at, EventKind.COMPENSATION_CHANGED, before=CompensationStatus.APPROVED, after=status, **facts)

    def _confirm(self, story: Story, number: int, at: datetime, _step: int) -> None:
        more = number < len(story.life.rounds)
        silent = story.outcome in {Outcome.RESOLVED_NO_ANSWER, Outcome.NO_CONTACT_POSSIBLE} and not more
        answer = "" if silent else Answer.WANTS_MORE if more else Answer.SATISFIED
        score = None if silent else 2 if more else self._chance.choices((5, 4, 3, 2), (48, 34, 12, 6))[0]
        self._rows(
            models.SatisfactionCheck,
            "case_id round status channel asked_at asked_by_id answered_at answer score words",
        ).add(
            story.key,
            number,
            CheckStatus.NO_ANSWER if silent else CheckStatus.ANSWERED,
            Channel.PHONE,
            at - _MINUTE,
            story.agent.key,
            None if silent else at,
            answer,
            score,
            "" if silent else words.PLEASED,
        )
        if silent:
            story.tell(at, EventKind.STEP_SETTLED, step=StepKind.CONFIRM, no_answer=True)
            return
        self._contact(story, at, Direction.OUT, Channel.PHONE, words.PLEASED, is_told=False)
        story.tell(at, EventKind.CUSTOMER_ANSWERED, answer=answer, score=score, words=words.PLEASED)

    def _follow_up(self, story: Story, number: int, at: datetime, _step: int) -> None:
        message = self._message(story, MessagePurpose.FOLLOW_UP, words.LETTER, at)
        self._rows(
            models.FollowUp,
            "case_id round status channel examined found body author_id created_at sent_at message_id",
        ).add(
            story.key,
            number,
            FollowUpStatus.SENT,
            Channel.EMAIL,
            words.EXAMINED,
            words.FOUND,
            words.LETTER,
            story.agent.key,
            at - _MINUTE,
            at,
            message,
        )
        story.tell(
            at,
            EventKind.FOLLOW_UP_SENT,
            channel=Channel.EMAIL,
            examined=words.EXAMINED,
            found=words.FOUND,
            changes=[],
            body=words.LETTER,
        )

    # -- what hangs on it --

    def _promise(self, story: Story) -> None:
        if self._chance.random() > _PROMISED:
            return
        made = story.known_at + 30 * _MINUTE
        due = made + self._chance.randrange(4, 60) * _HOUR
        done = due + self._chance.uniform(-20, 2.2) * _HOUR
        done = done if made < done <= self._now else None
        late = (done or self._now) > due
        status = PromiseStatus.BROKEN if late else PromiseStatus.KEPT if done else PromiseStatus.OPEN
        self._rows(
            models.Promise,
            "case_id owner_id words status channel made_at made_by_id due_at escalate_at settled_at is_appointment",
        ).add(
            story.key,
            story.agent.key,
            "Call back with a date for the visit",
            status,
            Channel.PHONE,
            made,
            story.agent.key,
            due,
            due + _HOUR,
            done if status is not PromiseStatus.OPEN else None,
            story.key % 10 == 0,
        )
        facts = {"words": "Call back with a date for the visit", "due": due.isoformat()}
        story.tell(made, EventKind.PROMISE_MADE, **facts)
        if done is not None:
            story.tell(done, EventKind.PROMISE_BROKEN if late else EventKind.PROMISE_KEPT, **facts)

    def _pause(self, story: Story) -> None:
        if self._chance.random() > _PAUSED:
            return
        started, until = story.known_at + _DAY, story.known_at + 6 * _DAY
        if until < self._now:
            question = "Which day suits you?"
            rows = self._rows(models.Pause, "case_id question started_at started_by_id until ended_at")
            rows.add(story.key, question, started, story.agent.key, until, started + 2 * _DAY)
            story.tell(started, EventKind.CLOCK_PAUSED, pause="customer", question=question, until=until.isoformat())
            story.tell(started + 2 * _DAY, EventKind.CLOCK_RESUMED)

    def _end(self, story: Story) -> None:
        if self._chance.random() < _CHASED:
            at = story.known_at + 2 * _DAY
            if at < self._now:
                self._contact(story, at, Direction.IN, Channel.PHONE, "Asked when it will be done.", is_chase=True)
        if story.life.closed_at is not None:
            story.tell(story.life.closed_at, EventKind.CASE_CLOSED, outcome=self._outcome(story), reason="")

    def _contact(
        self,
        story: Story,
        at: datetime,
        direction: Direction,
        channel: Channel,
        summary: str,
        **also: bool,
    ) -> int:
        """``is_told=False``: another event tells of it. ``is_chase``: the customer had to ask."""
        key, is_chase = next(self._contacts), also.get("is_chase", False)
        rows = self._rows(models.Contact, "id case_id at direction channel by_id summary is_chase")
        rows.add(key, story.key, at, direction, channel, story.agent.key, summary, is_chase)
        if also.get("is_told", True):
            facts = {"direction": direction, "channel": channel, "summary": summary, "is_chase": is_chase}
            story.tell(at, EventKind.CONTACT_LOGGED, reached="reached", reaction="", **facts)
        return key

    def _message(self, story: Story, purpose: MessagePurpose, text: str, at: datetime) -> int:
        key = next(self._messages)
        self._rows(models.Message, _MESSAGE).add(
            key,
            story.key,
            purpose,
            Audience.CUSTOMER,
            MessageStatus.SENT,
            f"{story.customer}@example.org",
            story.title,
            text,
            f"<p>{text}</p>",
            at,
            at,
            at,
        )
        return key

    def _events(self, story: Story) -> None:
        rows = self._rows(models.Event, "case_id kind at actor_id version facts")
        for version, (at, kind, actor, facts) in enumerate(sorted(story.told, key=_moment), start=1):
            rows.add(story.key, kind, at, actor, version, facts)

    def _rows(self, model: type, columns: str) -> Rows:
        found = self._tables.get(model.__name__)
        if found is None:
            found = self._tables[model.__name__] = Rows(model, columns, chance=self._chance)
        return found


def _moment(told: tuple[datetime, EventKind, int | None, dict[str, Any]]) -> datetime:
    return told[0]


_CASE = (
    "id reference title description customer_id incident_id team_id owner_id policy_id known_at logged_at logged_by_id "
    "origin channel severity priority escalated_at round current_step next_due_at resolved_at closed_at closed_by_id "
    "outcome search_text version"
)
_STEP = "id owner_id due_at escalate_at settled_at settled_by_id case_id round kind position status started_at note"
_COMPENSATION = (
    "case_id round nature form status what amount currency recipient proposed_by_id proposed_at delivered_at"
)
_MESSAGE = "id case_id purpose audience status to_address subject text html created_at sent_at concluded_at"
