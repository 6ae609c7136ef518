"""How invented cases of the last months went, from the first call to the end; the later, the better."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from cases.actions import closing, handling, promises, satisfaction, steps
from cases.demo.clock import DAY
from cases.rules.vocabulary import (
    Answer,
    Channel,
    FollowUpResponse,
    Outcome,
    PauseKind,
    Reached,
    StepKind,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.demo.recovery import Recovery
    from cases.demo.stage import Scene, Script
    from cases.models import Promise

HOUR = timedelta(hours=1)
_MIDDLING = 3
"""The face in the middle."""
_LEARNED = 0.4
"""Since when people promise with room to spare."""


class Ending(StrEnum):
    """What becomes of a case; most are simply satisfied."""

    SATISFIED = "satisfied"
    PARTLY = "partly"
    SILENT = "silent"
    MORE = "more"
    UNHAPPY = "unhappy"
    NEVER = "never"
    UNREACHED = "unreached"
    NO_FAILURE = "no failure"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    REFERRED = "referred"


AT_ONCE = {
    Ending.NO_FAILURE: (
        Outcome.NOT_UPHELD,
        "Read twice, the meter is right. He was shown how, and whom else to ask.",
    ),
    Ending.WITHDRAWN: (Outcome.WITHDRAWN, "It was another shop, she says, and sends her regards."),
    Ending.REFERRED: (Outcome.REFERRED, "The insurer has taken it over, at the customer's wish."),
}
_HAPPY = (
    "Thank you. That was quicker than I had thought.",
    "You said when you would call, and you called.",
    "I did not have to explain it twice. That is rare.",
    "All good now 🙂",
    "Больше вопросов нет, спасибо!",
    "これで大丈夫です。ありがとうございました。",
    "Mistakes happen. What counts is what you did then.",
)
_SO_SO = ("It is in order now. It took too long.", "Fine. I would rather not have needed it.")
_SAD = ("This is not what we agreed.", "You have put right what you wanted, not what I asked for.")


def history(recovery: Recovery, start: datetime, ending: Ending, progress: float) -> Script:
    """``progress``: 0 for the oldest case, 1 for the newest; it makes people punctual and customers happy."""
    now = yield start + timedelta(minutes=recovery.rng.randint(1, 25))
    recovery.log(now, known_at=start)
    course = Course(recovery, progress)
    if ending is Ending.DUPLICATE:
        yield from course.told_twice()
        ending = Ending.SATISFIED
    if ending in AT_ONCE:
        yield from course.ended_at_once(ending)
    elif ending is Ending.UNREACHED:
        yield from course.never_reached()
    else:
        yield from course.put_right()
        yield from course.answered(ending)
        yield from course.finished(ending)


class Course:
    def __init__(self, recovery: Recovery, progress: float) -> None:
        self.recovery, self.progress = recovery, progress
        self.rng, self.clock = recovery.rng, recovery.clock

    def happens(self, share: float) -> bool:
        return self.rng.random() < share

    def moment(self, kind: StepKind) -> datetime:
        """When somebody gets round to this step: mostly in time, and more so of late."""
        in_time = self.happens(0.8 + 0.18 * self.progress)
        share = self.rng.uniform(0.15, 0.85) if in_time else self.rng.uniform(1.2, 2.2)
        return self.clock.within(*self.recovery.due(kind), share)

    def put_right(self) -> Scene:
        """All steps of a round before the customer is asked."""
        recovery = self.recovery
        promise: Promise | None = None
        if recovery.owes(StepKind.ACKNOWLEDGE):
            now = yield self.moment(StepKind.ACKNOWLEDGE)
            recovery.acknowledge(now, *(("Nobody told me how long it takes.",) if self.happens(0.2) else ()))
            promise = self.promised(now)
        if recovery.owes(StepKind.APOLOGIZE):
            now = yield self.moment(StepKind.APOLOGIZE)
            recovery.apologize(now, self.rng.choice((Channel.PHONE, Channel.PHONE, Channel.EMAIL)))
            if self.happens(0.15):
                yield from self.waited(now)
        now = yield self.moment(StepKind.CORRECT)
        recovery.correct(now)
        if promise is not None:
            promises.keep_promise(promise=promise, actor=recovery.actor, now=now)
        return (yield from self.given())

    def promised(self, now: datetime) -> Promise | None:
        """Under-promise: of late, a day beyond the moment that is meant."""
        if self.happens(0.3):
            return None
        _start, due = self.recovery.due(StepKind.CORRECT)
        due = self.clock.after(due, DAY if self.progress > _LEARNED else DAY // 4)
        words = "You have a solution from us, and I ring you myself"
        return self.recovery.promise(now, words, max(due, now + HOUR))

    def waited(self, now: datetime) -> Scene:
        """For something that only the customer can tell."""
        recovery = self.recovery
        handling.pause(
            case=recovery.case,
            question="Which day suits you for the repair?",
            until=self.clock.after(now, 3 * DAY),
            actor=recovery.actor,
            now=now,
            kind=PauseKind.CUSTOMER,
        )
        now = yield self.clock.after(now, DAY)
        recovery.hear(now, "Any day but Friday.")
        return now

    def given(self) -> Scene:
        recovery = self.recovery
        now = yield self.moment(StepKind.COMPENSATE)
        recovery.propose(now)
        if recovery.waits_for_manager():
            now = yield self.clock.after(now, 2 * HOUR)
            recovery.approve(now)
        now = yield self.clock.after(now, HOUR)
        now = yield from self.issued(now)
        if recovery.change is None:
            recovery.learn(now, within=timedelta(days=self.rng.randint(6, 16)))
        return now

    def issued(self, now: datetime) -> Scene:
        """Giving nothing after great harm needs a second person."""
        recovery = self.recovery
        recovery.issue(now)
        if recovery.waits_for_manager():
            now = yield self.clock.after(now, HOUR)
            recovery.approve(now)
        return now

    def answered(self, ending: Ending) -> Scene:
        """The customer is asked; who is not satisfied, or wants more, gets a second round."""
        if ending is Ending.SILENT:
            return (yield from self.not_answered())
        if ending in {Ending.MORE, Ending.UNHAPPY, Ending.NEVER}:
            more = ending is Ending.MORE
            answer = Answer.WANTS_MORE if more else Answer.NOT_SATISFIED
            words = "I would like to have it in writing, please." if more else self.rng.choice(_SAD)
            yield from self.asked(answer, 3 if more else self.rng.choice((1, 2)), words)
            yield from self.put_right()
        if ending is Ending.NEVER:
            return (yield from self.asked(Answer.WONT_SAY, None, "I have said all that I have to say."))
        if ending is Ending.PARTLY:
            return (yield from self.asked(Answer.PARTLY, 3, self.rng.choice(_SO_SO)))
        score = self.score()
        return (
            yield from self.asked(Answer.SATISFIED, score, self.rng.choice(_HAPPY if score > _MIDDLING else _SO_SO))
        )

    def score(self) -> int:
        """Of somebody who calls themselves satisfied."""
        if not self.happens(0.55 + 0.5 * self.progress):
            return _MIDDLING
        return 5 if self.happens(0.25 + 0.6 * self.progress) else 4

    def asked(self, answer: Answer, score: int | None, words: str) -> Scene:
        recovery = self.recovery
        now = yield self.moment(StepKind.CONFIRM)
        by_page = self.happens(0.5)
        if by_page:
            recovery.ask_by_mail(now)
            now = yield now + timedelta(hours=self.rng.randint(1, 20))
        recovery.answer(now, answer, score, words, by_page=by_page)
        return now

    def not_answered(self) -> Scene:
        recovery = self.recovery
        now = yield self.moment(StepKind.CONFIRM)
        for _ in range(2):
            recovery.ask_by_mail(now)
            now = yield self.clock.after(now, 2 * DAY)
        satisfaction.record_no_answer(case=recovery.case, actor=recovery.actor, now=now)
        return now

    def finished(self, ending: Ending) -> Scene:
        recovery = self.recovery
        now = yield self.moment(StepKind.FOLLOW_UP)
        recovery.settle_concerns(now)
        if self.happens(0.75):
            recovery.change_it(now)
        now = yield self.clock.after(now, HOUR)
        recovery.follow_up(now, self.rng.choice((Channel.EMAIL, Channel.LETTER, Channel.PHONE)))
        now = yield self.clock.after(now, HOUR)
        if ending is Ending.NEVER:
            return (yield from self.given_up(now))
        last = satisfaction.last_answer(recovery.case)
        partly = last is not None and last.answer == Answer.PARTLY
        recovery.close(now, *_OUTCOMES[Ending.PARTLY if partly else ending])
        return (yield from self.echo(now))

    def given_up(self, now: datetime) -> Scene:
        """Allowed, and nobody's failure."""
        recovery = self.recovery
        closing.ask_unreconciled(
            case=recovery.case,
            last_offer="In writing: the full price back, or the work done again by a firm of their choice.",
            reason="Two rounds, three offers, and a visit. They want it undone, and that nobody can give them.",
            actor=recovery.actor,
            now=now,
        )
        now = yield self.clock.after(now, 3 * HOUR)
        recovery.approve(now)
        return now

    def echo(self, now: datetime) -> Scene:
        """What came back, and whether the change holds."""
        recovery = self.recovery
        now = yield self.clock.after(now, 2 * DAY)
        if self.happens(0.6):
            recovery.record_response(now, self.rng.choice(_RESPONSES))
        if recovery.change is not None and recovery.change.settled_at is not None and self.happens(0.6):
            now = yield self.clock.after(now, 4 * DAY)
            recovery.verify(now)
        return now

    def ended_at_once(self, ending: Ending) -> Scene:
        now = yield self.moment(StepKind.ACKNOWLEDGE)
        self.recovery.acknowledge(now)
        now = yield self.clock.after(now, 3 * HOUR)
        self.recovery.close(now, *AT_ONCE[ending])
        return now

    def told_twice(self) -> Scene:
        """Somebody of the same household calls about it too; it goes on in the first case."""
        recovery, original = self.recovery, self.recovery.case
        now = yield self.clock.after(original.logged_at, HOUR)
        recovery.log(now)
        now = yield now + HOUR / 4
        recovery.close(now, Outcome.DUPLICATE, "His wife had told us of the same thing an hour before.", original)
        recovery.case = original
        return now

    def never_reached(self) -> Scene:
        """Three tries on three days by two channels; then all that can be done without the customer is done."""
        recovery = self.recovery
        now = yield self.moment(StepKind.ACKNOWLEDGE)
        recovery.try_to_reach(now, Channel.PHONE)
        now = yield self.clock.after(now, DAY)
        recovery.try_to_reach(now, Channel.PHONE, Reached.VOICEMAIL)
        now = yield self.clock.after(now, DAY)
        recovery.try_to_reach(now, Channel.LETTER)
        now = yield from self.waived(now, StepKind.ACKNOWLEDGE)
        now = yield from self.waived(now, StepKind.APOLOGIZE)
        recovery.correct(now)
        now = yield from self.issued(now)
        now = yield from self.waived(now, StepKind.CONFIRM)
        now = yield from self.waived(now, StepKind.FOLLOW_UP)
        recovery.settle_concerns(now)
        recovery.close(now, Outcome.NO_CONTACT_POSSIBLE, UNREACHED)
        return now

    def waived(self, now: datetime, kind: StepKind) -> Scene:
        recovery = self.recovery
        steps.waive(case=recovery.case, kind=kind, reason=UNREACHED, actor=recovery.actor, now=now)
        now = yield self.clock.after(now, HOUR)
        recovery.approve(now)
        return now


UNREACHED = "The number is no longer in use, and our letter came back."
_RESPONSES = (FollowUpResponse.REPLIED, FollowUpResponse.WILL_STAY, FollowUpResponse.ORDERED_AGAIN)
_OUTCOMES: dict[Ending, tuple[Outcome, str]] = {
    Ending.SATISFIED: (Outcome.SATISFIED, ""),
    Ending.PARTLY: (Outcome.PARTLY_SATISFIED, "Put right, and it took longer than it should have."),
    Ending.SILENT: (Outcome.RESOLVED_NO_ANSWER, "Asked twice, and no word came back."),
    Ending.MORE: (Outcome.SATISFIED_AFTER_MORE, ""),
    Ending.UNHAPPY: (Outcome.SATISFIED_AFTER_MORE, ""),
}
