"""The alarm that could not call: call-backs that never came, and an executive who owns it and repairs it himself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cases.actions import (
    apologies,
    closing,
    compensations,
    contacts,
    corrections,
    follow_ups,
    handling,
    learning,
    promises,
    steps,
)
from cases.actions.compensations import Proposal
from cases.actions.contacts import Exchange
from cases.actions.customers import CustomerDetails, add_customer
from cases.actions.follow_ups import Letter
from cases.actions.intake import Mistake, log_case
from cases.actions.learning import Plan
from cases.actions.promises import Pledge
from cases.actions.satisfaction import record_answer
from cases.demo.deeds import Why, find_cause, settle_concerns
from cases.demo.stage import Script, Stage, Story
from cases.rules.evidence import AcknowledgementEvidence, AnswerEvidence, ApologyEvidence, CorrectionEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    CriticalGround,
    Direction,
    ExplanationStatus,
    Outcome,
    PreventionKind,
    Reached,
    Reaction,
    ReadBack,
    Severity,
)

if TYPE_CHECKING:
    from cases.models import PreventionAction, Promise

DAY, AFTER, TOOL_DONE, FOLLOW_UP = (10, 22), (10, 23), (10, 27), (10, 28)


class Alarm(Story):
    """A safety product, so critical. Three calls and a voicemail before somebody says: this is mine."""

    call_back: Promise
    arrival: Promise
    tool: PreventionAction
    evening: PreventionAction

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.team = self.cast.field_team

    def script(self) -> Script:
        yield from self.first_call()
        yield from self.chases()
        yield from self.owned()
        yield from self.followed_up()

    def first_call(self) -> Script:
        operator = self.cast.operator
        now = yield self.at(DAY, "7:47")
        details = CustomerDetails(
            name="Gerald Whitlock",
            salutation="Mr. Whitlock",
            email="g.whitlock@example.com",
            phone="+1 617 555 0163",
            preferred_channel=Channel.PHONE,
        )
        mistake = Mistake(
            title="Alarm panel says that it cannot communicate",
            subject="Alarm panel says that it cannot communicate",
            description="The panel says it cannot call out. If somebody breaks in tonight, nobody will hear of it. "
            "You say that the technicians will tell me when they come.",
            severity=Severity.CRITICAL,
            critical_because=CriticalGround.SECURITY,
            channel=Channel.PHONE,
            happened_at=self.at(DAY, "7:40"),
            known_at=self.at(DAY, "7:45"),
            wants="An alarm that works tonight.",
            needed_by=self.at(DAY, "17:00"),
            team=self.team,
            owner=operator,
        )
        customer = add_customer(details=details, actor=operator, now=now)
        self.case = log_case(mistake=mistake, customer=customer, actor=operator, now=now)
        now = yield self.at(DAY, "7:50")
        pledge = Pledge(
            words="The technicians ring you by noon with a time",
            due_at=self.at(DAY, "12:00"),
            channel=Channel.PHONE,
        )
        self.call_back = promises.make_promise(case=self.case, pledge=pledge, actor=operator, now=now)

    def came(self, time: str, summary: str, reached: Reached = Reached.REACHED) -> Script:
        """The customer called again."""
        now = yield self.at(DAY, time)
        exchange = Exchange(
            direction=Direction.IN,
            channel=Channel.PHONE,
            reached=reached,
            summary=summary,
            at=now,
            reaction=Reaction.ANNOYED,
        )
        contacts.log_contact(case=self.case, exchange=exchange, actor=self.cast.operator, now=now)

    def chases(self) -> Script:
        yield from self.came("12:30", "Nobody rang. There is a ticket; he was told that he should hear.")
        yield from self.came("12:35", "Asked for the head of the department.", Reached.VOICEMAIL)
        yield from self.came("17:05", "Everybody had gone. Monitoring asked whether he had said that it was for today.")

    def owned(self) -> Script:
        executive = self.cast.executive
        now = yield self.at(DAY, "17:20")
        handling.take_over(case=self.case, actor=executive, now=now)
        steps.acknowledge(case=self.case, evidence=_ACKNOWLEDGED, actor=executive, now=now)
        instead = "I rang him myself, and I am coming instead of the technicians."
        promises.give_up_promise(promise=self.call_back, instead=instead, actor=executive, now=now)
        pledge = Pledge(words="I am with you at 6:20", due_at=self.at(DAY, "18:20"), channel=Channel.PHONE)
        self.arrival = promises.make_promise(case=self.case, pledge=pledge, actor=executive, now=now)
        now = yield self.at(DAY, "18:20")
        promises.keep_promise(promise=self.arrival, actor=executive, now=now)
        now = yield self.at(DAY, "18:25")
        apologies.speak_apology(case=self.case, evidence=_APOLOGIZED, actor=executive, now=now)
        now = yield self.at(DAY, "19:00")
        handling.record_made_safe(case=self.case, at=now, actor=executive, now=now)
        corrections.record_correction(case=self.case, evidence=_REPAIRED, actor=executive, now=now)
        yield from self.before_leaving()

    def before_leaving(self) -> Script:
        executive = self.cast.executive
        now = yield self.at(DAY, "19:10")
        find_cause(self.case, Why(cause="Call-back not made"), actor=executive, now=now)
        month = compensations.propose_compensation(case=self.case, proposal=_MONTH, actor=executive, now=now)
        for status in (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED, CompensationStatus.ISSUED):
            compensations.move_compensation(compensation=month, to=status, actor=executive, now=now)
        now = yield self.at(DAY, "19:20")
        record_answer(case=self.case, evidence=_IMPRESSED, actor=executive, now=now)
        settle_concerns(self.case, "The panel calls out again, tested twice.", actor=executive, now=now)

    def followed_up(self) -> Script:
        executive = self.cast.executive
        now = yield self.at(AFTER, "9:00")
        tool = Plan(
            kind=PreventionKind.TOOL,
            change="A call-back is entered with a time, or not at all",
            owner=executive,
            due_at=self.at((10, 31), "17:00"),
        )
        evening = Plan(
            kind=PreventionKind.PROCESS,
            change="Whoever is here after five sees every open promise, and may act on it",
            owner=executive,
            due_at=self.at((11, 14), "17:00"),
        )
        self.tool, self.evening = (
            learning.plan_prevention(incident=self.case.incident, plan=plan, actor=executive, now=now)
            for plan in (tool, evening)
        )
        now = yield self.at(TOOL_DONE, "15:00")
        self.tool = learning.finish_prevention(action=self.tool, actor=executive, now=now)
        now = yield self.at(FOLLOW_UP, "10:00")
        letter = Letter(
            channel=Channel.PHONE,
            examined="Every call of that day, and who knew of it.",
            found="The ticket had no time, and in the evening nobody present could see that a call was owed.",
            body="I rang Mr. Whitlock, told him what we found, and thanked him for his patience with us.",
            changes=(self.tool, self.evening),
        )
        follow_ups.speak_follow_up(case=self.case, letter=letter, actor=executive, now=now)
        closing.close(case=self.case, outcome=Outcome.SATISFIED, reason="", actor=executive, now=now)
        now = yield self.at((11, 12), "16:00")
        self.evening = learning.finish_prevention(action=self.evening, actor=executive, now=now)


_ACKNOWLEDGED = AcknowledgementEvidence(
    channel=Channel.PHONE,
    read_back="Your alarm has not been able to call out since this morning, and you waited for us all day.",
    read_back_answer=ReadBack.AGREED,
    was_only_concern=True,
    ownership="I am Daniel Abara, I answer for field service, and this is my fault alone. I will come myself.",
    reaction=Reaction.ANGRY,
)
_APOLOGIZED = ApologyEvidence(
    channel=Channel.IN_PERSON,
    body="You called three times, and three times we let you wait. That was wrong, it was our doing, and I am sorry.",
    owns_it=True,
    explanation_status=ExplanationStatus.VERIFIED,
    explanation="Your ticket had no time in it, so it was in nobody's day. I am new, and I am changing that now.",
)
_REPAIRED = CorrectionEvidence(
    what="The radio module was replaced, and two test calls went through.",
    options_considered="A technician tomorrow; a guard for the night; going there now with my own tools",
)
_MONTH = Proposal(
    nature=CompensationNature.GOODWILL,
    form=CompensationForm.CREDIT,
    what="A month of monitoring",
    amount=Decimal(45),
    reason="A day of waiting at home, and an evening of worry.",
)
_IMPRESSED = AnswerEvidence(
    channel=Channel.IN_PERSON,
    answer=Answer.SATISFIED,
    score=5,
    words="The vice-president in my cellar with a screwdriver. I have never seen that before.",
)
