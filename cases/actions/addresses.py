"""A customer's mail address that changes: who may change it, who is told, who says that it is theirs, and what becomes
of links and of mail that waits.

Whatever changes a customer's record calls ``follow``; whatever gives a case a customer calls ``follow_in_case``, or
``inherit`` where the case is new.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from cases import permissions
from cases.actions import notices, turns
from cases.actions.events import AddressAsked, AddressConfirmed, LinksRevoked, MailMoved
from cases.errors import NotAllowedError, RuleError
from cases.mail import links, moving
from cases.models import AddressQuestion, Case, CustomerLink, Event, Message
from cases.permissions import Verb
from cases.reminders.recipients import Recipients
from cases.rules.addresses import folded
from cases.rules.vocabulary import AddressBecause, Audience, WithheldBecause

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from cases.models import Customer, User

GUARDED = frozenset({"name", "email", "phone", "reference"})
"""Fields that say who the customer is and where they are reached."""
ANSWER_WITHIN = timedelta(hours=24)
"""By the clock; then the manager is asked."""
_HEADINGS = {
    AddressBecause.MOVED: "{case.reference}: it happened to {case.customer}",
    AddressBecause.MERGED: "{case.reference}: two records of {case.customer} are one now",
}


def why_not(customer: Customer, actor: User) -> str:
    """Why this person may not change how a customer is named and reached, and whom to ask; empty where they may."""
    cases = Case.objects.filter(customer=customer)
    if Case.objects.visible_to(actor).filter(customer=customer).exists() or not cases.exists():
        return ""
    case = cases.select_related("owner", "team__manager").order_by("closed_at", "-pk").first()
    ask = _to_be_asked(case, None) if case is not None else None
    return (
        "Only who works on a case of this customer changes their name, number and addresses. "
        f"Ask {ask or 'a manager'}. Everything else you may change."
    )


def check_may_change(customer: Customer, changed: Collection[str], actor: User) -> None:
    refusal = why_not(customer, actor) if GUARDED.intersection(changed) else ""
    if refusal:
        raise NotAllowedError(refusal)


def follow(customer: Customer, *, before: str, changed: Collection[str], actor: User, now: datetime) -> None:
    """After a change of a locked customer's record, which is saved. ``before``: the mail address until now."""
    if not GUARDED.intersection(changed):
        return
    recipients = Recipients.load(now)
    cases = list(Case.objects.filter(customer=customer).select_related("owner", "team__manager", "team__executive"))
    is_doubted = False
    with notices.together(now):
        for case in cases:
            case.customer = customer
            if "email" in changed:
                is_doubted |= _follow_in(case, recipients, AddressBecause.CHANGED, before=before, actor=actor, now=now)
            if case.is_open and not _is_own(actor, case, recipients):
                _tell(case, *_changes(case, before, changed, actor), actor=actor, now=now)
    if "email" in changed:
        _doubt(customer, actor if is_doubted else None, now=now)
        moving.mark_outdated(audience=Audience.CUSTOMER, case__in=cases)


def follow_in_case(case: Case, because: AddressBecause, *, before: str, actor: User, now: datetime) -> None:
    """After a held case got another customer, or with ``MERGED`` another record of the same one, whose links stay
    theirs. ``before``: the mail address until now."""
    recipients = Recipients.load(now)
    _follow_in(case, recipients, because, before=before, actor=actor, now=now)
    if case.is_open and not _is_own(actor, case, recipients):
        lines = [f"{actor} {because.label}.", _address_change(case, before)]
        _tell(case, _HEADINGS[because].format(case=case), lines, actor=actor, now=now)
    moving.mark_outdated(audience=Audience.CUSTOMER, case=case)


def inherit(case: Case, *, actor: User, now: datetime) -> None:
    """Ask in a case that is new, where nobody has said yet that the customer's new address is theirs."""
    if case.customer.doubted_by_id is not None:
        recipients = Recipients.load(now)
        before = case.customer.email
        _follow_in(case, recipients, AddressBecause.LOGGED, before=before, actor=actor, now=now)
        _tell_of_question(case, recipients, AddressBecause.LOGGED, actor=actor, now=now)


def ask_again(case: Case, because: AddressBecause, *, actor: User | None, now: datetime) -> None:
    """Of a held case that is open: whoever answers for it now is asked what nobody has said yet."""
    question = case.address_questions.waiting().select_for_update().first()
    if question is not None:
        recipients = Recipients.load(now)
        _ask(question, case, recipients, because, actor=actor, now=now)
        _tell_of_question(case, recipients, because, actor=actor, now=now)


def check_no_question(case: Case) -> None:
    """No link is given out while nobody has said that the new address is the customer's."""
    question = AddressQuestion.objects.withholding(case).select_related("asked_to").first()
    if question is not None:
        raise RuleError(
            "Their mail address is not confirmed: nobody has said yet that it is theirs. "
            f"Ask {question.asked_to or 'a manager'} to say so on the page of the case; then make a link."
        )


def may_confirm(user: User, case: Case, recipients: Recipients) -> bool:
    """The owner, who stands in for them, or a manager, as far as they may see the case."""
    return case.is_visible_to(user) and (user.is_manager or _is_own(user, case, recipients))


@transaction.atomic
def confirm(*, case: Case, actor: User, now: datetime) -> Case:
    """The new address is the customer's: mail that waited for it leaves."""
    case = turns.begin(case, actor, Verb.WORK_CASE, may_be_closed=True)
    question = case.address_questions.waiting().first()
    if question is None:
        raise RuleError("Nobody has to say that any more: the address was confirmed, or changed again.")
    if not may_confirm(actor, case, Recipients.load(now)):
        owner = case.owner or "the owner"
        raise NotAllowedError(f"Only {owner}, who stands in for them, or a manager says whether the address is right.")
    _settle(question, actor=actor, now=now)
    for duplicate in duplicates_of(case):
        if asked := duplicate.address_questions.waiting().first():
            _settle(asked, actor=actor, now=now)
    if actor.pk != case.customer.doubted_by_id:
        _doubt(case.customer, None, now=now)
    for each in (case, *duplicates_of(case)):
        move_mail(each, actor=actor, now=now)
    turns.finish(case, AddressConfirmed(), at=now, actor=actor)
    return case


def pass_on_unanswered(now: datetime) -> int:
    """Ask the managers where nobody has said for a day whether a new address is right. Says how many."""
    keys = list(AddressQuestion.objects.waiting().filter(pass_on_at__lte=now).values_list("pk", flat=True))
    with notices.together(now):
        return sum(_pass_on(key, now) for key in keys)


def revoke(case: Case, *, now: datetime) -> int:
    """The customer's links to a held case, and those of its duplicates that open its page. Says how many worked."""
    links_of = CustomerLink.objects.working().filter(expires_at__gt=now)
    return links_of.filter(case=case).update(revoked_at=now) + links_of.of_duplicates(case).update(revoked_at=now)


def duplicates_of(case: Case) -> Iterable[Case]:
    """Whose links open the page of a held case."""
    return case.duplicates.filter(customer=case.customer_id).select_related("customer")


def move_mail(case: Case, *, actor: User, now: datetime) -> None:
    """What waits in the outbox for a held case's customer goes to their present address, or is held back."""
    waiting = Message.objects.to_be_moved().filter(case=case, audience=Audience.CUSTOMER)
    rows = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        row.case = case
    moved = moving.move(rows, now=now)
    for because, some in _by_reason(moved).items():
        happened = MailMoved(messages=tuple(str(one.public_id) for one in some), held=because)
        Event.objects.record(case, happened, at=now, actor=actor)


def _follow_in(
    case: Case, recipients: Recipients, because: AddressBecause, *, before: str, actor: User, now: datetime
) -> bool:
    """Says whether somebody is asked."""
    question = case.address_questions.waiting().select_for_update().first()
    is_other = folded(before) != folded(case.customer.email)
    doubts = [*_doubts(case, because), *([(actor, because, now)] if is_other else [])]
    doubt = next((one for one in doubts if not _is_own(one[0], case, recipients)), None)
    is_asked = doubt is not None and case.customer.email != ""
    if doubt is not None and is_asked:
        question = question or AddressQuestion(case=case)
        question.changed_by, question.because, question.asked_at = doubt
        _ask(question, case, recipients, because, actor=actor, now=now)
    elif question is not None and is_other:
        _settle(question, actor=actor, now=now)
    revoked = 0 if because is AddressBecause.MERGED else revoke(case, now=now)
    if revoked:
        by_change = because is AddressBecause.CHANGED
        Event.objects.record(case, LinksRevoked(count=revoked, by_change=by_change), at=now, actor=actor)
    move_mail(case, actor=actor, now=now)
    return is_asked


def _doubts(case: Case, because: AddressBecause) -> list[tuple[User, AddressBecause, datetime]]:
    """Who changed the customer's address before, and when, where nobody has confirmed it. Whoever changes it now
    answers for it alone."""
    customer = case.customer
    if because is AddressBecause.CHANGED or customer.doubted_by is None or customer.doubted_at is None:
        return []
    return [(customer.doubted_by, AddressBecause.CHANGED, customer.doubted_at)]


def _doubt(customer: Customer, changed_by: User | None, *, now: datetime) -> None:
    """Kept with the customer: cases come and go, and their questions with them."""
    customer.doubted_by, customer.doubted_at = changed_by, now if changed_by is not None else None
    rows = type(customer).everything.filter(pk=customer.pk)
    rows.update(doubted_by=customer.doubted_by, doubted_at=customer.doubted_at)


def _ask(
    question: AddressQuestion,
    case: Case,
    recipients: Recipients,
    because: AddressBecause,
    *,
    actor: User | None,
    now: datetime,
) -> None:
    """Nobody is asked of a closed case before it is reopened."""
    question.pass_on_at = now + ANSWER_WITHIN if case.is_open else None
    question.asked_to = _to_be_asked(case, recipients)
    question.save()
    if case.is_open:
        asked = AddressAsked(to=str(question.asked_to or ""), because=because)
        Event.objects.record(case, asked, at=now, actor=actor)


def _settle(question: AddressQuestion, *, actor: User, now: datetime) -> None:
    question.settled_at, question.settled_by = now, actor
    question.save()


@transaction.atomic
def _pass_on(key: int, now: datetime) -> bool:
    question = (
        AddressQuestion.objects.select_for_update(of=("self",))
        .select_related("case__customer", "case__team", "changed_by")
        .get(pk=key)
    )
    if question.settled_at is not None or question.pass_on_at is None:
        return False
    question.pass_on_at = None
    case = question.case
    if not case.is_open:
        question.save()
        return False
    manager = next(iter(notices.there([notices.manager_of(case)], now)), None)
    asked = [manager] if manager is not None else []
    question.asked_to = manager or question.asked_to
    question.save()
    Event.objects.record(case, AddressAsked(to=str(manager or ""), after_hours=24), at=now, actor=None)
    heading = f"{case.reference}: is this the address of {case.customer}?"
    lines = [f"{question.deed}, and nobody has said within 24 hours that the mail address is right.", *_asks(case)]
    notices.tell(asked, case, heading=heading, lines=lines, now=now)
    return True


def _changes(case: Case, before: str, changed: Collection[str], actor: User) -> tuple[str, list[str]]:
    """The heading and the lines of a mail about changed data."""
    lines = [f"{actor} changed how {case.customer} is named or reached."]
    if "email" in changed:
        lines.append(_address_change(case, before))
    if "phone" in changed:
        lines.append(f"Phone: now {case.customer.phone or 'none'}.")
    return f"{case.reference}: the data of {case.customer} changed", lines


def _address_change(case: Case, before: str) -> str:
    return f"Mail address: {before or 'none'} → {case.customer.email or 'none'}."


def _tell_of_question(
    case: Case, recipients: Recipients, because: AddressBecause, *, actor: User | None, now: datetime
) -> None:
    question = case.address_questions.waiting().first()
    if question is None or not case.is_open or _is_own(actor, case, recipients):
        return
    lines = [
        f"{question.deed}, and nobody has said yet that {case.customer.email} is theirs.",
        f"{actor or 'Amends'} {because.label}.",
    ]
    _tell(case, f"{case.reference}: is this the address of {case.customer}?", lines, actor=actor, now=now)


def _tell(case: Case, heading: str, lines: Iterable[str], *, actor: User | None, now: datetime) -> None:
    """Whoever owns it, or answers for it, learns of it by mail."""
    asks = _asks(case) if case.address_questions.waiting().exists() else []
    whom = case.owner or notices.manager_of(case, but=actor)
    notices.tell([whom] if whom is not None else [], case, heading=heading, lines=[*lines, *asks], now=now)


def _asks(case: Case) -> list[str]:
    return [
        "Until you say that the new address is theirs, no mail with a link to their page leaves.",
        f"Say so here, or correct the address: {links.confirm_address(case)}",
    ]


def _to_be_asked(case: Case, recipients: Recipients | None) -> User | None:
    owner = case.owner if recipients is None else recipients.reached(case.owner_id)
    return owner if owner is not None and case.is_visible_to(owner) else notices.manager_of(case)


def _is_own(user: User | None, case: Case, recipients: Recipients) -> bool:
    """Whether they own the case, or stand in for whoever does."""
    if user is None:
        return False
    if user.pk == case.owner_id:
        return True
    stands_in = recipients.reached(case.owner_id)
    return stands_in is not None and stands_in.pk == user.pk and permissions.may(user, Verb.WORK_CASE)


def _by_reason(messages: Iterable[Message]) -> dict[WithheldBecause | None, list[Message]]:
    found: dict[WithheldBecause | None, list[Message]] = {}
    for message in messages:
        because = WithheldBecause(message.held_because) if message.held_because else None
        found.setdefault(because, []).append(message)
    return found


def waiting_for(user: User, now: datetime) -> list[AddressQuestion]:
    """The questions of open cases that this person may settle and was asked, or owns the case; the oldest first."""
    stands_in = Q(asked_to__absences__start__lte=now, asked_to__absences__end__gt=now)
    mine = Q(asked_to=user) | Q(case__owner=user) | (stands_in & Q(asked_to__absences__substitute=user))
    seen = Case.objects.open().visible_to(user)
    rows = AddressQuestion.objects.waiting().filter(mine, case__in=seen).select_related("case__customer", "changed_by")
    found = list(rows.distinct().order_by("asked_at", "pk"))
    recipients = Recipients.load(now) if found else None
    return [one for one in found if recipients is None or user.is_manager or _is_own(user, one.case, recipients)]
