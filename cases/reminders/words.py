"""One overdue commitment as a mail tells it: what is late, since when, whom for, and where to do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cases.actions import clocks
from cases.mail import links
from cases.mail.compose import one_line
from cases.models import PreventionAction, Promise, Step
from cases.rules.deadlines import working_late
from cases.rules.explain import hours_in_words, in_words
from cases.rules.vocabulary import ClockKind, CommitmentKind, Rung, Severity, StepKind

if TYPE_CHECKING:
    from datetime import datetime

    from cases.reminders.owed import Owed

_DEEDS = {
    StepKind.ACKNOWLEDGE: "acknowledge {}",
    StepKind.APOLOGIZE: "apologize to {}",
    StepKind.CORRECT: "put it right for {}",
    StepKind.COMPENSATE: "compensate {}",
    StepKind.CONFIRM: "ask {} whether we made it right",
    StepKind.FOLLOW_UP: "follow up with {}",
}
_WORTH_SAYING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Item:
    """``what`` names it in a subject; ``late`` is empty in the first minute; ``clock`` says how that was counted."""

    what: str
    heading: str
    about: str
    due_at: datetime
    late: str
    clock: str
    note: str
    link: str
    button: str
    urgency: tuple[int, datetime]


def tell(owed: Owed, rung: Rung, *, due_at: datetime, now: datetime) -> Item:
    """The item for one reminder. Lateness is told in the time that the deadline was given in."""
    deed, reference, about, link, button = _facts(owed)
    late, clock = _lateness(owed, due_at, now)
    rank = 0 if owed.kind is CommitmentKind.PREVENTION else Severity(owed.case.severity).rank
    return Item(
        what=one_line(f"{deed}, {reference}"),
        heading=one_line(deed[0].upper() + deed[1:]),
        about=one_line(about),
        due_at=due_at,
        late=late,
        clock=clock,
        note=_note(owed, rung),
        link=link,
        button=button,
        urgency=(-rank, due_at),
    )


def _facts(owed: Owed) -> tuple[str, str, str, str, str]:
    """What to do, its reference, what it is about, and the way to it."""
    case, thing = owed.case, owed.thing
    if isinstance(thing, PreventionAction):
        incident = thing.incident
        about = f"{incident.reference}: {incident.title}"
        return (
            f"make the change “{thing.change}”",
            incident.reference,
            about,
            links.incident_page(incident),
            "Open it",
        )
    about = f"{case.reference}, {Severity(case.severity).label.lower()}"
    if isinstance(thing, Promise):
        deed = f"do what was promised to {case.customer.name}"
        return deed, case.reference, f"{about}: “{thing.words}”", links.promise(case, thing), "Open the promise"
    kind = StepKind(thing.kind)
    deed = _DEEDS[kind].format(case.customer.name)
    return deed, case.reference, f"{about}: {case.title}", links.step_form(case, kind), kind.verb


def _lateness(owed: Owed, due_at: datetime, now: datetime) -> tuple[str, str]:
    if isinstance(owed.thing, Step) and _around_the_clock(owed.thing, owed):
        return (in_words(now - due_at), "") if now - due_at >= _WORTH_SAYING else ("", "")
    late = working_late(due_at, now, clocks.calendar_of(owed.case.team))
    return (hours_in_words(late), " of working time") if late >= _WORTH_SAYING else ("", "")


def _around_the_clock(step: Step, owed: Owed) -> bool:
    policy = clocks.policy_in_force(owed.case.policy_id).policy
    return policy.target(Severity(owed.case.severity), StepKind(step.kind)).clock == ClockKind.CLOCK


def _note(owed: Owed, rung: Rung) -> str:
    """Whose it is, where the reader might wonder."""
    if owed.owner is None:
        return "Nobody owns it yet."
    if not owed.owner.is_active:
        return f"{owed.owner} owned it, and no longer works here."
    return f"{owed.owner} owns it." if rung is Rung.MANAGER else ""
