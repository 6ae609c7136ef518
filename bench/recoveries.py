"""Cases with everything that hangs on them, as their actions would have written it.

Left out, because no page that is measured reads it: reminders, links for customers, forms that were sent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bench import words
from bench.lives import lead
from bench.steps import Steps
from bench.story import Story
from cases import models
from cases.actions.events import (
    CaseClosed,
    CaseLogged,
    ClockPaused,
    ClockResumed,
    ContactLogged,
    PromiseKept,
    PromiseKeptLate,
    PromiseMade,
    RoundOpened,
)
from cases.rules import finding
from cases.rules.vocabulary import (
    Answer,
    CauseStatus,
    Channel,
    ConcernStatus,
    Direction,
    FaultParty,
    Origin,
    Outcome,
    PauseKind,
    PreventionKind,
    PreventionStatus,
    Priority,
    PromiseStatus,
    Reached,
    StepKind,
    StepStatus,
    WaivedBecause,
)

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from bench.copying import Tables
    from bench.lives import Round
    from bench.people import Organization

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
"""How many of a hundred first rounds end how."""
SHARED, SHARED_AMONG = 0.15, 40
"""How many cases belong to an incident that has hurt others too, and how many of the latest incidents are met again."""
CAUSE_FOUND = 0.65
PROMISED, CHASED, PAUSED, UNOWNED, ESCALATED = 0.5, 0.12, 0.05, 0.01, 0.02
"""Shares of cases; the last two, of open ones."""
_WORDS = "Call back with a date for the visit"
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Recoveries:
    """Takes one known mistake after the other. ``open`` counts those that still are."""

    def __init__(self, tables: Tables, organization: Organization, *, now: datetime, chance: Random) -> None:
        self._tables, self._organization, self._now, self._chance = tables, organization, now, chance
        self._steps = Steps(tables, chance=chance)
        self._latest: list[int] = []
        self.open = 0

    def add(self, key: int, known_at: datetime) -> None:
        """One case with the life that chance gives it."""
        chance, names = self._chance, self._organization.names
        customer = chance.randrange(len(names)) + 1
        story = Story(
            key=key,
            known_at=known_at,
            life=lead(known_at, now=self._now, chance=chance),
            agent=chance.choice(self._organization.agents),
            customer=customer,
            name=names[customer - 1],
            title=f"{chance.choice(words.WHAT)}, {chance.choice(words.DETAIL)}",
            ends=chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0],
        )
        self.open += story.is_open
        story.incident = self._incident(story)
        self._begin(story)
        for number, part in enumerate(story.life.rounds, start=1):
            self._go_round(story, number, part)
        for tell in (self._promise, self._pause, self._chase):
            tell(story)
        if story.life.closed_at is not None:
            story.tell(story.life.closed_at, CaseClosed(outcome=story.outcome))
        self._events(story)

    def _incident(self, story: Story) -> int:
        chance, causes = self._chance, self._organization.causes
        if self._latest and chance.random() < SHARED:
            return chance.choice(self._latest)
        key, is_found = self._tables.next_key(models.Incident), chance.random() < CAUSE_FOUND
        cause = causes[int(chance.random() ** 2 * len(causes))]  # the first ones are the frequent ones
        self._tables.add(
            models.Incident,
            id=key,
            reference=f"IN-{key}",
            title=story.title,
            category_id=chance.choice(self._organization.categories),
            cause_id=cause if is_found else None,
            cause_status=CauseStatus.CONFIRMED if is_found else CauseStatus.UNKNOWN,
            fault_party=FaultParty.US,
            created_at=story.known_at,
        )
        self._latest = [*self._latest[-SHARED_AMONG:], key]
        if is_found and key % 10 == 0:
            self._prevention(story, key)
        return key

    def _prevention(self, story: Story, incident: int) -> None:
        planned, due = story.known_at + 3 * _DAY, story.known_at + 30 * _DAY
        done = planned + self._chance.random() * 33 * _DAY
        is_done = done < self._now
        self._tables.add(
            models.PreventionAction,
            incident_id=incident,
            owner_id=story.agent.key,
            kind=PreventionKind.PROCESS,
            change=words.CHANGE,
            status=PreventionStatus.DONE if is_done else PreventionStatus.PLANNED,
            due_at=due,
            first_due_at=due,
            escalate_at=due + _DAY,
            settled_at=done if is_done else None,
            created_at=planned,
        )

    def _begin(self, story: Story) -> None:
        channel, severity = self._chance.choice(CHANNELS), story.life.severity
        self._case(story, channel)
        self._tables.add(models.SeverityChange, case_id=story.key, at=story.known_at, severity=severity)
        self._steps.contact(story, story.known_at, Direction.IN, channel, "Told us what happened.")
        self._tables.add(
            models.Concern,
            case_id=story.key,
            text=story.title,
            status=ConcernStatus.OPEN if story.is_open else ConcernStatus.RESOLVED,
            outcome="" if story.is_open else words.FIX,
            settled_at=story.life.closed_at,
        )
        story.tell(
            story.known_at,
            CaseLogged(severity=severity, origin=Origin.CUSTOMER, channel=channel, known_at=story.known_at),
        )

    def _case(self, story: Story, channel: Channel) -> None:
        chance, last, said = self._chance, story.life.rounds[-1], self._chance.choice(words.SAID)
        owed = [turn for turn in last.turns if turn.settled_at is None] if story.is_open else []
        is_owned = not story.is_open or chance.random() > UNOWNED
        is_escalated = story.is_open and chance.random() < ESCALATED
        reference = f"SR-{story.key}"
        self._tables.add(
            models.Case,
            id=story.key,
            reference=reference,
            title=story.title,
            subject=story.title,
            description=said,
            customer_id=story.customer,
            incident_id=story.incident,
            team_id=story.agent.team,
            owner_id=story.agent.key if is_owned else None,
            policy_id=self._organization.policy,
            known_at=story.known_at,
            logged_at=story.known_at,
            logged_by_id=story.agent.key,
            origin=Origin.CUSTOMER if story.key % 6 else Origin.SELF_REPORTED,
            channel=channel,
            severity=story.life.severity,
            priority=Priority.ESCALATED if is_escalated else Priority.NORMAL,
            escalated_at=self._now - _DAY if is_escalated else None,
            round=len(story.life.rounds),
            current_step=owed[0].kind if owed else "",
            next_due_at=min((turn.due_at for turn in owed if turn.due_at), default=None),
            resolved_at=next(turn.settled_at for turn in last.turns if turn.kind is StepKind.COMPENSATE),
            closed_at=story.life.closed_at,
            closed_by_id=None if story.is_open else story.agent.key,
            outcome="" if story.is_open else story.outcome,
            version=10,
        )
        told = f"{reference}\n{story.title}\n{said}\n{story.name}\n{story.address}"
        self._tables.add(models.SearchText, case_id=story.key, search_text=finding.kept(told))

    def _go_round(self, story: Story, number: int, part: Round) -> None:
        for turn in part.turns:
            key = self._tables.next_key(models.Step)
            is_carried = turn.settled_at is None and part.ended_at is not None
            settled_at = part.ended_at if is_carried else turn.settled_at
            settled = StepStatus.WAIVED if is_carried else StepStatus.DONE
            self._tables.add(
                models.Step,
                id=key,
                case_id=story.key,
                round=number,
                kind=turn.kind,
                position=turn.kind.number,
                status=StepStatus.PENDING if settled_at is None else settled,
                started_at=part.started_at,
                owner_id=story.agent.key,
                owed_by_id=story.agent.key,
                due_at=turn.due_at,
                escalate_at=turn.due_at + _DAY if turn.due_at else None,
                settled_at=settled_at,
                settled_by_id=story.agent.key if settled_at else None,
                waived_because=WaivedBecause.NEXT_ROUND if is_carried else "",
            )
            if turn.settled_at is not None:
                self._steps.leave(story, turn.kind, number=number, at=turn.settled_at, step=key)
        if part.ended_at is not None:
            story.tell(part.ended_at, RoundOpened(round=number + 1, answer=Answer.WANTS_MORE))

    def _promise(self, story: Story) -> None:
        if self._chance.random() > PROMISED:
            return
        made = story.known_at + 30 * _MINUTE
        due = made + self._chance.randrange(4, 60) * _HOUR
        would_be = max(due + self._chance.uniform(-20, 2.2) * _HOUR, made + _MINUTE)
        done = would_be if would_be <= self._now else None
        is_late, kept = (done or self._now) > due, PromiseStatus.KEPT if done is not None else PromiseStatus.OPEN
        self._tables.add(
            models.Promise,
            case_id=story.key,
            owner_id=story.agent.key,
            owed_by_id=story.agent.key,
            words=_WORDS,
            status=PromiseStatus.BROKEN if is_late else kept,
            channel=Channel.PHONE,
            made_at=made,
            made_by_id=story.agent.key,
            due_at=due,
            escalate_at=due + _HOUR,
            settled_at=done,
            is_appointment=story.key % 10 == 0,
        )
        story.tell(made, PromiseMade(words=_WORDS, due=due))
        if done is not None:
            kind = PromiseKeptLate if is_late else PromiseKept
            story.tell(done, kind(words=_WORDS, due=due))

    def _pause(self, story: Story) -> None:
        started, until = story.known_at + _DAY, story.known_at + 6 * _DAY
        if self._chance.random() > PAUSED or until > self._now:
            return
        ended, question = started + 2 * _DAY, "Which day suits you?"
        self._tables.add(
            models.Pause,
            case_id=story.key,
            question=question,
            started_at=started,
            started_by_id=story.agent.key,
            until=until,
            ended_at=ended,
        )
        story.tell(started, ClockPaused(pause=PauseKind.CUSTOMER, question=question, until=until))
        story.tell(ended, ClockResumed())

    def _chase(self, story: Story) -> None:
        at = story.known_at + 2 * _DAY
        if self._chance.random() > CHASED or at > self._now:
            return
        summary = "Asked when it will be done."
        self._steps.contact(story, at, Direction.IN, Channel.PHONE, summary)
        chase = ContactLogged(
            direction=Direction.IN, channel=Channel.PHONE, reached=Reached.REACHED, summary=summary, is_chase=True
        )
        story.tell(at, chase)

    def _events(self, story: Story) -> None:
        for version, told in enumerate(sorted(story.told, key=lambda told: told.at), start=1):
            self._tables.add(
                models.Event,
                case_id=story.key,
                kind=told.happened.kind,
                at=told.at,
                recorded_at=told.at,
                actor_id=story.agent.key,
                version=version,
                facts=told.happened.as_json(),
                facts_version=told.happened.version,
            )
