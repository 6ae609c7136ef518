"""The parcel that went to the wrong place: the follow-up names what changed, and nothing that has not."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cases.actions import closing, corrections, follow_ups, learning, promises
from cases.actions.compensations import Proposal
from cases.actions.customers import CustomerDetails, add_customer
from cases.actions.follow_ups import Letter
from cases.actions.in_one_go import log_and_settle
from cases.actions.intake import Mistake
from cases.actions.learning import Plan
from cases.actions.promises import Pledge
from cases.actions.satisfaction import record_answer
from cases.demo.deeds import Why, find_cause, give, settle_concerns
from cases.demo.stage import Script, Story
from cases.rules.evidence import AcknowledgementEvidence, AnswerEvidence, ApologyEvidence, CorrectionEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CompensationForm,
    CompensationNature,
    ExplanationStatus,
    FaultParty,
    FollowUpResponse,
    Outcome,
    PreventionKind,
    Reaction,
    ReadBack,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import FollowUp, PreventionAction, Promise

CALL, DELIVERY, ANSWER, REVIEW = (10, 2), (10, 6), (10, 7), (10, 8)
TRAINED, DRAFTED, CHECKED, FOLLOW_UP = (10, 15), (10, 16), (10, 20), (10, 21)


class Parcel(Story):
    """Customer and clerk are both called Kristina: parties are told apart by what they are, never by name."""

    promise: Promise
    training: PreventionAction
    label_check: PreventionAction
    follow_up: FollowUp

    def script(self) -> Script:
        yield from self.the_call()
        yield from self.delivered()
        yield from self.reviewed()
        yield from self.followed_up()

    def the_call(self) -> Script:
        clerk = self.cast.kristina
        now = yield self.at(CALL, "10:05")
        details = CustomerDetails(
            name="Kristina Lindqvist",
            salutation="Ms. Lindqvist",
            email="k.lindqvist@example.com",
            phone="+1 218 555 0177",
        )
        mistake = Mistake(
            title="Parcel sent to the old address",
            subject="Parcel sent to the old address",
            description="I moved months ago, and told you so. My parcel is at my old place, with people I do not know.",
            severity=Severity.MODERATE,
            channel=Channel.PHONE,
            happened_at=self.at((10, 1), "14:00"),
            known_at=now,
            wants="The parcel, before my daughter's birthday.",
            fault_party=FaultParty.US,
            team=self.team,
            owner=clerk,
        )
        customer = add_customer(details=details, actor=clerk, now=now)
        self.case = log_and_settle(
            mistake=mistake, customer=customer, evidence=(_ACKNOWLEDGED, _APOLOGIZED), actor=clerk, now=now
        )
        now = yield self.at(CALL, "10:30")
        corrections.plan_correction(
            case=self.case,
            what="The same order goes out again by express",
            options="Fetching the parcel from the old address; a refund; a new parcel by express",
            actor=clerk,
            now=now,
        )
        pledge = Pledge(
            words="The new parcel is with you on Monday",
            due_at=self.at(DELIVERY, "17:00"),
            channel=Channel.PHONE,
            step=StepKind.CORRECT,
        )
        self.promise = promises.make_promise(case=self.case, pledge=pledge, actor=clerk, now=now)
        give(self.case, _CERTIFICATE, actor=clerk, now=now, proof="Certificate 20881")

    def delivered(self) -> Script:
        clerk = self.cast.kristina
        now = yield self.at(DELIVERY, "13:20")
        promises.keep_promise(promise=self.promise, actor=clerk, now=now)
        corrections.record_correction(case=self.case, evidence=_DELIVERED, actor=clerk, now=now)
        now = yield self.at(ANSWER, "11:00")
        record_answer(case=self.case, evidence=_SATISFIED, actor=clerk, now=now)
        settle_concerns(self.case, "The new parcel arrived in time for the birthday.", actor=clerk, now=now)

    def reviewed(self) -> Script:
        """Order entry and shipping are looked into: two findings, a change for each."""
        clerk = self.cast.kristina
        now = yield self.at(REVIEW, "9:30")
        find_cause(self.case, Why(cause="Address typed wrong at order entry"), actor=clerk, now=now)
        self.training = self._plan(
            PreventionKind.TRAINING, "Everybody at order entry was trained to read addresses back", (10, 17), now
        )
        self.label_check = self._plan(
            PreventionKind.PROCESS, "At packing, every label is held against the order", (10, 24), now
        )
        now = yield self.at(TRAINED, "16:00")
        self.training = learning.finish_prevention(action=self.training, actor=clerk, now=now)

    def _plan(self, kind: PreventionKind, change: str, due: tuple[int, int], now: datetime) -> PreventionAction:
        clerk = self.cast.kristina
        plan = Plan(kind=kind, change=change, owner=clerk, due_at=self.at(due, "17:00"))
        return learning.plan_prevention(incident=self.case.incident, plan=plan, actor=clerk, now=now)

    def followed_up(self) -> Script:
        clerk = self.cast.kristina
        now = yield self.at(DRAFTED, "11:00")
        self.follow_up = follow_ups.draft_follow_up(
            case=self.case, letter=self.letter("Both have been fixed."), actor=clerk, now=now
        )
        now = yield self.at(CHECKED, "15:00")
        self.label_check = learning.finish_prevention(action=self.label_check, actor=clerk, now=now)
        now = yield self.at(FOLLOW_UP, "10:00")
        follow_ups.speak_follow_up(case=self.case, letter=self.letter(_LETTER), actor=clerk, now=now)
        closing.close(case=self.case, outcome=Outcome.SATISFIED, reason="", actor=clerk, now=now)
        now = yield self.at((10, 24), "9:15")
        follow_ups.record_response(
            follow_up=self.case.follow_ups.get(), response=FollowUpResponse.WILL_STAY, actor=clerk, now=now
        )

    def letter(self, body: str) -> Letter:
        return Letter(
            channel=Channel.LETTER,
            examined="How an order is entered, and how it is packed and shipped.",
            found="The new address was never typed in at order entry, and packing did not compare label and order.",
            body=body,
            changes=(self.training, self.label_check),
        )


_ACKNOWLEDGED = AcknowledgementEvidence(
    channel=Channel.PHONE,
    read_back="You told us your new address months ago, and we sent the parcel to the old one all the same.",
    read_back_answer=ReadBack.AGREED,
    was_only_concern=True,
    ownership="I am Kristina Boyle, and I stay with this until you hold your parcel.",
    reaction=Reaction.ANNOYED,
)
_APOLOGIZED = ApologyEvidence(
    channel=Channel.PHONE,
    body="We made a mistake: you gave us the right address, and we used the old one. I am sorry for your wait.",
    owns_it=True,
    explanation_status=ExplanationStatus.PROVISIONAL,
    explanation="The old address was still in our system. Why, I am going to find out, and I will tell you.",
)
_CERTIFICATE = Proposal(
    nature=CompensationNature.GOODWILL,
    form=CompensationForm.VOUCHER,
    what="Gift certificate",
    amount=Decimal(25),
    reason="Days of waiting, and a call that should not have been needed.",
)
_DELIVERED = CorrectionEvidence(what="The new parcel was delivered to the new address on Monday at 1 p.m.")
_SATISFIED = AnswerEvidence(
    channel=Channel.PHONE,
    answer=Answer.SATISFIED,
    score=5,
    words="It came in time, and the birthday is saved. Thank you for being so quick.",
)
_LETTER = (
    "Dear Ms. Lindqvist,\n\nWhen we last spoke, I said that I would find out why your parcel went to your old address. "
    "We looked into order entry and into shipping, and found a mistake in each: the new address was never typed in, "
    "and at packing nobody held the label against the order. I am sorry that you had to bear that. Thank you for your "
    "patience; I hope that we may send you something again, to the right door.\n\nKristina Boyle"
)
