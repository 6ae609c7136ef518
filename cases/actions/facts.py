"""Facts of a logged case that turn out to be wrong are corrected, with before and after, and what follows from them is
derived anew. ``cases.rules.facts`` says which facts there are.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db import transaction

from cases import permissions
from cases.actions import clocks, deciding, intake, moving, raises, reminded, turns, updates
from cases.actions.events import Correction, FactsCorrected
from cases.actions.events.facts import CONCERN
from cases.errors import RuleError
from cases.models import Case, Concern
from cases.permissions import Verb
from cases.rules.facts import BY_NAME, FACTS, PLAIN, cleaned
from cases.rules.folding import visible
from cases.rules.texts import plain_lines
from cases.rules.vocabulary import ConcernStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cases.models import Contact, Team, User
    from cases.rules.facts import Fact


_RAISES = frozenset({"customer", "incident", "known_at", "attempt"})
_CHECKED = frozenset({"known_at", "happened_at", "needed_by", "attempt"})


@transaction.atomic
def correct_facts(*, case: Case, facts: Mapping[str, object], reason: str, actor: User, now: datetime) -> Case:
    """``facts``: what they are, by name; those that are so already change nothing. An ``incident`` of ``None`` is a new
    one of its own. Also in closed cases, where weighty facts are a manager's to correct."""
    if "category" in facts:
        moving.lock_all(case)
    case = turns.begin(case, actor, Verb.WORK_CASE, may_be_closed=True)
    after = {name: cleaned(BY_NAME[name], value) for name, value in facts.items()}
    was = copy(case)
    changed = [fact for fact in FACTS if fact.name in after and _differs(case, fact, after[fact.name])]
    if not changed:
        raise RuleError("Nothing is changed: the facts are as they were.")
    if not case.is_open and any(fact.is_weighty for fact in changed):
        permissions.require(actor, Verb.CORRECT_CLOSED, case)
    if not visible(reason):
        raise RuleError("Say how you know: whoever reads the history will ask.", field="reason")
    if any(fact.name == "customer" for fact in changed):
        moving.withdraw_mail(case, now=now)
        case = Case.objects.lock(case)
    before = {fact: _stored(fact, case) for fact in (*changed, BY_NAME["subject"])}
    _write(case, {fact.name: after[fact.name] for fact in changed}, actor=actor, now=now)
    values = {fact: (was, _stored(fact, case)) for fact, was in before.items()}
    values = {fact: both for fact, both in values.items() if fact in changed or both[0] != both[1]}
    _finish(case, reason, values, actor=actor, now=now)
    if _RAISES.intersection(fact.name for fact in changed):
        raises.review(case, now=now, actor=actor)
        raises.review_later_failures(case, now=now, actor=actor)
    deciding.ask_again(was, case, now=now)
    return case


@transaction.atomic
def correct_concern(*, concern: Concern, text: str, reason: str, actor: User, now: datetime) -> Concern:
    """The words of an open concern. A settled one was answered as it stands."""
    case = turns.begin(concern.case, actor, Verb.WORK_CASE)
    concern = Concern.objects.get(pk=concern.pk)
    text = plain_lines(text).strip()
    if concern.status != ConcernStatus.OPEN:
        raise RuleError("This concern is settled: it was answered as it stands. Add another one.")
    if not visible(text):
        raise RuleError("Write what troubles the customer.", field="text")
    if text == concern.text:
        raise RuleError("Nothing is changed: the words are as they were.", field="text")
    if not visible(reason):
        raise RuleError("Say how you know: whoever reads the history will ask.", field="reason")
    before, concern.text = concern.text, text
    concern.save(update_fields=("text",))
    event = turns.finish(case, FactsCorrected(reason=reason.strip(), personal=(CONCERN,)), at=now, actor=actor)
    event.keep_personal({CONCERN: (before, text)})
    return concern


def _differs(case: Case, fact: Fact, value: object) -> bool:
    if fact.name == "incident":
        return value is None or value != case.incident
    if fact.name == "subject":
        value = value or moving.subject_of(case)
    return cleaned(fact, fact.value_of(case)) != value


def _stored(fact: Fact, case: Case) -> str:
    """As events and ``PersonalChange`` keep it."""
    value = fact.value_of(case)
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def _write(case: Case, after: Mapping[str, object], *, actor: User, now: datetime) -> None:
    """In memory, but for the rows of other tables."""
    before, first, follows = copy(case), _first_contact(case), moving.reads_category(case)
    for fact in PLAIN:
        setattr(case, fact.name, after.get(fact.name, getattr(case, fact.name)))
    _check(case, after, None if first is None or first.at != before.known_at else first, now)
    moving.mend_incident(case, before, actor=actor, now=now)
    case.concerns.filter(status=ConcernStatus.OPEN, text=before.title).update(text=case.title)
    if first is not None:
        _mend_first_contact(case, before, first)
    moving.move(case, after, actor=actor, now=now)
    if not case.subject or (follows and "subject" not in after):
        case.subject = moving.subject_of(case)
    if "team" in after:
        case.team = cast("Team | None", after["team"])
    if case.known_at != before.known_at:
        _move_known(case, before.known_at, now=now)
    if {"team", "known_at"}.intersection(after):
        clocks.derive_promises(case)
        updates.derive(case, now=now)
        reminded.release(case, now=now)


def _check(case: Case, after: Mapping[str, object], first: Contact | None, now: datetime) -> None:
    """``first``: the contact that moves with T0."""
    if not case.title:
        raise RuleError("Say in a few words what went wrong.", field="title")
    if _CHECKED.intersection(after):
        intake.check_moments(case, now)
    if "known_at" in after:
        _check_known(case, first)


def _finish(case: Case, reason: str, values: Mapping[Fact, tuple[str, str]], *, actor: User, now: datetime) -> None:
    personal = {fact.name: both for fact, both in values.items() if fact.is_personal}
    happened = FactsCorrected(
        reason=reason.strip(),
        corrections=tuple(
            Correction(fact=fact.name, before=before, after=after)
            for fact, (before, after) in values.items()
            if not fact.is_personal
        ),
        personal=tuple(personal),
    )
    event = turns.finish(case, happened, at=now, actor=actor)
    event.keep_personal(personal)


def _check_known(case: Case, first: Contact | None) -> None:
    """T0 is no later than the logging and all that was done."""
    if case.known_at > case.logged_at:
        raise RuleError("It was logged before that moment, so we knew. Check the date.", field="known_at")
    if any(moment is not None and moment < case.known_at for moment in _deeds(case, first)):
        raise RuleError(
            "Something was done about it before that moment, so we knew: look at the timeline, and check the date.",
            field="known_at",
        )


def _deeds(case: Case, first: Contact | None) -> Iterator[datetime | None]:
    yield from (case.made_safe_at, case.first_closed_at, case.closed_at)
    yield from case.steps.values_list("settled_at", flat=True)
    yield from case.promises.values_list("made_at", flat=True)
    yield from case.pauses.values_list("started_at", flat=True)
    others = case.contacts.exclude(pk=first.pk) if first is not None else case.contacts.all()
    yield from others.values_list("at", flat=True)


def _move_known(case: Case, before: datetime, *, now: datetime) -> None:
    """What began with T0 begins with the right one, and is judged by it. Taken-up imports have begun otherwise."""
    case.severity_changes.filter(at__lte=before).update(at=case.known_at)
    case.severity_reasons.filter(at__lte=before).update(at=case.known_at)
    if case.source and case.is_timed:
        return
    case.steps.filter(round=1).update(started_at=case.known_at)
    clocks.reckon_anew(case)
    updates.move_start(case, before=before, now=now)


def _first_contact(case: Case) -> Contact | None:
    """The one that was written down with the case; none where it stands in the case that this one duplicates."""
    return case.contacts.filter(logged_case=case).first()


def _words(case: Case) -> str:
    return case.description or case.title


def _mend_first_contact(case: Case, before: Case, first: Contact) -> None:
    """It says what the case said."""
    first.at = case.known_at if first.at == before.known_at else first.at
    first.channel = case.channel if case.channel != before.channel else first.channel
    first.summary = _words(case) if first.summary == _words(before) else first.summary
    first.save(update_fields=("at", "channel", "summary"))
