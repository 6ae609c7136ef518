"""One commitment as a mail tells it: what is owed or late, since when, whom for, and where to do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cases.actions import clocks
from cases.mail import links
from cases.mail.compose import one_line
from cases.models import PreventionAction, Promise, StatusUpdate, Step
from cases.rules.deadlines import working_late
from cases.rules.explain import hours_in_words, in_words
from cases.rules.vocabulary import OWED_AFTER_CLOSING, ClockKind, CommitmentKind, Rung, Severity, StepKind, UpdateReason

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case, User
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
    """``what`` names it in a subject. ``late``: by how much, or how long there still is; empty in the minute in which
    it falls due. ``clock`` says how that was counted."""

    what: str
    heading: str
    about: str
    due_at: datetime
    is_late: bool
    late: str
    clock: str
    note: str
    link: str
    button: str
    urgency: tuple[bool, int, datetime]


def tell(owed: Owed, rung: Rung, *, person: User, due_at: datetime, now: datetime) -> Item:
    """The item for one reminder to this person. Lateness is told in the time that the deadline was given in; what is
    late comes first, then what is worse."""
    deed, reference, about, link, button = _facts(owed)
    late, clock = _lateness(owed, due_at, now)
    rank = 0 if owed.kind is CommitmentKind.PREVENTION else Severity(owed.case.severity).rank
    return Item(
        what=one_line(f"{deed}, {reference}"),
        heading=one_line(deed[0].upper() + deed[1:]),
        about=one_line(about),
        due_at=due_at,
        is_late=now > due_at,
        late=late,
        clock=clock,
        note=_note(owed, rung, person),
        link=link,
        button=button,
        urgency=(now <= due_at, -rank, due_at),
    )


def _facts(owed: Owed) -> tuple[str, str, str, str, str]:
    """What to do, its reference, what it is about, and the way to it."""
    case, thing = owed.case, owed.thing
    if isinstance(thing, StatusUpdate):
        return _facts_of_update(case, thing)
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


def _facts_of_update(case: Case, update: StatusUpdate) -> tuple[str, str, str, str, str]:
    why = str(UpdateReason(update.reason).label)
    about = f"{case.reference}, {Severity(case.severity).label.lower()}: {case.title}. {why}"
    if update.reason in OWED_AFTER_CLOSING:
        deed = f"deal with what {case.customer.name} says after closing"
        return deed, case.reference, about, links.later_answer(case), "Deal with it"
    deed = f"tell {case.customer.name} where things stand"
    return deed, case.reference, about, links.log_contact(case), "Record the call"


def _lateness(owed: Owed, due_at: datetime, now: datetime) -> tuple[str, str]:
    first, last = sorted((due_at, now))
    if isinstance(owed.thing, Step) and _around_the_clock(owed.thing, owed):
        return (in_words(last - first), "") if last - first >= _WORTH_SAYING else ("", "")
    between = working_late(first, last, owed.calendar)
    return (hours_in_words(between), " of working time") if between >= _WORTH_SAYING else ("", "")


def _around_the_clock(step: Step, owed: Owed) -> bool:
    policy = clocks.policy_in_force(owed.case.policy_id).policy
    return policy.target(Severity(owed.case.severity), StepKind(step.kind)).clock == ClockKind.CLOCK


def _note(owed: Owed, rung: Rung, person: User) -> str:
    """Whose it is and why the mail comes to this person, where they might wonder."""
    owner = owed.owner
    if owner is None:
        return "Nobody owns it yet."
    if not owner.is_active:
        return f"{owner} owned it, and no longer works here."
    if owner == person:
        return ""
    if rung.is_above_owner:
        return f"{owner} owns it."
    return f"{owner} owns it and is away or cannot be reached."
