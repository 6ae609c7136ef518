"""One invented case and everything that can be done with it, in the words of its plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from cases.actions import (
    apologies,
    approvals,
    closing,
    compensations,
    contacts,
    corrections,
    follow_ups,
    learning,
    promises,
    satisfaction,
    steps,
)
from cases.actions.contacts import Exchange
from cases.actions.customers import add_customer
from cases.actions.follow_ups import Letter
from cases.actions.intake import Mistake, log_case
from cases.actions.learning import Plan
from cases.actions.promises import Pledge
from cases.demo import plots
from cases.demo.deeds import Why, find_cause, settle_concerns
from cases.rules.evidence import AcknowledgementEvidence, AnswerEvidence, ApologyEvidence, CorrectionEvidence
from cases.rules.vocabulary import (
    Answer,
    ApprovalStatus,
    CauseStatus,
    Channel,
    CompensationStatus,
    Direction,
    ExplanationStatus,
    FollowUpResponse,
    Outcome,
    Reached,
    Reaction,
    ReadBack,
    StepKind,
    StepStatus,
)

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from cases.actions.compensations import Proposal
    from cases.actions.customers import CustomerDetails
    from cases.demo.cast import Cast
    from cases.demo.clock import Clock
    from cases.demo.plots import Plot
    from cases.models import Case, Compensation, Customer, Incident, PreventionAction, Promise, User
    from cases.rules.vocabulary import PreventionKind


@dataclass(frozen=True, slots=True)
class World:
    """What all invented cases share. ``customers``: who has a case already; ``changes``: what has not been tried yet
    against each cause."""

    cast: Cast
    clock: Clock
    customers: dict[str, Customer] = field(default_factory=dict)
    changes: dict[str, list[tuple[PreventionKind, str]]] = field(
        default_factory=lambda: {cause: list(changes) for cause, changes in plots.CHANGES.items()}
    )


class Recovery:
    """``actor`` does everything that the owner of the case would do; the case may have no owner."""

    case: Case

    def __init__(self, world: World, plot: Plot, customer: CustomerDetails, actor: User) -> None:
        self.world, self.plot, self.customer, self.actor = world, plot, customer, actor
        # Of its own, so that one case more or less changes no other. Nothing of it is a secret.
        self.rng = Random(customer.name)  # noqa: S311
        self.clock, cast = world.clock, world.cast
        self.team = cast.field_team if plot.in_field else cast.team
        self.manager = cast.executive if plot.in_field else cast.manager
        self.change: PreventionAction | None = None

    def log(
        self,
        now: datetime,
        *,
        known_at: datetime | None = None,
        is_owned: bool = True,
        incident: Incident | None = None,
    ) -> None:
        plot = self.plot
        mistake = Mistake(
            title=plot.title,
            subject=plot.title,
            description=plot.words,
            severity=plot.severity,
            critical_because=plot.critical_because,
            channel=plot.channel,
            origin=plot.origin,
            known_at=known_at or now,
            wants=plot.wants,
            team=self.team,
            owner=self.actor if is_owned else None,
            incident=incident,
            category=learning.add_category(name=plot.category, actor=self.actor),
        )
        known = self.world.customers
        if self.customer.name not in known:
            known[self.customer.name] = add_customer(details=self.customer, actor=self.actor, now=now)
        customer = known[self.customer.name]
        self.case = log_case(mistake=mistake, customer=customer, actor=self.actor, now=now)

    def due(self, kind: StepKind) -> tuple[datetime, datetime]:
        """From when, and until when, the step of the present round is owed."""
        self.case.refresh_from_db()
        step = self.case.steps.get(round=self.case.round, kind=kind)
        settled = self.case.steps.filter(status=StepStatus.DONE, round=self.case.round).order_by("settled_at").last()
        start = (settled and settled.settled_at) or step.started_at
        return start, step.due_at or start

    def owes(self, kind: StepKind) -> bool:
        self.case.refresh_from_db()
        return self.case.steps.filter(round=self.case.round, kind=kind, status=StepStatus.PENDING).exists()

    def acknowledge(self, now: datetime, *more: str) -> None:
        evidence = AcknowledgementEvidence(
            channel=Channel.PHONE,
            read_back=f"“{self.plot.title}”, and you would like: {self.plot.wants[0].lower()}{self.plot.wants[1:]}",
            read_back_answer=ReadBack.CORRECTED if more else ReadBack.AGREED,
            was_only_concern=not more,
            more_concerns=more,
            ownership=f"I am {self.actor.name}, and I take care of this until it is right.",
            reaction=Reaction.ANNOYED if more else Reaction.CALM,
        )
        steps.acknowledge(case=self.case, evidence=evidence, actor=self.actor, now=now)

    def sorry(self, channel: Channel) -> ApologyEvidence:
        known = bool(self.plot.cause)
        return ApologyEvidence(
            channel=channel,
            body=(
                f"Dear {self.customer.salutation},\n\nthis was our mistake, and I am sorry for it. {self.plot.because} "
                f"You should not have had to tell us.\n\n{self.actor.name}"
            ),
            owns_it=True,
            explanation_status=ExplanationStatus.VERIFIED if known else ExplanationStatus.UNKNOWN,
            explanation=self.plot.because,
        )

    def apologize(self, now: datetime, channel: Channel = Channel.PHONE) -> None:
        evidence = self.sorry(channel)
        if channel is Channel.EMAIL:
            apologies.send_apology(case=self.case, evidence=evidence, actor=self.actor, now=now)
        else:
            apologies.speak_apology(case=self.case, evidence=evidence, actor=self.actor, now=now)

    def promise(self, now: datetime, words: str, due_at: datetime, *, step: StepKind | None = None) -> Promise:
        pledge = Pledge(words=words, due_at=due_at, channel=Channel.PHONE, step=step or "")
        return promises.make_promise(case=self.case, pledge=pledge, actor=self.actor, now=now)

    def hear(self, now: datetime, words: str, reached: Reached = Reached.REACHED) -> None:
        """The customer comes to us."""
        exchange = Exchange(
            direction=Direction.IN,
            channel=Channel.PHONE,
            reached=reached,
            summary=words,
            at=now,
            reaction=Reaction.ANNOYED,
        )
        contacts.log_contact(case=self.case, exchange=exchange, actor=self.actor, now=now)

    def try_to_reach(self, now: datetime, channel: Channel, reached: Reached = Reached.NO_ANSWER) -> None:
        exchange = Exchange(
            direction=Direction.OUT, channel=channel, reached=reached, summary="Tried to reach them.", at=now
        )
        contacts.log_contact(case=self.case, exchange=exchange, actor=self.actor, now=now)

    def plan_fix(self, now: datetime) -> None:
        options = "The money back; the same again; what they ask for"
        corrections.plan_correction(case=self.case, what=self.plot.fix, options=options, actor=self.actor, now=now)

    def correct(self, now: datetime) -> None:
        evidence = CorrectionEvidence(what=self.plot.fix)
        corrections.record_correction(case=self.case, evidence=evidence, actor=self.actor, now=now)
        if self.plot.cause and self.case.round == 1:
            why = Why(cause=self.plot.cause, status=CauseStatus.SUSPECTED)
            find_cause(self.case, why, actor=self.actor, now=now)

    def propose(self, now: datetime, proposal: Proposal | None = None) -> Compensation | None:
        """Nothing where the plot has nothing to give."""
        wanted = proposal or self.plot.gift
        if wanted is None:
            return None
        return compensations.propose_compensation(case=self.case, proposal=wanted, actor=self.actor, now=now)

    def waits_for_manager(self) -> bool:
        proposed = self.case.compensations.filter(status=CompensationStatus.PROPOSED)
        return proposed.exists() or self.case.approvals.filter(status=ApprovalStatus.ASKED).exists()

    def approve(self, now: datetime) -> None:
        """The manager grants whatever waits for a second person."""
        for waiting in self.case.compensations.filter(status=CompensationStatus.PROPOSED):
            compensations.approve_compensation(compensation=waiting, actor=self.manager, now=now, note="Gladly.")
        for asked in self.case.approvals.filter(status=ApprovalStatus.ASKED):
            approvals.decide(approval=asked, grant=True, note="Agreed.", actor=self.manager, now=now)

    def move(self, now: datetime, gift: Compensation, to: CompensationStatus, note: str = "") -> Compensation:
        return compensations.move_compensation(compensation=gift, to=to, actor=self.actor, now=now, note=note)

    def issue(self, now: datetime) -> None:
        """Hand over what is approved; where nothing was proposed, decide that nothing is due."""
        granted = self.case.compensations.filter(status=CompensationStatus.APPROVED, round=self.case.round)
        if not granted.exists():
            reason = "Put right at once, and the customer wants nothing else."
            compensations.decide_none(case=self.case, reason=reason, actor=self.actor, now=now)
        for gift in granted:
            self.move(now, gift, CompensationStatus.ISSUED, "Receipt in the file")

    def ask_by_mail(self, now: datetime) -> None:
        words = f"Dear {self.customer.salutation},\n\ndid we make it right? Please tell us in your own words."
        satisfaction.ask_by_mail(case=self.case, words=words, actor=self.actor, now=now)

    def answer(self, now: datetime, answer: Answer, score: int | None, words: str, *, by_page: bool = False) -> None:
        """``by_page``: on the page behind the link of the mail; else on the telephone."""
        evidence = AnswerEvidence(
            channel=Channel.WEB if by_page else Channel.PHONE,
            answer=answer,
            score=score,
            words=words,
            wants_contact=by_page and answer is Answer.NOT_SATISFIED,
        )
        if by_page:
            link = self.case.customer_links.order_by("-pk")[0]
            satisfaction.answer_by_customer(link=link, evidence=evidence, now=now)
        else:
            satisfaction.record_answer(case=self.case, evidence=evidence, actor=self.actor, now=now)

    def settle_concerns(self, now: datetime) -> None:
        settle_concerns(self.case, self.plot.fix, actor=self.actor, now=now)

    def learn(self, now: datetime, within: timedelta, status: CauseStatus = CauseStatus.CONFIRMED) -> None:
        """Why it happened, and what is changed; nothing where nobody knows yet, or everything has been tried."""
        if not self.plot.cause:
            return
        find_cause(self.case, Why(cause=self.plot.cause, status=status), actor=self.actor, now=now)
        untried = self.world.changes[self.plot.cause]
        if not untried:
            return
        kind, change = untried.pop(0)
        plan = Plan(kind=kind, change=change, owner=self.actor, due_at=now + within)
        self.change = learning.plan_prevention(incident=self.case.incident, plan=plan, actor=self.actor, now=now)

    def change_it(self, now: datetime) -> None:
        if self.change is not None:
            self.change = learning.finish_prevention(action=self.change, actor=self.actor, now=now)

    def verify(self, now: datetime) -> None:
        if self.change is not None:
            proof = "Looked at twenty of them: each was done as agreed."
            self.change = learning.verify_prevention(action=self.change, proof=proof, actor=self.manager, now=now)

    def letter(self, channel: Channel) -> Letter:
        changes = (self.change,) if self.change else ()
        return Letter(
            channel=channel,
            examined=f"How this came about: {self.plot.title.lower()}.",
            found=self.plot.because,
            body=(
                f"Dear {self.customer.salutation},\n\nthank you for your patience with us. {self.plot.because} "
                f"I am sorry that it hit you.\n\n{self.actor.name}"
            ),
            changes=changes,
            nothing_changed_because="" if changes else self.nothing_new(),
        )

    def nothing_new(self) -> str:
        if self.plot.cause:
            return "Nothing new was changed: what we changed the last time had not reached everybody yet."
        return "Nothing has changed yet, because we do not know the cause, and will not pretend that we do."

    def follow_up(self, now: datetime, channel: Channel = Channel.LETTER) -> None:
        letter = self.letter(channel)
        if channel is Channel.EMAIL:
            follow_ups.send_follow_up(case=self.case, letter=letter, actor=self.actor, now=now)
        else:
            follow_ups.speak_follow_up(case=self.case, letter=letter, actor=self.actor, now=now)

    def record_response(self, now: datetime, response: FollowUpResponse) -> None:
        follow_up = self.case.follow_ups.order_by("-pk")[0]
        follow_ups.record_response(follow_up=follow_up, response=response, actor=self.actor, now=now)

    def close(self, now: datetime, outcome: Outcome, reason: str = "", of: Case | None = None) -> None:
        closing.close(case=self.case, outcome=outcome, reason=reason, actor=self.actor, now=now, duplicate_of=of)
