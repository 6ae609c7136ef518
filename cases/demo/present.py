"""Where invented cases stand at this moment, so that no screen is empty: each script stops at a state worth seeing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cases.actions import apologies, closing, compensations, handling, promises, steps
from cases.demo.clock import DAY
from cases.demo.plots import goodwill
from cases.rules.evidence import NoCompensation
from cases.rules.vocabulary import (
    Answer,
    CauseStatus,
    Channel,
    CompensationStatus,
    Outcome,
    PauseKind,
    Reached,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.demo.recovery import Recovery
    from cases.demo.stage import Scene, Script

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def begun(it: Recovery, known_at: datetime, *, is_owned: bool = True) -> Scene:
    now = yield min(known_at + 2 * MINUTE, it.clock.now)
    it.log(now, known_at=known_at, is_owned=is_owned)
    return now


def told(it: Recovery, known_at: datetime) -> Scene:
    """Acknowledged twenty minutes later."""
    now = yield from begun(it, known_at)
    now = yield it.clock.after(now, 20 * MINUTE)
    it.acknowledge(now)
    return now


def sorry(it: Recovery, known_at: datetime) -> Scene:
    now = yield from told(it, known_at)
    now = yield it.clock.after(now, 10 * MINUTE)
    it.apologize(now)
    return now


def fixed(it: Recovery, known_at: datetime) -> Scene:
    now = yield from sorry(it, known_at)
    now = yield it.clock.after(now, 90 * MINUTE)
    it.correct(now)
    return now


def given(it: Recovery, known_at: datetime) -> Scene:
    now = yield from fixed(it, known_at)
    it.propose(now)
    if it.waits_for_manager():
        now = yield it.clock.after(now, 10 * MINUTE)
        it.approve(now)
    now = yield it.clock.after(now, 10 * MINUTE)
    it.issue(now)
    it.learn(now, within=timedelta(days=9))
    return now


# --- Not acknowledged yet --------------------------------------------------------------------------


def late_by_minutes(it: Recovery) -> Script:
    yield from begun(it, it.clock.now - 50 * MINUTE)


def due_today(it: Recovery) -> Script:
    yield from begun(it, it.clock.ago(hours=2), is_owned=False)


def just_come(it: Recovery) -> Script:
    yield from begun(it, it.clock.ago(minutes=25), is_owned=False)


def late_and_nobodys(it: Recovery) -> Script:
    yield from begun(it, it.clock.ago(hours=2, minutes=40), is_owned=False)


def called_three_times(it: Recovery) -> Script:
    """Promised a call, forgot it, and is being asked again and again."""
    now = yield from begun(it, it.clock.ago(hours=7))
    it.promise(now, "Somebody rings you within two hours", it.clock.ago(hours=5))
    now = yield it.clock.ago(hours=4)
    it.hear(now, "Nobody has called.")
    now = yield it.clock.ago(hours=3, minutes=30)
    it.hear(now, "Asked for a manager.", Reached.VOICEMAIL)
    now = yield it.clock.ago(hours=1, minutes=30)
    it.hear(now, "This is the third time, and I have told it to four people.")


def cannot_be_reached(it: Recovery) -> Script:
    now = yield from begun(it, it.clock.ago(hours=3, minutes=30))
    now = yield it.clock.ago(hours=2)
    it.try_to_reach(now, Channel.PHONE)
    now = yield it.clock.ago(hours=1)
    it.try_to_reach(now, Channel.PHONE, Reached.VOICEMAIL)


# --- To be apologized for --------------------------------------------------------------------------


def drafting(it: Recovery) -> Script:
    yield from told(it, it.clock.ago(hours=2))
    now = yield it.clock.ago(minutes=30)
    apologies.draft_apology(case=it.case, evidence=it.sorry(Channel.EMAIL), actor=it.actor, now=now)


def in_review(it: Recovery) -> Script:
    yield from told(it, it.clock.ago(hours=3))
    now = yield it.clock.ago(hours=1)
    apologies.ask_review(case=it.case, evidence=it.sorry(Channel.EMAIL), actor=it.actor, now=now)


def apology_late(it: Recovery) -> Script:
    yield from told(it, it.clock.ago(days=2))


# --- To be put right -------------------------------------------------------------------------------


def promised_today(it: Recovery) -> Script:
    now = yield from sorry(it, it.clock.ago(hours=9))
    now = yield it.clock.after(now, HOUR)
    it.plan_fix(now)
    it.promise(now, "You hear today when somebody comes", it.clock.after(it.clock.now, 2 * HOUR), step=StepKind.CORRECT)


def moved_once(it: Recovery) -> Script:
    """A promise that was renegotiated in time."""
    now = yield from sorry(it, it.clock.ago(days=1, hours=2))
    promise = it.promise(now, "It is with you by this afternoon", it.clock.after(it.clock.now, HOUR))
    now = yield it.clock.ago(hours=2)
    promises.renegotiate_promise(
        promise=promise,
        due_at=it.clock.after(it.clock.now, DAY),
        reason="Told on the phone that the part comes a day later; that suits, too.",
        actor=it.actor,
        now=now,
    )


def broken_twice(it: Recovery) -> Script:
    now = yield from told(it, it.clock.ago(days=3))
    it.promise(now, "You have an answer tomorrow", it.clock.ago(days=2))
    now = yield it.clock.ago(days=1, hours=6)
    it.promise(now, "You have an answer tonight, for certain", it.clock.ago(days=1))


def waits_for_customer(it: Recovery) -> Script:
    yield from sorry(it, it.clock.ago(days=3))
    now = yield it.clock.ago(days=2)
    _pause(it, now, "Could you send us a photo of the brakes?", PauseKind.CUSTOMER)


def waits_since_today(it: Recovery) -> Script:
    yield from sorry(it, it.clock.ago(days=1))
    now = yield it.clock.ago(hours=5)
    _pause(it, now, "Which account may we pay it to?", PauseKind.CUSTOMER)


def held(it: Recovery) -> Script:
    yield from sorry(it, it.clock.ago(hours=6))
    now = yield it.clock.ago(hours=4)
    _pause(it, now, "The data protection officer asks us to leave everything as it is.", PauseKind.LEGAL_HOLD)


def _pause(it: Recovery, now: datetime, question: str, kind: PauseKind) -> None:
    until = it.clock.after(it.clock.now, 3 * DAY)
    handling.pause(case=it.case, question=question, until=until, actor=it.actor, now=now, kind=kind)


def fix_late(it: Recovery) -> Script:
    now = yield from sorry(it, it.clock.ago(days=3, hours=1))
    it.plan_fix(now)


# --- To be compensated -----------------------------------------------------------------------------


def waits_for_approval(it: Recovery) -> Script:
    yield from fixed(it, it.clock.ago(days=1))
    now = yield it.clock.ago(hours=3)
    it.propose(now)


def offered(it: Recovery) -> Script:
    yield from fixed(it, it.clock.ago(days=2))
    now = yield it.clock.ago(hours=6)
    gift = it.propose(now)
    if gift is not None:
        it.move(now, gift, CompensationStatus.OFFERED)


def nothing_is_due(it: Recovery) -> Script:
    yield from fixed(it, it.clock.ago(days=1))
    now = yield it.clock.ago(hours=2)
    evidence = NoCompensation(reason="She says that hot water is all she wanted, and asks us to leave it at that.")
    compensations.decide_none(case=it.case, reason=evidence.reason, actor=it.actor, now=now)


def declined(it: Recovery) -> Script:
    yield from fixed(it, it.clock.ago(days=1))
    now = yield it.clock.ago(hours=5)
    gift = it.propose(now, goodwill("Weekend for two at the lake", 240))
    now = yield it.clock.ago(hours=3)
    if gift is not None:
        compensations.decline_compensation(
            compensation=gift, note="Kind, and more than similar cases got. Try $50.", actor=it.manager, now=now
        )


# --- To be asked -----------------------------------------------------------------------------------


def ask_today(it: Recovery) -> Script:
    yield from given(it, it.clock.ago(days=2))


def asked(it: Recovery) -> Script:
    yield from given(it, it.clock.ago(days=2, hours=3))
    now = yield it.clock.ago(hours=4)
    it.ask_by_mail(now)


def ask_late(it: Recovery) -> Script:
    yield from given(it, it.clock.ago(days=5))


def wants_more(it: Recovery) -> Script:
    yield from given(it, it.clock.ago(days=3))
    now = yield it.clock.ago(days=2)
    it.ask_by_mail(now)
    now = yield it.clock.ago(hours=6)
    it.answer(now, Answer.WANTS_MORE, 3, "Kind of you. Could I have it in writing, too? 🙏", by_page=True)


def not_satisfied(it: Recovery) -> Script:
    yield from given(it, it.clock.ago(days=3))
    now = yield it.clock.ago(days=2)
    it.ask_by_mail(now)
    now = yield it.clock.ago(hours=3)
    it.answer(now, Answer.NOT_SATISFIED, 1, "The line was gone again this morning.", by_page=True)


# --- To be followed up, and the ends ---------------------------------------------------------------


def letter_this_week(it: Recovery) -> Script:
    yield from given(it, it.clock.open_at(14))
    now = yield it.clock.open_at(11)
    it.answer(now, Answer.SATISFIED, 5, "Lovely evening. The waiter knew our names.")
    it.settle_concerns(now)
    now = yield it.clock.open_at(5)
    it.change_it(now)


def change_late(it: Recovery) -> Script:
    """The customer is content; what was to be changed has not been."""
    yield from given(it, it.clock.open_at(16))
    now = yield it.clock.open_at(9)
    it.answer(now, Answer.SATISFIED, 4, "All six in one piece.")
    it.settle_concerns(now)


def last_offer(it: Recovery) -> Script:
    yield from given(it, it.clock.open_at(15))
    now = yield it.clock.open_at(12)
    it.answer(now, Answer.WONT_SAY, None, "There is nothing that you could do.")
    it.settle_concerns(now)
    now = yield it.clock.open_at(6)
    it.follow_up(now, Channel.LETTER)
    now = yield it.clock.ago(hours=5)
    closing.ask_unreconciled(
        case=it.case,
        last_offer="By letter: the whole price back, and a cake for any day they choose.",
        reason="The day itself cannot be given back, and they say so. Everything else was done.",
        actor=it.actor,
        now=now,
    )


def waiver_waits(it: Recovery) -> Script:
    yield from given(it, it.clock.ago(days=4))
    now = yield it.clock.ago(hours=7)
    reason = "The customer asked us not to call or write about it any more."
    steps.waive(case=it.case, kind=StepKind.CONFIRM, reason=reason, actor=it.actor, now=now)


def reopened(it: Recovery) -> Script:
    yield from given(it, it.clock.open_at(30))
    now = yield it.clock.open_at(27)
    it.answer(now, Answer.SATISFIED, 4, "It came.")
    it.settle_concerns(now)
    now = yield it.clock.open_at(20)
    it.change_it(now)
    it.follow_up(now)
    it.close(now, Outcome.SATISFIED)
    now = yield it.clock.ago(days=1)
    closing.reopen(case=it.case, reason="The next parcel went to the wrong house as well.", actor=it.actor, now=now)
    it.acknowledge(now)


# --- One incident, many customers ------------------------------------------------------------------


def outage(those: Sequence[Recovery]) -> Script:
    """The same mistake hits several customers: one incident, and a case for each, each at a step of its own."""
    first, clock = those[0], those[0].clock
    now = yield clock.ago(days=1, hours=3)
    for it in those:
        it.log(now, known_at=now - 5 * MINUTE, incident=first.case.incident if it is not first else None)
    now = yield clock.after(now, 30 * MINUTE)
    for it in those[1:]:
        it.acknowledge(now)
    first.learn(now, within=timedelta(days=6), status=CauseStatus.SUSPECTED)
    now = yield clock.after(now, 30 * MINUTE)
    for it in those[2:]:
        it.apologize(now, Channel.EMAIL)
    now = yield clock.after(now, 2 * HOUR)
    for it in those[3:]:
        it.correct(now)
