"""The missed appointment: own up the same hour, then do more than was asked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cases.actions import closing, contacts, corrections, follow_ups, learning, promises
from cases.actions.compensations import Proposal
from cases.actions.contacts import Exchange
from cases.actions.customers import CustomerDetails, add_customer
from cases.actions.follow_ups import Letter
from cases.actions.in_one_go import settle_together
from cases.actions.intake import Mistake, log_case
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
    Direction,
    ExplanationStatus,
    FaultParty,
    Origin,
    Outcome,
    PreventionKind,
    Reaction,
    ReadBack,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from cases.models import PreventionAction, Promise

MONDAY, TUESDAY, THURSDAY, FRIDAY, NOTE = (10, 6), (10, 7), (10, 9), (10, 10), (10, 20)


class Appointment(Story):
    """The adviser has seven in her head, and the meeting was at six. The first date was canceled by the husband."""

    promise: Promise
    change: PreventionAction

    def script(self) -> Script:
        yield from self.monday()
        yield from self.tuesday()
        yield from self.the_meeting()
        yield from self.afterwards()

    def monday(self) -> Script:
        adviser = self.cast.agent
        now = yield self.at(MONDAY, "18:30")
        details = CustomerDetails(
            name="Chinedu and Ngozi Okafor",
            salutation="Mr. and Mrs. Okafor",
            email="okafors@example.com",
            phone="+1 312 555 0142",
            preferred_channel=Channel.PHONE,
        )
        mistake = Mistake(
            title="Nobody came to the first meeting",
            subject="Nobody came to the first meeting",
            severity=Severity.MODERATE,
            channel=Channel.OTHER,
            origin=Origin.SELF_REPORTED,
            happened_at=self.at(MONDAY, "18:00"),
            known_at=now,
            attempt=2,
            contribution="The husband canceled the first date: his mother had fallen ill.",
            fault_party=FaultParty.US,
            team=self.team,
            owner=adviser,
        )
        customer = add_customer(details=details, actor=adviser, now=now)
        self.case = log_case(mistake=mistake, customer=customer, actor=adviser, now=now)
        contacts.add_note(
            case=self.case,
            text="When did this last happen with us? More than ten years ago.",
            actor=adviser,
            now=now,
        )
        find_cause(self.case, _WHY, actor=adviser, now=now)
        now = yield self.at(MONDAY, "18:35")
        settle_together(case=self.case, evidence=(_ACKNOWLEDGED, _APOLOGIZED), actor=adviser, now=now)

    def tuesday(self) -> Script:
        adviser = self.cast.agent
        now = yield self.at(TUESDAY, "10:00")
        exchange = Exchange(
            direction=Direction.OUT,
            channel=Channel.PHONE,
            summary="Offered any time that suits them, evenings and weekend included. They chose Thursday at six.",
            at=now,
            reaction=Reaction.CALM,
        )
        contacts.log_contact(case=self.case, exchange=exchange, actor=adviser, now=now)
        meeting = self.at(THURSDAY, "18:00")
        corrections.plan_correction(
            case=self.case,
            what="We meet at the time that they choose, and go through everything.",
            options=_MET.options_considered,
            actor=adviser,
            now=now,
            agreed_for=meeting,
        )
        pledge = Pledge(
            words="We meet on Thursday at six, at your home",
            due_at=meeting,
            channel=Channel.PHONE,
            step=StepKind.CORRECT,
            is_appointment=True,
        )
        self.promise = promises.make_promise(case=self.case, pledge=pledge, actor=adviser, now=now)
        now = yield self.at(TUESDAY, "11:00")
        for proposal in (_DINNER, _FLOWERS):
            give(self.case, proposal, actor=adviser, now=now, proof="Ordered, receipt in the file")
        plan = Plan(
            kind=PreventionKind.PROCESS,
            change="The day before, every adviser calls over the next day's appointments with the office",
            owner=adviser,
            due_at=self.at((10, 17), "17:00"),
        )
        self.change = learning.plan_prevention(incident=self.case.incident, plan=plan, actor=adviser, now=now)

    def the_meeting(self) -> Script:
        adviser = self.cast.agent
        now = yield self.at(THURSDAY, "19:10")
        at = self.at(THURSDAY, "18:00")
        promises.keep_promise(promise=self.promise, actor=adviser, now=now, at=at)
        corrections.record_correction(case=self.case, evidence=_MET, actor=adviser, now=now, at=at)

    def afterwards(self) -> Script:
        adviser = self.cast.agent
        now = yield self.at(FRIDAY, "11:00")
        record_answer(case=self.case, evidence=_DELIGHTED, actor=adviser, now=now)
        settle_concerns(self.case, "We met at a time of their choice.", actor=adviser, now=now)
        now = yield self.at((10, 16), "16:30")
        self.change = learning.finish_prevention(action=self.change, actor=adviser, now=now)
        now = yield self.at(NOTE, "10:00")
        letter = Letter(
            channel=Channel.LETTER,
            examined="How appointments get from the telephone into the diary.",
            found="I noted the hour by hand, and nobody read it back to me or to you.",
            body=(
                "Dear Mr. and Mrs. Okafor,\n\nYou waited for me on a Monday evening, and I was not there: "
                "I had noted the wrong hour. I am sorry. Thank you for meeting me all the same.\n\nMaya Osei"
            ),
            changes=(self.change,),
        )
        follow_ups.speak_follow_up(case=self.case, letter=letter, actor=adviser, now=now)
        closing.close(case=self.case, outcome=Outcome.SATISFIED, reason="", actor=adviser, now=now)


_WHY = Why(
    cause="Appointment noted at the wrong hour",
    note="I had the wrong hour in my head: seven instead of six.",
)
_ACKNOWLEDGED = AcknowledgementEvidence(
    channel=Channel.PHONE,
    read_back="You rearranged an evening for me for the second time, and at six nobody rang your bell.",
    read_back_answer=ReadBack.AGREED,
    was_only_concern=True,
    ownership="I am Maya Osei. I got it wrong, nobody else did, and I will put it right.",
    reaction=Reaction.CALM,
    private_note="Asked after the husband's mother: she is better.",
)
_APOLOGIZED = ApologyEvidence(
    channel=Channel.PHONE,
    body="I missed our meeting. I am sorry that you waited for me, and that it was the second evening you kept free.",
    owns_it=True,
    explanation_status=ExplanationStatus.VERIFIED,
    explanation="I had the wrong hour in my head: seven instead of six.",
)
_DINNER = Proposal(
    nature=CompensationNature.GOODWILL,
    form=CompensationForm.VOUCHER,
    what="Gift card for a restaurant",
    amount=Decimal(50),
    reason="An evening of theirs was lost.",
)
_FLOWERS = Proposal(
    nature=CompensationNature.GOODWILL,
    form=CompensationForm.GIFT,
    what="Get-well flowers",
    amount=Decimal(40),
    recipient="Mr. Okafor's mother",
    reason="She is recovering, and the first date was moved for her.",
)
_MET = CorrectionEvidence(
    what="We met on Thursday at six, the time that they chose, and went through everything.",
    options_considered="A video call the same evening; a Saturday morning; their choice of any time",
)
_DELIGHTED = AnswerEvidence(
    channel=Channel.PHONE,
    answer=Answer.SATISFIED,
    score=5,
    words="What a pleasant surprise. We had expected nothing: no adviser has ever given us a present before.",
)
