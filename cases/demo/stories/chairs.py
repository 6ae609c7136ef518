"""Ninety chairs of a hundred and twenty: own it, drop the argument, fix it fast."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cases.actions import closing, contacts, corrections, follow_ups, handling, learning, promises
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
    Outcome,
    PreventionKind,
    Reaction,
    ReadBack,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from cases.models import PreventionAction, Promise

DAY, ANSWER, COUNTED, FOLLOW_UP = (11, 7), (11, 10), (11, 13), (11, 18)


class Chairs(Story):
    """The rep argues about the packing list for ten minutes; the duty manager does not."""

    promise: Promise
    change: PreventionAction

    def script(self) -> Script:
        yield from self.argued()
        yield from self.owned()
        yield from self.made_good()
        yield from self.followed_up()

    def argued(self) -> Script:
        rep, duty_manager = self.cast.teammate, self.cast.manager
        now = yield self.at(DAY, "7:40")
        details = CustomerDetails(
            name="Oak & Pine Ltd",
            salutation="Ms. Duarte",
            email="events@oakandpine.example.com",
            phone="+1 503 555 0188",
            answers_to="The sales director: 120 guests, and thirty of them without a chair",
        )
        mistake = Mistake(
            title="90 chairs delivered instead of 120",
            subject="90 chairs delivered instead of 120",
            description="Our sales meeting begins at ten, and thirty people will have to stand.",
            severity=Severity.MAJOR,
            channel=Channel.IN_PERSON,
            happened_at=self.at(DAY, "7:30"),
            known_at=self.at(DAY, "7:30"),
            wants="Thirty chairs before ten.",
            needed_by=self.at(DAY, "10:00"),
            fault_party=FaultParty.US,
            team=self.team,
            owner=rep,
        )
        customer = add_customer(details=details, actor=rep, now=now)
        self.case = log_case(mistake=mistake, customer=customer, actor=rep, now=now)
        now = yield self.at(DAY, "7:50")
        contacts.add_note(case=self.case, text=ARGUMENT, actor=rep, now=now)
        now = yield self.at(DAY, "7:55")
        handling.assign(
            case=self.case,
            to=duty_manager,
            actor=rep,
            now=now,
            note="It got heated, and I am not the right one any more. She need not tell it again: all is written down.",
        )

    def owned(self) -> Script:
        duty_manager = self.cast.manager
        now = yield self.at(DAY, "8:00")
        settle_together(case=self.case, evidence=(_ACKNOWLEDGED, _APOLOGIZED), actor=duty_manager, now=now)
        pledge = Pledge(
            words="Thirty more chairs stand in your room by half past nine",
            due_at=self.at(DAY, "9:30"),
            channel=Channel.PHONE,
            step=StepKind.CORRECT,
        )
        self.promise = promises.make_promise(case=self.case, pledge=pledge, actor=duty_manager, now=now)
        now = yield self.at(DAY, "8:20")
        corrections.plan_correction(
            case=self.case,
            what="A second van with thirty chairs has left",
            options="A second van; chairs from the hotel next door; a refund",
            actor=duty_manager,
            now=now,
        )
        now = yield self.at(DAY, "9:25")
        promises.keep_promise(promise=self.promise, actor=duty_manager, now=now)
        corrections.record_correction(case=self.case, evidence=_IN_PLACE, actor=duty_manager, now=now)

    def made_good(self) -> Script:
        duty_manager = self.cast.manager
        now = yield self.at(DAY, "9:40")
        exchange = Exchange(direction=Direction.OUT, channel=Channel.LETTER, summary=COVER_NOTE, at=now)
        contacts.log_contact(case=self.case, exchange=exchange, actor=duty_manager, now=now)
        now = yield self.at(DAY, "10:20")
        for proposal in (_HIRE, _TROUBLE):
            give(self.case, proposal, actor=duty_manager, now=now, proof="On the invoice of this month")
        find_cause(self.case, Why(cause="Van loaded without a second count"), actor=duty_manager, now=now)
        plan = Plan(
            kind=PreventionKind.PROCESS,
            change="The loading sheet is counted by two people",
            owner=self.cast.teammate,
            due_at=self.at((11, 17), "17:00"),
        )
        self.change = learning.plan_prevention(incident=self.case.incident, plan=plan, actor=duty_manager, now=now)
        now = yield self.at(ANSWER, "10:00")
        record_answer(case=self.case, evidence=_SATISFIED, actor=duty_manager, now=now)
        settle_concerns(self.case, "Everybody sat when the meeting began.", actor=duty_manager, now=now)

    def followed_up(self) -> Script:
        duty_manager = self.cast.manager
        now = yield self.at(COUNTED, "15:30")
        self.change = learning.finish_prevention(action=self.change, actor=self.cast.teammate, now=now)
        now = yield self.at(FOLLOW_UP, "10:00")
        letter = Letter(
            channel=Channel.LETTER,
            examined="How the van was loaded that morning.",
            found="One person counted, alone and in a hurry, and stopped at ninety.",
            body=(
                "Dear Ms. Duarte,\n\nThirty of your guests had no chair, because we loaded too few. I am sorry for "
                "that morning, and thank you for calling at once.\n\nPriya Shah"
            ),
            changes=(self.change,),
        )
        follow_ups.speak_follow_up(case=self.case, letter=letter, actor=duty_manager, now=now)
        closing.close(case=self.case, outcome=Outcome.SATISFIED, reason="", actor=duty_manager, now=now)


ARGUMENT = "Ten minutes about the packing list: it says 90, she says she ordered 120. Her order does say 120."
COVER_NOTE = (
    "To the sales director of Oak & Pine: thirty chairs were missing this morning because we loaded too few. "
    "Ms. Duarte ordered the right number, and had them in place before your guests came. Priya Shah"
)
_ACKNOWLEDGED = AcknowledgementEvidence(
    channel=Channel.PHONE,
    read_back="You ordered 120 chairs for ten o'clock, ninety came, and your director will ask you why.",
    read_back_answer=ReadBack.AGREED,
    was_only_concern=True,
    ownership="I am Priya Shah. A mistake was made, and it was ours: we loaded ninety. I work on it myself now.",
    reaction=Reaction.ANGRY,
)
_APOLOGIZED = ApologyEvidence(
    channel=Channel.PHONE,
    body="We loaded ninety chairs instead of 120. That is our mistake alone, and I am sorry for this morning.",
    owns_it=True,
    explanation_status=ExplanationStatus.VERIFIED,
    explanation="One person counted the load, and stopped too early.",
)
_IN_PLACE = CorrectionEvidence(what="The thirty chairs came with a second van and stood in the room at 9:25.")
_HIRE = Proposal(
    nature=CompensationNature.RESTITUTION,
    form=CompensationForm.CREDIT,
    what="The hire of thirty chairs",
    amount=Decimal(180),
    reason="Our own invoice: thirty chairs at $6.",
)
_TROUBLE = Proposal(
    nature=CompensationNature.GOODWILL,
    form=CompensationForm.CREDIT,
    what="Credit for a frightening morning",
    amount=Decimal(120),
    reason="She had to answer to her director for our mistake.",
)
_SATISFIED = AnswerEvidence(
    channel=Channel.PHONE,
    answer=Answer.SATISFIED,
    score=4,
    words="You owned it, and the note to my director helped. The ten minutes before that did not.",
)
