"""The merchant's mistake: an answer promised too soon, two silent weeks, and a customer who gets everything back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cases.actions import (
    apologies,
    approvals,
    closing,
    compensations,
    corrections,
    follow_ups,
    handling,
    learning,
    promises,
    steps,
)
from cases.actions.compensations import Proposal
from cases.actions.customers import CustomerDetails, add_customer
from cases.actions.follow_ups import Letter
from cases.actions.intake import Mistake, log_case
from cases.actions.learning import Plan
from cases.actions.promises import Pledge
from cases.actions.satisfaction import record_answer
from cases.demo.deeds import Why, find_cause, settle_concerns
from cases.demo.stage import Script, Story
from cases.rules.evidence import AcknowledgementEvidence, AnswerEvidence, ApologyEvidence, CorrectionEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    ExplanationStatus,
    FaultParty,
    Outcome,
    PreventionKind,
    Reaction,
    ReadBack,
    Severity,
)

if TYPE_CHECKING:
    from cases.models import PreventionAction, Promise

CALL, PROMISED, ALARM, SOLVED = (10, 13), (10, 15), (10, 27), (10, 28)
CHANGED, FOLLOW_UP = (11, 3), (11, 5)


class Merchant(Story):
    """Whoever erred, the promise is ours: it breaks, and stays broken."""

    promise: Promise
    change: PreventionAction

    def script(self) -> Script:
        yield from self.the_call()
        yield from self.silence()
        yield from self.solved()
        yield from self.followed_up()

    def the_call(self) -> Script:
        beverly = self.cast.beverly
        now = yield self.at(CALL, "10:20")
        details = CustomerDetails(
            name="Ben Tanaka", salutation="Mr. Tanaka", email="ben.tanaka@example.com", phone="+1 415 555 0119"
        )
        mistake = Mistake(
            title="Charged $560 twice by a merchant",
            subject="Charged $560 twice by a merchant",
            description="I bought one bicycle and paid for two. The shop says it is you, and you say it is the shop.",
            severity=Severity.MODERATE,
            channel=Channel.PHONE,
            known_at=now,
            wants="The second $560 back on my account.",
            concerns=("$560 was charged twice.",),
            team=self.team,
            owner=beverly,
        )
        customer = add_customer(details=details, actor=beverly, now=now)
        self.case = log_case(mistake=mistake, customer=customer, actor=beverly, now=now)
        steps.acknowledge(case=self.case, evidence=_ACKNOWLEDGED, actor=beverly, now=now)
        pledge = Pledge(
            words="You have our answer by Wednesday",
            due_at=self.at(PROMISED, "17:00"),
            channel=Channel.PHONE,
        )
        self.promise = promises.make_promise(case=self.case, pledge=pledge, actor=beverly, now=now)

    def silence(self) -> Script:
        """Wednesday passes, and so do two weeks. Those who were alerted do something at last."""
        now = yield self.at(ALARM, "9:30")
        handling.escalate(
            case=self.case, reason="Two weeks without a word to the customer", actor=self.cast.manager, now=now
        )

    def solved(self) -> Script:
        beverly, manager = self.cast.beverly, self.cast.manager
        now = yield self.at(SOLVED, "10:00")
        find_cause(self.case, _WHY, actor=beverly, now=now)
        apologies.speak_apology(case=self.case, evidence=_APOLOGIZED, actor=beverly, now=now)
        promises.keep_promise(promise=self.promise, actor=beverly, now=now)
        corrections.record_correction(case=self.case, evidence=_REVERSED, actor=beverly, now=now)
        money = compensations.propose_compensation(case=self.case, proposal=_MONEY, actor=beverly, now=now)
        compensations.decide_none(case=self.case, reason=NOTHING_MORE, actor=beverly, now=now)
        now = yield self.at(SOLVED, "10:30")
        # The loss is above what an agent returns alone.
        compensations.approve_compensation(compensation=money, actor=manager, now=now, note="It was never their debt.")
        # A broken promise has made it major, so that giving nothing needs a second person.
        approvals.decide(
            approval=self.case.approvals.get(),
            grant=True,
            note="Agreed: it is the whole sum, and the customer wants no more.",
            actor=manager,
            now=now,
        )
        now = yield self.at(SOLVED, "11:00")
        compensations.move_compensation(
            compensation=money, to=CompensationStatus.ISSUED, actor=beverly, now=now, note="Booking 55-2081"
        )
        now = yield self.at(SOLVED, "15:00")
        record_answer(case=self.case, evidence=_GLAD, actor=beverly, now=now)
        settle_concerns(self.case, "The whole sum is back, and nothing shows as unpaid.", actor=beverly, now=now)

    def followed_up(self) -> Script:
        beverly = self.cast.beverly
        now = yield self.at(SOLVED, "16:00")
        plan = Plan(
            kind=PreventionKind.PROCESS,
            change="For a disputed charge we name a day only when the merchant's bank has told us theirs",
            owner=beverly,
            due_at=self.at(FOLLOW_UP, "17:00"),
        )
        self.change = learning.plan_prevention(incident=self.case.incident, plan=plan, actor=beverly, now=now)
        now = yield self.at(CHANGED, "14:00")
        self.change = learning.finish_prevention(action=self.change, actor=beverly, now=now)
        now = yield self.at(FOLLOW_UP, "11:00")
        letter = Letter(
            channel=Channel.PHONE,
            examined="The two weeks between your first call and our answer.",
            found="We promised a day that depended on another bank, and then told you nothing.",
            body="I told Mr. Tanaka what we found, said sorry once more for the silence, and thanked him.",
            changes=(self.change,),
        )
        follow_ups.speak_follow_up(case=self.case, letter=letter, actor=beverly, now=now)
        closing.close(case=self.case, outcome=Outcome.SATISFIED, reason="", actor=beverly, now=now)


NOTHING_MORE = "The whole $560 comes back as restitution. He said that nothing else is needed."
_WHY = Why(
    cause="Sale booked twice by a merchant",
    note="The merchant's terminal sent the sale again after a lost connection.",
    fault=FaultParty.SUPPLIER,
)
_ACKNOWLEDGED = AcknowledgementEvidence(
    channel=Channel.PHONE,
    read_back="You paid $560 once, the shop took it twice, and each of us sends you to the other.",
    read_back_answer=ReadBack.AGREED,
    was_only_concern=False,
    more_concerns=("Will the second charge show as unpaid on my card?",),
    ownership="I am Beverly Novak, and I take care of this for you.",
    reaction=Reaction.ANNOYED,
)
_APOLOGIZED = ApologyEvidence(
    channel=Channel.PHONE,
    body="I promised you an answer for a Wednesday, and then two weeks went by. That was my mistake. I am sorry.",
    owns_it=True,
    explanation_status=ExplanationStatus.VERIFIED,
    explanation="The shop's terminal sent the sale twice. It took their bank until now to confirm it.",
)
_REVERSED = CorrectionEvidence(
    what="The second charge of $560 is reversed in full, and the card shows nothing as unpaid.",
    options_considered="Advancing the money ourselves; waiting for the merchant's bank; a chargeback",
)
_MONEY = Proposal(
    nature=CompensationNature.RESTITUTION,
    form=CompensationForm.MONEY,
    what="The second charge, returned in full",
    amount=Decimal(560),
    was_asked_for=True,
    reason="Proven by the merchant's own statement: one sale, booked twice.",
)
_GLAD = AnswerEvidence(
    channel=Channel.PHONE,
    answer=Answer.SATISFIED,
    score=5,
    words="I had given it up. All of it back: I trust you more today than I did yesterday.",
)
